"""What the gate is worth, measured: its rule simulated, a subject with doses, its pairs under load, composed families.

python -m tests.perf.gate.gate_rule > results/evidence/gate_rule.md      the rule on made-up noise
python -m tests.perf.gate.measure --load quiet --dose 2                  adds pairs to results/evidence/gate.csv
python -m tests.perf.gate.measure --load quiet --dose swapped-2          with the dose in the base instead
python -m tests.perf.gate.whole                                          whole gates, in gate_whole.csv
python -m tests.perf.gate.page > results/evidence/gate.md                what the gate makes of them
python -m tests.perf.gate.tampered > results/evidence/gate_tampered.md   baselines that must be refused
python -m tests.perf.gate.repositories > results/evidence/gate_repositories.md
python -m tests.perf.gate.peers > results/evidence/gate_peers.md         other people's tools on the same doses
"""

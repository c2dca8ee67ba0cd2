"""What was analysed → remarks on the graphics card that the trials ran on: its clocks, its neighbours, its rounding."""

from collections import Counter

from bench.analysis.analysed import Analysed
from bench.analysis.remarks import remark
from bench.analysis.trials import fastest_clock, probe, slow_clock, slowed_card
from bench.records.card import SLOW_CLOCK, throttles
from bench.records.nouns import Finding, Record

CONTAMINATED_SHARE = 0.05
ROUNDED = 1e-5
"""The error of a fixed computation of float32, as a share of its largest value, that tells products that were rounded
to TF32 (1e-4 and more) from those that were not (1e-7 to 1e-6)."""
PARTS = ("matmul", "conv", "rnn")


def contaminated(analysed: Analysed) -> Finding | None:
    """Whether the card slowed down in more attempts than chance would have it, whether they were repeated or not."""
    timed = [record for record in analysed.records if record.kind == "timed" and record.status == "ok"]
    fastest = fastest_clock(analysed.records)
    slowed = [record for record in timed if slowed_card(record, fastest)]
    if not timed or len(slowed) <= CONTAMINATED_SHARE * len(timed):
        return None
    reasons = Counter(word for record in slowed for word in throttles(probe(record, "gpu_reasons") or 0))
    low = sum(slow_clock(record, fastest) for record in slowed)
    said = ", ".join(f"{word}: {number}" for word, number in reasons.most_common())
    return Finding(
        code="contaminated",
        message=f"in {len(slowed)} of {len(timed)} attempts ({len(slowed) / len(timed):.0%}) the card ran slower than "
        f"it is set to ({said or 'no reason given'}; clock under {SLOW_CLOCK:.0%} of the run's fastest: {low})",
        advice="do not publish these numbers: let the card cool, measure when nothing else uses it, and ask whoever "
        "runs the machine about its power limit and its clocks; bench changes neither",
        cases=tuple(dict.fromkeys(record.case for record in slowed)),
    )


def card_shared(analysed: Analysed) -> Finding | None:
    """Cases during whose trials somebody else had a process on the card."""
    timed = [record for record in analysed.records if record.kind == "timed" and record.status == "ok"]
    most: dict[str, float] = {}
    for record in timed:
        most[record.case] = max(most.get(record.case, 0.0), probe(record, "gpu_others") or 0.0)
    return remark(
        "card shared",
        {case: f"{others:.0f} at most" for case, others in most.items() if others},
        "trials beside processes of others on the card",
        advice="measure when nobody else uses the card (nvidia-smi lists who does)",
    )


def precision_not_as_set(analysed: Analysed) -> Finding | None:
    """Cases whose card rounds products of float32 although no switch lets it, or rounds none although all do."""
    found = {case: wrong for case, survey in analysed.surveys.items() if (wrong := _set_otherwise(survey))}
    return remark(
        "precision not as set",
        found,
        "products of float32 that are rounded to TF32 although they are set not to be, or not although they are set to",
        advice="look for NVIDIA_TF32_OVERRIDE in the environment, and for a switch that a library sets; cards before "
        "the generation of the A100 cannot round to TF32",
    )


def _set_otherwise(survey: Record) -> str:
    """`matmul 2e-04`, where a computation's error is TF32's and its switch says IEEE. `none rounds: …` where every
    switch says TF32 and no error is: a single library may keep to IEEE, since a switch allows and does not demand."""
    errors = {part: float(survey.metrics[name]) for part in PARTS if (name := f"rounding_{part}") in survey.metrics}
    unasked = {part for part in errors if not _may_round(survey, part)}
    wrong = [f"{part} {errors[part]:.0e}" for part in errors if part in unasked and errors[part] > ROUNDED]
    if errors and not unasked and max(errors.values()) <= ROUNDED:
        return "none rounds: " + ", ".join(f"{part} {error:.0e}" for part, error in errors.items())
    return ", ".join(wrong)


def _may_round(survey: Record, part: str) -> bool:
    """cuDNN's switch is two words, of convolutions and of recurrent layers."""
    if part == "matmul":
        return survey.facts.get("matmul_precision") != "highest"
    words = survey.facts.get("cudnn_precision", "").split(",")
    return words[:1] == ["tf32"] if part == "conv" else words[1:] == ["tf32"]

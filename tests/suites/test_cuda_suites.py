"""What the suites measure on a GPU: planned without one, and every kind of case built and checked small on a CPU."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.analysis.published import FILE, quoted
from bench.api.planning import Options, plan
from bench.records.metrics import ENERGY, shown
from bench.records.nouns import Case
from bench.records.suite import Level
from networks.experiments.implementations import layer
from networks.images import digits, repeated
from networks.ladder import RUNGS
from tests.evidence.gpu import SUITES

ROOT = Path(__file__).resolve().parents[2]
FUSION, BOUNDARIES = "lstm_fusion", "lstm_boundaries"
MOST = 400
SMALL: dict[str, Level] = {"batch": 2, "steps": 3, "features": 4, "hidden": 8}


def cases(suite: str, *, device: str = "cuda") -> tuple[Case, ...]:
    return plan(ROOT / "suites" / f"{suite}.yaml", Options(device=device, seed=1)).cases


def levels(suite: str, factor: str) -> set[Level]:
    return {case.levels[factor] for case in cases(suite)}


@pytest.mark.parametrize("suite", [*SUITES, "compile"])
def test_a_suite_has_six_short_rounds_on_a_gpu_and_a_budget_under_eight_minutes(suite: str) -> None:
    """And no module that the server imports first: one that asks for a GPU would leave it unfit to be forked."""
    policy = plan(ROOT / "suites" / f"{suite}.yaml", Options(device="cuda", seed=1)).policy
    assert (policy.rounds, policy.max_rounds, policy.trial_seconds, policy.preload) == (6, 6, 0.05, ())
    assert policy.max_seconds is not None
    assert policy.max_seconds < 480


def test_hot_and_cold_caches_and_joules_are_among_the_evidence() -> None:
    found = [plan(ROOT / "suites" / f"{suite}.yaml", Options(device="cuda", seed=1)) for suite in SUITES]
    assert any({case.cache for case in each.cases} == {"hot", "cold"} for each in found)
    assert any(ENERGY in shown(each.suite) for each in found)


def test_images_grow_to_224_and_batches_to_1024() -> None:
    assert max(n for n in levels("rnn_vs_cnn", "size") if isinstance(n, int)) == 224
    assert levels("rnn_vs_cnn", "batch") == {1, 64, 1024}


def test_a_batch_that_is_larger_than_what_travels_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BENCH_DATA", raising=False)
    drawn, first = repeated(1024), digits(24)
    assert drawn.images.shape == (1024, 1, 28, 28)
    assert drawn.images[1000:].equal(first.images)
    assert drawn.labels[1000:].equal(first.labels)
    assert repeated(24).images.equal(first.images)


def test_the_ladder_does_not_have_every_rung_at_every_shape_and_precision() -> None:
    assert len(cases(FUSION)) <= MOST


def test_the_ladder_has_every_rung_of_every_family_on_a_gpu() -> None:
    plain = {name for name in RUNGS if not name.startswith("compile_")}
    for family in ("lstm", "gru", "rnn"):
        for mode in ("forward", "training"):
            own = {c.levels["rung"] for c in cases(FUSION) if (c.levels["family"], c.levels["mode"]) == (family, mode)}
            assert plain <= own


def test_the_anchor_shapes_have_four_precisions_each_named_by_what_it_is() -> None:
    given = {str(case.levels["shape"]): case.arguments for case in cases(FUSION)}
    for name in ("document_b64", "fastrnns", "flashrnn"):
        assert [_precision(given[f"{name}{suffix}"]) for suffix in ("", "_tf32", "_bf16", "_fp16")] == [
            ("float32", "ieee"),
            ("float32", "tf32"),
            ("bfloat16", "ieee"),
            ("float16", "ieee"),
        ]


def _precision(given: Mapping[str, Level]) -> tuple[Level, Level]:
    return given["dtype"], given.get("precision", "ieee")


def test_shapes_are_called_as_among_the_published_numbers_and_are_the_same() -> None:
    rows = quoted((ROOT / "results" / FILE).read_text("utf-8"))
    own = {case.id: case for case in cases(FUSION)}
    ours = [(row.conditions, own[row.case].arguments) for row in rows if row.suite == FUSION and row.case in own]
    told = [(theirs, given) for theirs, given in ours if SMALL.keys() <= theirs.keys()]
    assert len(told) > 12
    sources = " ".join(row.source for row in rows if row.suite == FUSION and row.case in own)
    assert all(name in sources for name in ("PyTorch blog", "FlashRNN", "stefbraun", "DeepBench", "Appleyard"))
    for theirs, given in told:
        assert {name: theirs[name] for name in SMALL} == {name: str(given[name]) for name in SMALL}


def test_a_shape_of_one_name_is_one_shape_in_both_suites() -> None:
    here, there = _shapes(FUSION), _shapes("published")
    shared = here.keys() & there.keys()
    assert {"flashrnn", "stefbraun_t100", "appleyard", "deepbench_h2048_b128"} <= shared
    assert [name for name in shared if here[name] != there[name]] == []


def _shapes(suite: str) -> dict[str, tuple[Level, ...]]:
    return {str(case.levels["shape"]): tuple(case.arguments[name] for name in SMALL) for case in cases(suite)}


@pytest.mark.parametrize(("family", "boundaries"), [("lstm", (128, 192, 256, 384)), ("rnn", (256, 384))])
def test_hidden_sizes_stand_on_both_sides_of_pytorchs_boundaries(family: str, boundaries: tuple[int, ...]) -> None:
    hidden = {case.levels["hidden"] for case in cases(BOUNDARIES) if case.levels["family"] == family}
    assert {*boundaries} <= hidden
    assert all({boundary - 8, boundary + 8} <= hidden for boundary in boundaries)


def test_sizes_of_which_float16_has_an_algorithm_of_its_own_are_stated_on_both_sides() -> None:
    """Multiples of 128 up to 1,024 (PyTorch's `use_persist_common_heuristics`)."""
    made = plan(ROOT / "suites" / f"{BOUNDARIES}.yaml", Options(device="cuda", seed=1))
    stated = set(made.suite.boundaries["hidden"])
    half = [case for case in made.cases if case.levels["dtype"] == "float16" and case.levels["batch"] in (8, 128)]
    for mode in ("forward", "training"):
        for batch in (8, 128):
            own = {c.levels["hidden"] for c in half if (c.levels["mode"], c.levels["batch"]) == (mode, batch)}
            assert {248, 256, 264, 376, 384, 392, 1016, 1024, 1032} <= own
    assert {120, 128, 192, 248, 256, 376, 384, 1016, 1024} == stated


@pytest.mark.parametrize("suite", SUITES)
def test_every_case_is_placed_under_a_roof_on_a_gpu(suite: str) -> None:
    """Which part of a step's time is launching, waiting, memory or arithmetic stands there; only the boundaries are
    about something else."""
    made = plan(ROOT / "suites" / f"{suite}.yaml", Options(device="cuda", seed=1)).suite
    assert bool(made.roofline) is (suite != BOUNDARIES)


def test_the_boundaries_have_four_batches_three_precisions_and_both_modes() -> None:
    lstm = [case for case in cases(BOUNDARIES) if case.levels["family"] == "lstm"]
    assert {case.levels["batch"] for case in lstm} == {1, 8, 32, 128}
    assert {case.levels["dtype"] for case in lstm} == {"float32", "bfloat16", "float16"}
    assert {case.levels["mode"] for case in lstm} == {"forward", "training"}
    assert {96, 1024} <= {case.levels["hidden"] for case in lstm}


def _kinds() -> list[dict[str, Level]]:
    """One small case of every rung, family, mode, precision and depth that runs eagerly on a processor."""
    kinds: dict[tuple[tuple[str, Level], ...], dict[str, Level]] = {}
    for case in (*cases(FUSION), *cases(BOUNDARIES)):
        rung = str(case.arguments["rung"])
        given = {**case.arguments, **SMALL}
        if ("cpu", given["family"]) in RUNGS[rung].expects and not rung.startswith("compile_"):
            kinds[tuple(sorted(given.items()))] = given
    return list(kinds.values())


@pytest.mark.torch
def test_every_kind_of_case_is_built_and_right_at_a_small_shape() -> None:
    wrong = []
    for given in _kinds():
        made = layer(**given)  # type: ignore[arg-type]
        made.step()
        equal = made.check()
        if not equal.max_error <= equal.tolerance:
            wrong.append((given, equal))
        made.close()
    assert wrong == []

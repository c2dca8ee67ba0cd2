"""Lines of evidence → verdicts, of a check, of a machine, of a claim."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bench.claims.resolve import resolve, together, verdict
from bench.records.claims import ClaimVerdict, ExactCheck, MissingCheck, Outcome, RatioCheck, UnverifiableCheck
from tests.claims.made_up import claim, fact, line, published

LSTM, CNN = "model=lstm", "model=cnn"
SLOWER = RatioCheck(suite="made_up", compare={"model": ("lstm",)}, to={"model": "cnn"}, metric="latency", above=2)


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (["holds"], "supported"),
        (["holds", "holds", "open"], "supported"),
        (["holds", "open"], "unresolved"),
        (["fails"], "refuted"),
        (["fails", "fails", "open"], "refuted"),
        (["fails", "open"], "unresolved"),
        (["holds", "fails"], "mixed"),
        (["holds", "fails", "open", "open", "open"], "mixed"),
        (["open", "open"], "unresolved"),
        ([], "unresolved"),
        (["also"], "unresolved"),
        (["holds", "also", "also"], "supported"),
        (["unverifiable"], "unverifiable"),
    ],
)
def test_at_most_a_third_may_be_open(outcomes: Sequence[Outcome], found: ClaimVerdict) -> None:
    assert verdict([line(outcome) for outcome in outcomes]) == found


@pytest.mark.parametrize(
    ("verdicts", "found"),
    [
        (["supported", "supported"], "supported"),
        (["refuted", "refuted"], "refuted"),
        (["supported", "refuted"], "mixed"),
        (["supported", "refuted", "unresolved"], "mixed"),
        (["supported", "mixed"], "mixed"),
        (["supported", "unresolved"], "unresolved"),
        (["refuted", "unresolved"], "unresolved"),
        (["unverifiable", "unverifiable"], "unverifiable"),
        (["unverifiable", "supported"], "supported"),
        (["unverifiable", "unresolved"], "unresolved"),
        ([], "unresolved"),
    ],
)
def test_a_part_that_nobody_can_decide_leaves_the_rest_undecided(
    verdicts: Sequence[ClaimVerdict], found: ClaimVerdict
) -> None:
    assert together(verdicts) == found


def test_a_claim_about_facts_is_supported_refuted_or_mixed_by_what_they_observe() -> None:
    facts = {"d0:a": fact("d0:a", weights=52000, raised="none")}

    def of(**expect: int | str) -> ClaimVerdict:
        check = ExactCheck(fact="d0:a", expect=dict(expect))
        return resolve([claim(check, kind="exact")], facts, [])[0].verdict

    assert of(weights=52000, raised="none") == "supported"
    assert of(weights=52000, raised="RuntimeError") == "mixed"
    assert of(weights=16000, raised="RuntimeError") == "refuted"
    assert of(wieghts=52000) == "unresolved"


def test_what_a_fact_saw_beside_is_kept_where_it_is_a_count() -> None:
    check = ExactCheck(fact="d0:a", expect={"weights": 1})
    (found,) = resolve([claim(check, kind="exact")], {"d0:a": fact("d0:a", weights=1, biases=2)}, [])
    assert [(each.subject, each.outcome) for each in found.evidence] == [("weights", "holds"), ("biases", "also")]
    assert found.verdict == "supported"


def test_what_a_fact_saw_beside_is_told_once_though_two_checks_ask_it() -> None:
    one, two = (ExactCheck(fact="d0:a", expect={name: 1}, part=name) for name in ("weights", "layers"))
    facts = {"d0:a": fact("d0:a", weights=1, layers=1, biases=2)}
    (found,) = resolve([claim(one, two, kind="exact")], facts, [])
    assert [(each.check, each.subject, each.outcome) for each in found.evidence] == [
        (1, "weights", "holds"),
        (2, "layers", "holds"),
        (2, "biases", "also"),
    ]


def test_each_part_has_a_verdict_of_its_own_and_the_claim_has_theirs_together() -> None:
    facts = {"d0:a": fact("d0:a", weights=1, layers=1)}

    def of(**expected: int) -> tuple[ClaimVerdict, dict[str, ClaimVerdict]]:
        checks = [ExactCheck(fact="d0:a", expect={name: value}, part=name) for name, value in expected.items()]
        (found,) = resolve([claim(*checks, kind="exact")], facts, [])
        return found.verdict, found.parts

    assert of(weights=1, layers=1) == ("supported", {"weights": "supported", "layers": "supported"})
    assert of(weights=1, layers=2) == ("mixed", {"weights": "supported", "layers": "refuted"})
    assert of(weights=2, layers=2) == ("refuted", {"weights": "refuted", "layers": "refuted"})
    assert of(weights=1, absent=2) == ("unresolved", {"weights": "supported", "absent": "unresolved"})


def test_the_checks_of_a_part_decide_it_together() -> None:
    missing = MissingCheck(needs="accuracy", part="accuracy")
    slower, faster = replace(SLOWER, part="time"), replace(SLOWER, above=None, below=2, part="time")
    (found,) = resolve([claim(slower, faster, missing)], {}, [published({LSTM: 3.0, CNN: 1.0})])
    assert found.parts == {"time": "mixed", "accuracy": "unresolved"}
    assert found.verdict == "mixed"


def test_a_question_of_ours_is_answered_and_decides_nothing() -> None:
    faster = replace(SLOWER, above=None, below=2, part="time")
    said = ExactCheck(fact="d0:a", expect={"weights": 1})
    asked = replace(claim(said), checks=(said, faster), ours={"time": "It is fast."})
    (found,) = resolve([asked], {"d0:a": fact("d0:a", weights=1)}, [published({LSTM: 3.0, CNN: 1.0})])
    assert found.parts == {"": "supported", "time": "refuted"}
    assert (found.verdict, found.machines) == ("supported", {})
    assert [line.outcome for line in found.evidence] == ["holds", "fails"]


def test_what_cannot_be_judged_from_the_document_says_why_and_is_neither_right_nor_wrong() -> None:
    lost, run = UnverifiableCheck(unverifiable="a name is lost"), ExactCheck(fact="d0:a", expect={"raised": "none"})
    asked = replace(claim(lost), checks=(lost, replace(run, part="as printed")), ours={"as printed": "It runs."})
    (found,) = resolve([asked], {"d0:a": fact("d0:a", raised="SyntaxError")}, [])
    assert (found.verdict, found.parts) == ("unverifiable", {"": "unverifiable", "as printed": "refuted"})
    assert (found.evidence[0].outcome, found.evidence[0].note) == ("unverifiable", "a name is lost")


def test_what_can_be_judged_decides_a_claim_of_which_a_part_cannot() -> None:
    lost = UnverifiableCheck(unverifiable="a name is lost", part="code")
    parted = claim(lost, ExactCheck(fact="d0:a", expect={"weights": 1}, part="size"), kind="exact")
    (found,) = resolve([parted], {"d0:a": fact("d0:a", weights=2)}, [])
    assert (found.verdict, found.parts) == ("refuted", {"code": "unverifiable", "size": "refuted"})


def test_a_claim_without_parts_is_one_itself() -> None:
    (found,) = resolve([claim(SLOWER)], {}, [published({LSTM: 3.0, CNN: 1.0})])
    assert found.parts == {"": "supported"}


def test_where_two_machines_disagree_both_are_shown() -> None:
    runs = [
        published({LSTM: 3.0, CNN: 1.0}),
        published({LSTM: 1.0, CNN: 1.0}, machine="h200", device="cuda"),
    ]
    (found,) = resolve([claim(SLOWER)], {}, runs)
    assert found.verdict == "mixed"
    assert found.machines == {"here": "supported", "h200": "refuted"}


def test_a_machine_that_leaves_it_open_does_not_take_from_another() -> None:
    runs = [published({LSTM: 3.0, CNN: 1.0}), published({LSTM: [3.0], CNN: [1.0]}, machine="noisy")]
    (found,) = resolve([claim(SLOWER)], {}, runs)
    assert found.verdict == "supported"
    assert found.machines == {"here": "supported", "noisy": "unresolved"}


def test_what_does_not_exist_yet_leaves_the_claim_unresolved_and_is_named() -> None:
    (found,) = resolve([claim(SLOWER, MissingCheck(needs="accuracy"))], {}, [published({LSTM: 3.0, CNN: 1.0})])
    assert found.verdict == "unresolved"
    assert found.machines == {"here": "supported"}
    assert found.evidence[-1].note == "needs accuracy"


def test_a_conceptual_claim_stays_one() -> None:
    (found,) = resolve([claim(kind="conceptual")], {}, [])
    assert (found.verdict, found.evidence) == ("conceptual", ())

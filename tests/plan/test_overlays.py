"""Overlays, `--set` and the keys of a command line over a suite's own."""

import pytest

from bench.errors import BenchError
from bench.plan.matrix import expand, resolve
from bench.plan.overlays import Keys
from bench.records.suite import Level, Policy, Suite
from tests.plan.written import ids, suite

PLAIN: dict[str, object] = {"factors": [{"model": ["rnn", "cnn"], "batch": [1, 64]}]}
BLOCKS: dict[str, object] = {
    "base": {"target": "m:f", "slicing": "whole"},
    "factors": [
        {"size": [28, 56], "model": ["rnn", "lstm"], "slicing": ["row", "pixel"]},
        {"size": [28], "model": ["cnn"]},
    ],
}


def chosen(made: Suite, *, overlays: tuple[str, ...] = (), levels: dict[str, list[Level]] | None = None) -> list[str]:
    """The ids that are left."""
    return ids(expand(*resolve(made, overlays=overlays, levels=levels or {}, policy={})))


def policy(own: Keys, *, quick: Keys | None = None, cuda: Keys | None = None, above: Keys | None = None) -> Policy:
    """The policy of a suite under all of its overlays."""
    blocks = {"quick": quick, "cuda": cuda}
    made = suite({**PLAIN, "policy": own, **{name: {"policy": b} for name, b in blocks.items() if b is not None}})
    names = [name for name, block in blocks.items() if block is not None]
    return resolve(made, overlays=names, levels={}, policy=above or {})[1]


def test_a_suite_without_a_quick_block_has_six_short_rounds_of_all_cases() -> None:
    made, quick = resolve(suite(PLAIN), overlays=("quick",), levels={}, policy={})
    assert len(expand(made, quick)) == 4
    assert (quick.rounds, quick.max_rounds, quick.trial_seconds) == (6, 6, 0.1)


def test_nothing_asked_changes_nothing() -> None:
    made = suite(BLOCKS)
    assert resolve(made, overlays=(), levels={}, policy={}) == (made, Policy())


def test_an_overlay_that_the_suite_lacks_changes_nothing() -> None:
    made = suite(PLAIN)
    assert resolve(made, overlays=("cuda",), levels={}, policy={}) == (made, Policy())


@pytest.mark.parametrize("overlays", [("cuda", "quick"), ("quick", "cuda")])
def test_quick_counts_after_cuda_and_the_command_line_after_both(overlays: tuple[str, ...]) -> None:
    overlay = {
        "cuda": {"factors": {"model": ["cnn"], "batch": [256, 512]}, "policy": {"trial_seconds": 0.2, "timeout": 9.0}},
        "quick": {"factors": {"batch": [1, 256]}, "policy": {"trial_seconds": 0.1}},
    }
    made = suite({**PLAIN, **overlay})
    assert chosen(made, overlays=overlays) == ["model=cnn,batch=1", "model=cnn,batch=256"]
    assert chosen(made, overlays=overlays, levels={"batch": ["512"]}) == ["model=cnn,batch=512"]
    _, found = resolve(made, overlays=overlays, levels={}, policy={"timeout": 5})
    assert (found.trial_seconds, found.timeout) == (0.1, 5.0)


@pytest.mark.parametrize(
    ("keys", "rounds", "most"),
    [
        ({"own": {}}, 10, 20),
        ({"own": {"rounds": 12}}, 12, 20),
        ({"own": {"rounds": 30}}, 30, 30),
        ({"own": {"rounds": 8, "max_rounds": 9}}, 8, 9),
        ({"own": {"max_rounds": 40}, "quick": {"rounds": 7}}, 7, 7),
        ({"own": {"rounds": 8}, "quick": {"rounds": 7, "max_rounds": 14}}, 7, 14),
        ({"own": {}, "cuda": {"rounds": 9}, "quick": {"trial_seconds": 0.1}}, 9, 9),
        ({"own": {}, "cuda": {"rounds": 9}, "quick": {"rounds": 6}}, 6, 6),
        ({"own": {}, "quick": {"rounds": 6}, "above": {"rounds": 11}}, 11, 11),
        ({"own": {}, "quick": {"rounds": 6}, "above": {"max_rounds": 12}}, 6, 12),
    ],
)
def test_rounds_alone_set_both_above_a_suite_s_own_policy(keys: dict[str, Keys], rounds: int, most: int) -> None:
    found = policy(keys["own"], quick=keys.get("quick"), cuda=keys.get("cuda"), above=keys.get("above"))
    assert (found.rounds, found.max_rounds) == (rounds, most)


@pytest.mark.parametrize(
    ("above", "words"),
    [
        ({"rounds": 3}, "policy: rounds: must be at least 6, found the number 3"),
        ({"precison": "2%"}, "policy: precison: unknown key; did you mean 'precision'?"),
        (
            {"precision": "x", "threads": 0},
            "precision: expected a share of the value such as 2% or 0.02, found the text 'x'; thr",
        ),
        ({"max_rounds": 7}, "max_rounds 7 is less than rounds 10"),
    ],
)
def test_a_command_line_s_policy_is_read_as_strictly(above: Keys, words: str) -> None:
    with pytest.raises(BenchError) as caught:
        policy({}, above=above)
    assert words in str(caught.value)


def test_a_share_may_be_written_in_percent() -> None:
    assert policy({"precision": "5%"}).precision == 0.05
    assert policy({}, above={"precision": "1%"}).precision == 0.01


MIXED = suite(
    {
        "factors": [
            {"n": [1, 64], "x": [0.5], "b": [True, False], "t": ["rnn", "1x"], "s": {"p": {"k": 1}, "q": {"k": 2}}}
        ]
    }
)


@pytest.mark.parametrize(
    ("name", "wanted", "levels"),
    [
        ("n", ["8", "64"], (8, 64)),
        ("n", [8], (8,)),
        ("n", ["64", "64"], (64,)),
        ("x", ["0.25", "1"], (0.25, 1.0)),
        ("b", ["true"], (True,)),
        ("t", ["gru", "8", "true"], ("gru", "8", "true")),
        ("s", ["q"], ("q",)),
    ],
)
def test_levels_of_a_command_line_become_levels_of_the_factor_s_type(
    name: str, wanted: list[Level], levels: tuple[Level, ...]
) -> None:
    made, _ = resolve(MIXED, overlays=(), levels={name: wanted}, policy={})
    found = tuple(made.factors[0][name])
    assert found == levels
    assert [type(level) for level in found] == [type(level) for level in levels]


@pytest.mark.parametrize(
    ("name", "wanted", "words"),
    [
        ("m", ["8"], "no factor 'm' in made; known: n, x, b, t, s"),
        ("n", ["eight"], "n=eight is text, but its levels are whole numbers\nhint: levels of n: 1, 64"),
        ("n", ["1.5"], "n=1.5 is a number with a point, but its levels are whole numbers"),
        ("n", ["010"], "n=010 is text"),
        ("b", ["yes"], "b=yes is text, but its levels are true and false"),
        ("t", ["a b"], "t: 'a b' is no label"),
        ("s", ["r"], "s has no bundle 'r'; known: p, q"),
        ("n", [], "n is given no level"),
    ],
)
def test_levels_that_a_factor_cannot_have_are_refused(name: str, wanted: list[Level], words: str) -> None:
    with pytest.raises(BenchError) as caught:
        resolve(MIXED, overlays=(), levels={name: wanted}, policy={})
    assert str(caught.value).startswith("--set: ")
    assert words in str(caught.value)


def test_an_overlay_names_bundles_by_their_names() -> None:
    shape = {"a": {"k": 1}, "b": {"k": 2}}
    made = suite({"factors": [{"shape": shape}], "quick": {"factors": {"shape": ["b"]}}})
    found, _ = resolve(made, overlays=("quick",), levels={}, policy={})
    assert found.factors == ({"shape": {"b": {"k": 2}}},)


def test_a_bundle_that_the_blocks_of_a_device_do_not_have_is_not_chosen_there() -> None:
    shape = {"a": {"k": 1}, "b": {"k": 2}}
    quick: dict[str, object] = {"factors": {"shape": ["a", "b"]}}
    made = suite({"factors": [{"shape": shape}], "cuda": {"blocks": [{"shape": ["a"]}]}, "quick": quick})
    assert chosen(made, overlays=("quick",)) == ["shape=a", "shape=b"]
    assert chosen(made, overlays=("cuda", "quick")) == ["shape=a"]


def test_the_command_line_may_bring_back_a_bundle_that_an_overlay_left_out() -> None:
    made = suite({"factors": [{"s": {"a": {"k": 1}, "b": {"k": 2}}}], "quick": {"factors": {"s": ["b"]}}})
    assert chosen(made, overlays=("quick",), levels={"s": ["a"]}) == ["s=a"]


def test_a_selection_never_crosses_what_the_suite_did_not_cross() -> None:
    whole = set(chosen(suite(BLOCKS)))
    assert chosen(suite(BLOCKS), levels={"model": ["lstm", "cnn"]}) == [
        "size=28,model=lstm,slicing=row",
        "size=28,model=lstm,slicing=pixel",
        "size=56,model=lstm,slicing=row",
        "size=56,model=lstm,slicing=pixel",
        "size=28,model=cnn,slicing=whole",
    ]
    assert set(chosen(suite(BLOCKS), levels={"size": [56]})) < whole


def test_the_id_of_a_case_does_not_depend_on_which_blocks_are_left() -> None:
    assert chosen(suite(BLOCKS), levels={"model": ["cnn"]}) == ["size=28,model=cnn,slicing=whole"]


def test_a_block_that_takes_a_factor_from_base_keeps_doing_so() -> None:
    assert chosen(suite(BLOCKS), levels={"slicing": ["row"], "size": [28]}) == [
        "size=28,model=rnn,slicing=row",
        "size=28,model=lstm,slicing=row",
        "size=28,model=cnn,slicing=whole",
    ]


def test_new_levels_replace_the_old_ones_in_every_block_that_has_the_factor() -> None:
    assert chosen(suite(BLOCKS), levels={"size": [112], "slicing": ["row"]}) == [
        "size=112,model=rnn,slicing=row",
        "size=112,model=lstm,slicing=row",
        "size=112,model=cnn,slicing=whole",
    ]


def test_levels_that_no_block_has_together_are_refused() -> None:
    with pytest.raises(BenchError, match="no block of factors has all of these levels"):
        chosen(suite(BLOCKS), levels={"model": ["cnn"], "size": [56]})


def setting(place: str) -> Suite:
    """A suite that decides threads and the allocator itself, in `base` or as factors."""
    if place == "base":
        return suite({**PLAIN, "base": {"target": "m:f", "threads": 2, "allocator": "system"}})
    return suite({"factors": [{"threads": [1, 2], "allocator": ["retain", "system"]}]})


@pytest.mark.parametrize("above", [{"threads": 4}, {"allocator": "retain"}])
@pytest.mark.parametrize("place", ["base", "factors"])
def test_a_wish_that_the_suite_s_own_levels_would_silence_is_refused(place: str, above: Keys) -> None:
    ((name, value),) = above.items()
    with pytest.raises(BenchError) as caught:
        resolve(setting(place), overlays=(), levels={}, policy=above)
    assert caught.value.where == f"--{name}"
    assert ("base" if place == "base" else f"--set {name}={value}") in str(caught.value)


def test_factors_of_the_harness_take_levels_of_a_command_line() -> None:
    made, found = resolve(
        setting("factors"), overlays=(), levels={"threads": ["4"], "allocator": ["retain"]}, policy={}
    )
    assert [(case.threads, case.allocator) for case in expand(made, found)] == [(4, "retain")]


@pytest.mark.parametrize(("name", "wanted"), [("threads", "0"), ("threads", "9999"), ("allocator", "sistem")])
def test_levels_that_the_harness_cannot_have_are_refused(name: str, wanted: str) -> None:
    with pytest.raises(BenchError, match=r"threads is a whole number|did you mean 'system'") as caught:
        resolve(setting("factors"), overlays=(), levels={name: [wanted]}, policy={})
    assert caught.value.where == "--set"

"""Factors crossed to cases."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.plan.levels import label
from bench.plan.matrix import expand, resolve
from bench.plan.suite import load_suite
from bench.records.nouns import Case
from bench.records.suite import Level, Policy
from tests.plan.written import EXAMPLE, ids, suite


def cases(content: Mapping[str, object]) -> tuple[Case, ...]:
    """The cases of a suite made of these keys."""
    return expand(suite(content), Policy())


@pytest.mark.parametrize(("overlays", "count"), [((), 71), (("quick",), 19)])
def test_the_design_s_example_has_its_numbers_of_cases(overlays: tuple[str, ...], count: int) -> None:
    assert len(expand(*resolve(load_suite(EXAMPLE), overlays=overlays, levels={}, policy={}))) == count


def test_a_case_says_all_that_its_builder_gets() -> None:
    first, *_, last = expand(*resolve(load_suite(EXAMPLE), overlays=(), levels={}, policy={}))
    assert first.id == "model=rnn,size=28,batch=1,mode=inference"
    assert first.target == "builders:classifier"
    assert first.levels == {"model": "rnn", "size": 28, "batch": 1, "mode": "inference"}
    assert first.arguments == {"dtype": "float32", **first.levels}
    assert (first.threads, first.allocator, first.skip) == (1, "retain", None)
    assert last.id == "model=resnet18,size=224,batch=1,mode=training"


FACTORS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True), min_size=1
)


@given(FACTORS)
def test_factors_are_crossed_in_their_order(factors: dict[str, list[int]]) -> None:
    found = [tuple(case.levels.items()) for case in cases({"factors": [factors]})]
    assert found == [tuple(zip(factors, levels, strict=True)) for levels in product(*factors.values())]


@given(FACTORS, st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 9), min_size=1))
def test_what_is_excluded_and_what_is_left_are_the_whole(factors: dict[str, list[int]], where: dict[str, int]) -> None:
    where = {name: level for name, level in where.items() if name in factors}
    whole = {case.id for case in cases({"factors": [factors]})}
    gone = {i for i in whole if where and {f"{n}={v}" for n, v in where.items()} <= set(i.split(","))}
    if where and gone != whole:
        assert {case.id for case in cases({"factors": [factors], "exclude": [where]})} == whole - gone


def test_a_condition_may_list_levels() -> None:
    content = {"factors": [{"a": [1, 2, 3], "b": [1, 2]}], "exclude": [{"a": [1, 3], "b": 2}]}
    assert ids(cases(content)) == ["a=1,b=1", "a=2,b=1", "a=2,b=2", "a=3,b=1"]


def test_what_is_skipped_stays_a_case_with_its_reason() -> None:
    content = {"factors": [{"a": [1, 2]}], "skip": [{"where": {"a": 2}, "because": "too slow"}]}
    assert [case.skip for case in cases(content)] == [None, "too slow"]


def test_truth_is_written_as_yaml_writes_it() -> None:
    assert ids(cases({"factors": [{"bidirectional": [True, False]}]})) == ["bidirectional=true", "bidirectional=false"]


def test_blocks_are_united_in_order_and_what_they_share_is_there_once() -> None:
    content = {"factors": [{"a": [1, 2], "b": [1]}, {"a": [2, 3], "b": [1, 2]}]}
    assert ids(cases(content)) == ["a=1,b=1", "a=2,b=1", "a=2,b=2", "a=3,b=1", "a=3,b=2"]


def test_a_block_takes_from_base_the_factor_that_it_lacks() -> None:
    base = {"target": "m:f", "slicing": "whole", "dtype": "float32"}
    found = cases({"base": base, "factors": [{"model": ["rnn"], "slicing": ["row", "pixel"]}, {"model": ["cnn"]}]})
    assert ids(found) == ["model=rnn,slicing=row", "model=rnn,slicing=pixel", "model=cnn,slicing=whole"]
    assert found[2].levels == {"model": "cnn", "slicing": "whole"}
    assert found[2].arguments == {"dtype": "float32", "model": "cnn", "slicing": "whole"}


def test_a_factor_without_any_level_in_a_block_is_refused() -> None:
    with pytest.raises(BenchError, match="b has no level in one block"):
        cases({"factors": [{"a": [1], "b": [1]}, {"a": [2]}]})


def test_a_bundle_is_a_column_by_its_name_and_arguments_by_its_entries() -> None:
    shape = {"small": {"batch": 1, "steps": 10}, "large": {"batch": 64, "steps": 100}}
    base = {"target": "m:f", "steps": 5, "dtype": "float32"}
    found = cases({"base": base, "factors": [{"shape": shape}]})
    assert ids(found) == ["shape=small", "shape=large"]
    assert found[1].levels == {"shape": "large"}
    assert found[1].arguments == {"steps": 100, "dtype": "float32", "batch": 64}


def test_base_may_name_a_bundle() -> None:
    base = {"target": "m:f", "shape": "small"}
    found = cases({"base": base, "factors": [{"a": [1], "shape": {"small": {"batch": 1}}}, {"a": [2]}]})
    assert found[1].id == "a=2,shape=small"
    assert found[1].arguments == {"a": 2, "batch": 1}


@pytest.mark.parametrize(
    ("base", "factors", "policy", "threads", "allocator"),
    [
        ({}, {}, {}, 1, "retain"),
        ({}, {}, {"threads": 3, "allocator": "system"}, 3, "system"),
        ({"threads": 2, "allocator": "retain"}, {}, {"threads": 3, "allocator": "system"}, 2, "retain"),
        ({"threads": 2}, {"threads": [4], "allocator": ["system"]}, {"threads": 3}, 4, "system"),
    ],
)
def test_threads_and_allocator_are_the_harness_s(
    base: dict[str, Level],
    factors: dict[str, list[Level]],
    policy: dict[str, int | str],
    threads: int,
    allocator: str,
) -> None:
    made = suite({"base": {"target": "m:f", **base}, "factors": [{"a": [1], **factors}], "policy": policy})
    (case,) = expand(*resolve(made, overlays=(), levels={}, policy={}))
    assert (case.threads, case.allocator, case.arguments) == (threads, allocator, {"a": 1})
    assert list(case.levels) == ["a", *factors]


@pytest.mark.parametrize(
    ("base", "factors", "expected"),
    [
        ({}, {}, ["hot"]),
        ({"cache": "cold"}, {}, ["cold"]),
        ({"cache": "cold"}, {"cache": ["hot", "cold"]}, ["hot", "cold"]),
    ],
)
def test_caches_are_the_harness_s_and_hot_unless_told(
    base: dict[str, Level], factors: dict[str, list[Level]], expected: list[str]
) -> None:
    found = cases({"base": {"target": "m:f", **base}, "factors": [{"a": [1], **factors}]})
    assert [case.cache for case in found] == expected
    assert {tuple(case.arguments) for case in found} == {("a",)}


def test_a_million_cases_are_counted_not_made() -> None:
    with pytest.raises(BenchError, match="1,000,000 cases; at most 20,000"):
        cases({"factors": [{name: list(range(100)) for name in "abc"}]})


def test_a_suite_of_nothing_is_refused() -> None:
    with pytest.raises(BenchError, match="every case is excluded"):
        cases({"factors": [{"a": [1]}], "exclude": [{"a": 1}]})


@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_the_label_of_a_number_is_fit_for_an_id(level: Level) -> None:
    assert set(label(level)) <= set("0123456789abcdefghijklmnopqrstuvwxyz.+-")

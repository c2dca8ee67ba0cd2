"""What the sides of a gate are told: they differ in their trees, and in nothing that need not differ."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.measure.pairing import PairMeans
from bench.records.nouns import Run
from tests.gate_scenario import FAKE, GateScenario
from tests.scenario import Said


class Told(Exception):
    """Ends the gate before anything is measured."""


@pytest.fixture
def means(repo: GateScenario, verb: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> PairMeans:
    """Of a gate in a repository of its own."""
    told: list[PairMeans] = []

    def listen(_: Run, means: PairMeans) -> None:
        told.append(means)
        raise Told

    monkeypatch.setattr("bench.api.gating.PairRunner", listen)
    verb("gate", repo.case("one").committed(), "--against", "HEAD", *FAKE)
    return told[0]


def test_servers_know_nothing_of_the_candidate_s_folders(means: PairMeans, repo: GateScenario) -> None:
    assert str(repo.folder) in means.setup.hidden
    assert means.setup.hidden == means.places["candidate"].paths


def test_every_tree_has_bytecode_of_its_own_outside_of_it_under_a_name_of_one_length(means: PairMeans) -> None:
    trees = {side: place.tree for side, place in means.places.items()}
    kept = {side: Path(tree.bytecode) for side, tree in trees.items() if tree is not None}
    assert kept["reference"] == kept["base"]
    assert len({*kept.values()}) == 3
    assert len({len(str(folder)) for folder in kept.values()}) == 1
    assert not any(folder.is_relative_to(tree.root) for folder in kept.values() for tree in trees.values() if tree)
    assert not any(folder.exists() for folder in kept.values())


def test_sides_have_the_same_memory_and_cores_and_as_many_paths(means: PairMeans) -> None:
    assert len({place.memory for place in means.places.values()}) == 1
    assert len({place.cores for place in means.places.values()}) == 1
    assert len({len(place.paths) for place in means.places.values()}) == 1


def test_paths_are_of_one_length_where_the_repository_s_is_the_longer(means: PairMeans, repo: GateScenario) -> None:
    roots = {side: place.tree.root for side, place in means.places.items() if place.tree is not None}
    assert len(roots["base"]) == len(roots["control"]) >= len(roots["candidate"]) == len(str(repo.folder))

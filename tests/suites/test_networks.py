"""All networks in one place: the command that lists them, the levels that name them, the documents' own as cases."""

from collections.abc import Mapping

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from networks import __main__ as listing
from networks import numerics, workload
from networks.cells import CELLS
from networks.experiments import convolutions, depths, equals, hybrids, implementations, laws, layouts, sequences
from networks.experiments.sequences import PARALLEL
from networks.ladder import RUNGS
from networks.loops import IMPLEMENTATIONS
from networks.slicing import SLICINGS
from tests.suites.planned import cases
from tests.suites.reality import held

pytestmark = pytest.mark.torch

BUILDERS = (workload, convolutions, depths, equals, hybrids, implementations, laws, layouts, sequences)


def test_one_command_lists_every_network_with_what_it_holds_computes_and_waits_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    listing.main()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["network", "parameters", "flops", "sequential", "steps", "pointwise", "steps"]
    rows = {line[:42].strip(): [int(word.replace(",", "")) for word in line[42:].split()] for line in lines}
    assert rows["lstm, rows"] == [53_010, 2 * (28 * 4 * 100 * 128 + 1_000), 29, 0]
    assert rows["lstm, rows, 2 layers"][2] == 30
    assert rows["lstm, rows, both directions"][0] == 104_000 + 2_010
    assert rows["resnet18"][0] == 11_689_512
    assert rows["sru, rows"][2:] == [2, 28]
    assert rows["mingru, rows"][2:] == [2, 8]
    for cell in CELLS:
        assert {f"{cell}, rows", f"{cell}, rows, 2 layers", f"{cell}, rows, both directions"} <= set(rows)
    named = {name.partition(",")[0] for name in rows}
    assert {*CELLS, *PARALLEL, *workload.MODELS, *hybrids.NETWORKS, "mlp", "deep_cnn"} == named


def listed_as(suite: str, of: Mapping[str, object]) -> str:
    """What the list calls the network of a case."""
    model = str(of["model"])
    if suite == "cells":
        return f"{model}, rows" + (", 8 channels" if of["hidden"] == 8 else "")
    if suite == "slicing" and of["match"] == "hidden":
        return f"{model}, {'rows' if of['slicing'] == 'row' else of['slicing']}"
    if suite == "slicing":
        return f"{model}, {of['slicing']}, equal {of['match']}"
    if suite == "fairness":
        return model if model == "cnn" else f"{model}, {of['match']} as the cnn"
    if suite == "rnn_vs_cnn":
        plain = f"{model}, rows" if model in CELLS else model
        return plain if of["size"] == 28 else f"{model}, {of['size']} pixels"
    if model == "cnn":
        return f"deep_cnn, {of['layers']} layers"
    said = f"{model.removeprefix('bi')}, rows" + ("" if of["layers"] == 1 else f", {of['layers']} layers")
    return said + (", both directions" if model.startswith("bi") else "")


@pytest.mark.parametrize("suite", ["cells", "slicing", "fairness", "rnn_vs_cnn", "depth"])
def test_the_list_has_the_network_of_every_case(suite: str) -> None:
    assert not {listed_as(suite, case.levels) for case in cases(suite)} - {name for name, _ in listing.networks()}


def test_the_list_counts_what_a_case_declares() -> None:
    listed = dict(listing.networks())
    made = equals.classifier(model="gru", match="flops", batch=1, mode="inference")
    account = listed["gru, flops as the cnn"]
    assert (account.parameters, account.sequential_steps) == (made.parameters, made.sequential_steps)
    sliced = sequences.classifier(model="lstm", slicing="pixel", match="parameters", batch=1, mode="inference")
    assert listed["lstm, pixel, equal parameters"].parameters == sliced.parameters


@pytest.mark.parametrize("blocks", hybrids.LEVELS["blocks"])
def test_the_list_has_every_number_of_blocks(blocks: int) -> None:
    assert f"convolution_first, {blocks} blocks" in dict(listing.networks())


def test_the_list_has_a_network_once() -> None:
    names = [name for name, _ in listing.networks()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("declared", "exist"),
    [
        (sequences.LEVELS["slicing"], [*SLICINGS]),
        (workload.LEVELS["model"], [*workload.MODELS]),
        (implementations.LEVELS["rung"], [*RUNGS]),
        (implementations.LEVELS["family"], [*implementations.FAMILIES]),
        (convolutions.LEVELS["implementation"], [*IMPLEMENTATIONS, "compiled"]),
        (hybrids.LEVELS["model"], [*hybrids.NETWORKS]),
    ],
)
def test_a_name_that_exists_is_a_level_and_a_level_exists(declared: tuple[str, ...], exist: list[str]) -> None:
    """LEVELS are literals, which `bench validate` reads without importing them: this says what is missing there."""
    missing, left = [name for name in exist if name not in declared], [name for name in declared if name not in exist]
    assert not missing, f"add to LEVELS: {', '.join(missing)}"
    assert not left, f"in LEVELS, and nowhere else: {', '.join(left)}"


def test_every_builder_declares_the_same_numbers() -> None:
    for module in BUILDERS:
        assert module.LEVELS["dtype"] == tuple(numerics.DTYPES)
        assert module.LEVELS["precision"] == numerics.PRECISIONS


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("model", hybrids.LEVELS["model"])
def test_the_documents_networks_are_cases_of_their_own(model: str, mode: str, dtype: str) -> None:
    made = hybrids.classifier(model=model, batch=3, mode=mode, dtype=dtype)
    shape = () if mode == "training" else (28, 3, 1) if model == "reg_lstm" else (3, 10)
    assert made.step().shape == shape
    assert made.step().isfinite().all()
    assert made.parameters == held(made.network)
    assert made.check().max_error <= made.check().tolerance


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("model", hybrids.LEVELS["model"])
def test_their_flops_are_those_that_torch_counts(model: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    made = hybrids.classifier(model=model, batch=2, mode=mode)
    with FlopCounterMode(display=False) as counter:
        made.step()
    assert made.flops == counter.get_total_flops()


@pytest.mark.parametrize("model", hybrids.WITH_BLOCKS)
def test_every_block_is_a_product_more_and_halves_what_is_read_after_it(model: str) -> None:
    steps = [
        hybrids.classifier(model=model, batch=1, mode="inference", blocks=blocks).sequential_steps
        for blocks in range(len(hybrids.LEVELS["blocks"]))
    ]
    read = {"convolution_first": [28, 14, 7, 3, 1], "conditioned_lstm": [28] * 5}[model]
    assert steps == [blocks + length + 2 for blocks, length in enumerate(read)]


def test_a_regression_learns_the_digits_values() -> None:
    made = hybrids.classifier(model="reg_lstm", batch=4, mode="training")
    losses = [made.step().item() for _ in range(30)]
    assert losses[-1] < losses[0]


def test_a_hybrid_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="model=lenet: there are convolution_first, "):
        hybrids.classifier(model="lenet", batch=1, mode="inference")
    with pytest.raises(ValueError, match="blocks=5: there are 0 to 4"):
        hybrids.classifier(model="convolution_first", batch=1, mode="inference", blocks=5)

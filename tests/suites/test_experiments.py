"""The builders that suites name: what they declare is what torch holds, and what they compute is checked."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from networks import __main__ as listing
from networks import accounting
from networks.cells import CELLS
from networks.experiments import convolutions, depths, equals, implementations, laws, layouts, sequences
from networks.experiments.implementations import stretched
from networks.experiments.laws import narrowed
from networks.images import digits
from networks.loops import IMPLEMENTATIONS
from networks.sequence import HIDDEN
from networks.slicing import SLICINGS
from networks.unavailable import Unavailable
from networks.workload import Workload
from tests.suites.planned import cases
from tests.suites.reality import events, held

Levels = Mapping[str, object]

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN"),
]


@pytest.mark.parametrize("model", [*CELLS, *sequences.PARALLEL])
def test_every_network_that_reads_slices_declares_what_it_holds_and_computes_what_is_right(model: str) -> None:
    made = sequences.classifier(model=model, slicing="patch7", batch=2, mode="inference", hidden=8)
    assert made.parameters == held(made.network)
    assert made.step().shape == (2, 10)
    equality = made.check()
    assert equality.max_error <= equality.tolerance


@pytest.mark.parametrize("slicing", sequences.LEVELS["slicing"])
def test_every_slicing_gives_a_network_its_values(slicing: str) -> None:
    made = sequences.classifier(model="rnn", slicing=slicing, batch=2, mode="training", hidden=4)
    cut = SLICINGS[slicing]
    assert made.values == made.inputs.shape[0] * made.inputs.shape[2]
    assert made.step().isfinite()
    assert (made.values == 784) == (cut.stride is None)


@pytest.mark.parametrize("match", ["parameters", "flops"])
@pytest.mark.parametrize("model", ["rnn", "gru", "lstm", "cnn1d", "vit"])
def test_a_matched_network_is_within_a_twentieth_of_the_reference(model: str, match: str) -> None:
    reference = sequences.described("lstm", SLICINGS["row"], 28).account(HIDDEN)
    made = sequences.classifier(model=model, slicing="rows4", batch=1, mode="inference", match=match)
    wanted = {"parameters": reference.parameters, "flops": accounting.flops(reference, batch=1, training=False)}
    found = {"parameters": made.parameters, "flops": made.flops}
    assert found[match] == pytest.approx(wanted[match], rel=0.05)
    assert made.parameters == held(made.network)


@pytest.mark.parametrize("model", equals.LEVELS["model"])
@pytest.mark.parametrize("match", equals.LEVELS["match"])
def test_networks_are_equal_in_what_was_asked(model: str, match: str) -> None:
    made = equals.classifier(model=model, match=match, batch=1, mode="inference")
    cnn = equals.classifier(model="cnn", match="input", batch=1, mode="inference")
    assert (made.values, made.items) == (cnn.values, cnn.items)
    assert made.parameters == held(made.network)
    if match != "input":
        assert getattr(made, match) == pytest.approx(getattr(cnn, match), rel=0.05)


@pytest.mark.parametrize("model", depths.LEVELS["model"])
def test_layers_are_as_many_as_asked(model: str) -> None:
    one, three = (depths.classifier(model=model, layers=n, batch=1, mode="inference", size=8, hidden=4) for n in (1, 3))
    assert isinstance(one, Workload)
    for made in (one, three):
        assert made.parameters == held(made.network)
        assert made.check().max_error <= made.check().tolerance
    assert three.sequential_steps > one.sequential_steps


EAGER = ("separate", "hoisted", "concatenated", "cell_loop", "native", "script_stacked")


@pytest.mark.parametrize("mode", implementations.LEVELS["mode"])
def test_a_forward_pass_is_timed_in_a_layer_that_does_not_train_and_its_gradients_are_compared_in_one_that_does(
    mode: str,
) -> None:
    """cuDNN writes down what gradients take wherever the layer is in training mode, and has none where it is not."""
    made = implementations.layer(
        family="lstm", rung="fused", mode=mode, batch=2, steps=3, features=4, hidden=5, layers=2
    )
    seen: list[bool] = []
    made.original.register_forward_pre_hook(lambda layer, _: seen.append(layer.training))
    made.step()
    made.check()
    made.step()
    steps, check = ([True], [True]) if mode == "training" else ([False], [False, True])
    assert seen == [*steps, *(each for each in check for _ in ("the reference, a copy", "the layer")), *steps]
    assert made.metrics()["layer_steps"] == 6


@pytest.mark.parametrize("mode", implementations.LEVELS["mode"])
@pytest.mark.parametrize(("family", "rung"), [*product(implementations.LEVELS["family"], EAGER), ("lstm", "fused")])
def test_a_rung_declares_the_layers_parameters_and_is_equal_to_it(family: str, rung: str, mode: str) -> None:
    made = implementations.layer(
        family=family, rung=rung, mode=mode, batch=2, steps=3, features=4, hidden=5, dtype="float64"
    )
    assert made.parameters == held(made.original)
    assert made.step().isfinite().all()
    equality = made.check()
    assert equality.max_error <= equality.tolerance
    assert ("compile" in made.metrics()) == rung.startswith("script")
    assert made.metrics()["gradients_compared"] == 1
    assert made.metrics()["max_error"] == equality.max_error
    made.close()


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("mode", implementations.LEVELS["mode"])
@pytest.mark.parametrize("family", implementations.LEVELS["family"])
@pytest.mark.parametrize("rung", ["separate", "stacked", "hoisted", "concatenated", "cell_loop", "native"])
def test_a_rungs_flops_are_those_that_torch_counts(rung: str, family: str, mode: str, steps: int, layers: int) -> None:
    """Of the rungs whose products the counter sees, in training with the gradient of the sequence. That must be no leaf
    here: the counter's hooks on modules ask what `torch.autograd.grad` does not say of one."""
    made = implementations.layer(
        family=family, rung=rung, mode=mode, batch=2, steps=steps, features=3, hidden=5, layers=layers
    )
    made = replace(made, sequence=made.sequence + 0)
    with FlopCounterMode(display=False) as counter:
        made.step()
    assert made.flops == counter.get_total_flops()


def test_a_compiled_rung_says_what_compiling_took() -> None:
    pytest.importorskip("torch._inductor")
    try:
        made = implementations.layer(
            family="rnn", rung="compile_hoisted", mode="forward", batch=1, steps=2, features=2, hidden=2
        )
    except Exception as error:
        if type(error).__name__ == "Unavailable":
            pytest.skip(str(error))
        raise
    assert made.metrics()["compile"] > 0
    assert made.metrics()["graph_breaks"] == 0
    assert set(made.expects) & events(made.step)
    assert made.check().max_error <= made.check().tolerance
    made.close()


@pytest.mark.parametrize("family", ["gru", "rnn"])
def test_a_fused_layer_that_a_processor_does_not_have_is_unavailable(family: str) -> None:
    with pytest.raises(Unavailable, match=f"no fused {family.upper()} on a CPU"):
        implementations.layer(family=family, rung="fused", mode="forward", batch=1, steps=2, features=2, hidden=2)


@pytest.mark.parametrize("name", ["lstm_fusion", "compile", "published", "launching", "lstm_boundaries"])
def test_no_suite_asks_a_processor_for_a_fused_layer_that_it_does_not_have(name: str) -> None:
    fused = {case.arguments["family"] for case in cases(name) if case.arguments["rung"] == "fused"}
    assert "lstm" in fused
    assert not fused & {"gru", "rnn"}


def test_a_digit_is_stretched_to_steps_and_features() -> None:
    assert stretched(3, steps=5, features=7).shape == (5, 3, 7)
    assert stretched(2, steps=28, features=28)[:, 1].equal(digits(2).images[1, 0])


@pytest.mark.parametrize("steps", [7, 28, 196, 784])
def test_longer_sequences_of_equal_arithmetic_are_narrower(steps: int) -> None:
    hidden = narrowed(steps, gates=4)
    made = laws.network(model="lstm_fused", length=steps, hold="arithmetic")
    wide = laws.network(model="lstm_fused", length=28)
    assert made.flops == pytest.approx(wide.flops, rel=0.05)
    assert (hidden < 100, hidden == 100) == (steps > 28, steps == 28)


def test_the_pixels_of_an_image_are_a_square() -> None:
    assert laws.network(model="cnn", length=196).values == 196
    with pytest.raises(ValueError, match="200"):
        laws.network(model="cnn", length=200)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
def test_every_convolution_is_the_librarys(implementation: str) -> None:
    made = convolutions.convolution(implementation=implementation, side=9, channels=2, outputs=3)
    assert made.step().shape == (3, 7, 7)
    assert made.check().max_error <= made.check().tolerance
    assert made.flops == 2 * 3 * 2 * 9 * 49


@pytest.mark.parametrize("model", layouts.LEVELS["model"])
def test_layouts_of_whole_digits_give_the_same_numbers(model: str) -> None:
    plain = layouts.arranged(model=model, layout="time_major", batch=3).step()
    for layout in ("batch_first", "noncontiguous", "unflattened"):
        torch.testing.assert_close(layouts.arranged(model=model, layout=layout, batch=3).step(), plain)
    padded, packed = (layouts.arranged(model=model, layout=layout, batch=15) for layout in ("padded", "packed"))
    assert packed.flops / padded.flops == pytest.approx(21 / 28)
    longest = int(layouts.lengths_of(15).argmax())
    torch.testing.assert_close(padded.step()[:, longest], packed.step()[:, longest])


@pytest.mark.parametrize(
    ("builder", "levels", "words"),
    [
        (sequences.classifier, {"model": "ltsm", "slicing": "row", "batch": 1, "mode": "inference"}, "model=ltsm"),
        (sequences.classifier, {"model": "rnn", "slicing": "rwo", "batch": 1, "mode": "inference"}, "slicing=rwo"),
        (equals.classifier, {"model": "rnn", "match": "size", "batch": 1, "mode": "inference"}, "match=size"),
        (depths.classifier, {"model": "rnn", "layers": 1, "batch": 1, "mode": "infer"}, "mode=infer"),
        (laws.network, {"model": "lstm", "length": 7}, "model=lstm"),
        (convolutions.convolution, {"implementation": "loop", "side": 8}, "implementation=loop"),
        (convolutions.convolution, {"implementation": "library", "side": 2}, "kernel=3"),
        (layouts.arranged, {"model": "rnn", "layout": "tall", "batch": 1}, "layout=tall"),
    ],
)
def test_a_level_that_does_not_exist_is_named(builder: Callable[..., object], levels: Levels, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        builder(**levels)


@pytest.mark.parametrize("name", ["cells", "slicing"])
def test_a_suite_of_cells_names_none_that_does_not_exist(name: str) -> None:
    """Reading these does not tell, as the registries are no literals."""
    assert {case.levels["model"] for case in cases(name)} <= {*CELLS, *sequences.PARALLEL}


def test_a_cell_in_the_registry_is_a_model_without_another_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "newest", CELLS["gru"])
    made = sequences.classifier(model="newest", slicing="row", batch=1, mode="inference")
    assert made.step().shape == (1, 10)
    assert "newest, rows" in [name for name, _ in listing.networks()]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("rnn_vs_cnn", 71),
        ("fairness", 66),
        ("slicing", 108),
        ("depth", 50),
        ("lstm_fusion", 59),
        ("compile", 22),
        ("cells", 44),
        ("sequence_law", 50),
        ("convolution", 46),
        ("layout", 45),
        ("allocator", 8),
    ],
)
def test_every_suite_has_its_cases(name: str, count: int) -> None:
    assert len(cases(name)) == count

"""Document 003 as observed: every fact of its claims is there, flat and the same twice; its traps by hand."""

from warnings import catch_warnings

import pytest
import torch
from hypothesis import given, settings, strategies
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from facts import d3_code, d3_correlation, d3_fields, d3_shapes, d3_weights
from networks.workload import seeded
from tests.suites.facts.claimed import assert_flat, checks, facts_of

pytestmark = pytest.mark.torch

MODULES = (d3_code, d3_correlation, d3_fields, d3_shapes, d3_weights)
FACTS = [fact for module in MODULES for fact in facts_of(module)]


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_flat_and_the_same_twice(name: str) -> None:
    assert_flat(name)


def test_what_the_claims_expect_is_observed() -> None:
    assert [check for check in checks("D3") if check.missing()] == []


def test_every_fact_is_asked_for_by_a_claim() -> None:
    assert {check.fact for check in checks("D3")} == set(FACTS)


def test_the_odd_row_of_an_even_kernel_is_added_at_the_bottom() -> None:
    kernel, image = torch.tensor([[[[1.0], [2.0]]]]), torch.arange(1.0, 5).view(1, 1, 4, 1)
    with catch_warnings(action="ignore"):  # that an even kernel takes a copy, told once in a process
        found = conv2d(image, kernel, padding="same").flatten().tolist()
    assert found == [1 + 2 * 2, 2 + 2 * 3, 3 + 2 * 4, 4]
    observed = d3_shapes.rows_for_even_kernels()
    assert observed["on_top"] == [1, 2, 3, 4]
    assert observed["on_top_by_same"] == [0, 1, 2, 3]
    assert observed["at_the_bottom_by_same"] == [1, 2, 3, 4]


def test_an_odd_kernel_has_as_many_rows_added_on_top_as_at_the_bottom() -> None:
    kernel, image = torch.rand(1, 1, 5, 1), torch.rand(1, 1, 9, 1)
    same, ours = conv2d(image, kernel, padding="same"), conv2d(pad(image, (0, 0, 2, 2)), kernel)
    torch.testing.assert_close(same, ours)
    observed = d3_shapes.rows_for_odd_kernels()
    assert observed["on_top"] == observed["at_the_bottom"] == [0, 1, 2, 3]


@pytest.mark.parametrize(("top", "bottom"), [(0, 3), (1, 2), (2, 1), (3, 0), (2, 2)])
def test_an_impulse_lands_where_rows_were_added(top: int, bottom: int) -> None:
    def map_of(image: Tensor, kernel: Tensor) -> Tensor:
        return conv2d(pad(image, (0, 0, top, bottom)), kernel)

    assert d3_shapes._added(4, map_of) == (top, bottom)


def test_the_padding_of_a_layer_is_added_on_each_side() -> None:
    observed = d3_shapes.with_padding()
    assert observed["kernel_3_padding_2_of_a_layer"] == observed["kernel_3_p_4"] != observed["kernel_3_p_2"]


def pairs(low: int, high: int) -> strategies.SearchStrategy[tuple[int, int]]:
    return strategies.tuples(strategies.integers(low, high), strategies.integers(low, high))


@settings(deadline=None, max_examples=100)
@given(n=pairs(4, 12), k=pairs(1, 4), p=pairs(0, 4), s=pairs(1, 4))
def test_sizes_of_any_grid_are_those_of_the_documents_formula(
    n: tuple[int, int], k: tuple[int, int], p: tuple[int, int], s: tuple[int, int]
) -> None:
    formula = [(n - k + p + s) // s for n, k, p, s in zip(n, k, p, s, strict=True)]
    assert d3_shapes.Sizes(n=n, k=k, p=p, s=s).map() == formula


def test_sizes_come_out_of_convolutions_and_not_of_the_formula() -> None:
    sizes = d3_shapes.Sizes(n=(8, 9), k=(3, 4), p=(3, 1), s=(2, 3))
    assert sizes.map() == list(conv2d(torch.zeros(1, 1, 11, 10), torch.zeros(1, 1, 3, 4), stride=(2, 3)).shape[2:])


def test_a_layer_that_is_told_nothing_adds_nothing_and_rounds_down() -> None:
    observed = d3_shapes.padding_by_default()
    assert observed["padding"] == [0, 0]
    assert observed["side_of_8_by_kernel_3_and_stride_2"] == len(range(0, 8 - 3 + 1, 2)) == 3


def test_a_layer_correlates_and_convolves_only_with_its_kernel_turned_by_half() -> None:
    impulse, kernel = torch.zeros(1, 1, 5, 5), torch.arange(9.0).view(1, 1, 3, 3)
    impulse[0, 0, 2, 2] = 1
    assert torch.equal(conv2d(impulse, kernel)[0, 0], kernel[0, 0].flip(0, 1))
    observed = d3_correlation.correlation_or_convolution()
    assert observed["convolution_agrees"] is False
    assert observed["convolution_with_turned_kernel_agrees"] is True


def test_the_convolution_of_two_impulses_is_an_impulse_at_the_sum_of_their_places() -> None:
    f, g = torch.zeros(3, 3, dtype=torch.float64), torch.zeros(7, 9, dtype=torch.float64)
    f[1, 2], g[3, 4] = 2, 5
    found = d3_correlation._convolved(f, g)
    assert found.nonzero().tolist() == [[4, 6]]
    assert found[4, 6] == 10


def test_only_layers_that_share_their_weights_answer_alike_everywhere() -> None:
    observed = d3_fields.an_object_that_moves()
    assert observed["places"] == 5**2
    assert observed["answers_at_the_object_agree"] is True
    assert observed["answers_of_a_dense_layer_agree"] is False


def test_a_pooled_map_moves_only_by_whole_windows() -> None:
    line = torch.tensor([[[0.0, 1, 2, 0, 0, 0]]])
    pooled = [nn.functional.max_pool1d(line.roll(shift, dims=2), 2).flatten().tolist() for shift in (0, 1, 2)]
    assert pooled == [[1, 2, 0], [0, 2, 0], [0, 1, 2]]
    assert d3_fields.an_object_that_moves()["answers_agree_after_pooling"] is False


def test_a_map_moves_with_what_it_sees_and_does_not_stay() -> None:
    observed = d3_fields.an_object_that_moves()
    assert observed["map_moves_with_the_object"] is True
    assert observed["map_stays_the_same"] is False


def test_a_corner_is_used_once_and_the_middle_as_often_as_the_kernel_has_places() -> None:
    observed = d3_fields.how_often_pixels_are_used()
    assert (observed["corner"], observed["middle"]) == (1, 9)


def test_a_dense_layer_between_images_weighs_every_pixel_for_every_other() -> None:
    assert d3_weights.dense_as_tensor()["weights"] == 28**4


def test_code_that_does_not_run_as_printed_lacks_a_name() -> None:
    assert d3_code.learning()["exception_as_printed"] == "NameError"
    assert d3_code.channels_as_printed()["exception_as_printed"] == "NameError"


def test_our_descent_learns_what_that_of_pytorch_learns() -> None:
    with seeded(0):
        ours = nn.Conv2d(1, 1, (1, 2), bias=False)
    theirs = nn.Conv2d(1, 1, (1, 2), bias=False)
    theirs.load_state_dict(ours.state_dict())
    image, wanted = torch.rand(1, 4, 5), torch.rand(1, 4, 4)
    descent, reference = d3_code.Descent([ours.weight], lr=0.1), torch.optim.SGD([theirs.weight], lr=0.1)
    for _ in range(3):
        descent.zero_grad()
        reference.zero_grad()
        torch.autograd.backward(nn.functional.mse_loss(ours(image), wanted))
        torch.autograd.backward(nn.functional.mse_loss(theirs(image), wanted))
        descent.step()
        reference.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


def test_the_example_prints_nothing_here(capsys: pytest.CaptureFixture[str]) -> None:
    d3_code.learning()
    assert capsys.readouterr().out == ""

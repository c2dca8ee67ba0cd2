"""The networks without recurrence or convolution: what they hold and count, what they know of order."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.patches import VisionTransformer, mlp, mlp_account, transformer_account
from tests.suites.reality import chained, counted, held, losses

pytestmark = pytest.mark.torch


@settings(max_examples=15, deadline=None)
@given(side=st.integers(1, 5), hidden=st.integers(1, 6), classes=st.integers(1, 4))
def test_the_account_of_an_mlp_equals_what_torch_holds_and_counts(side: int, hidden: int, classes: int) -> None:
    account = mlp_account(side**2, hidden=hidden, classes=classes)
    network, images = mlp(side**2, hidden=hidden, classes=classes), torch.randn(2, 1, side, side)
    assert held(network) == account.parameters
    assert counted(network, images, items=2) == (account.forward, account.backward)
    assert chained(network, images) == account.sequential_steps


@settings(max_examples=15, deadline=None)
@given(
    features=st.integers(1, 5), patches=st.integers(1, 5), heads=st.integers(1, 3), head=st.integers(1, 3),
    blocks=st.integers(1, 3),
)  # fmt: skip
def test_the_account_of_a_transformer_equals_what_torch_holds_and_counts(
    features: int, patches: int, heads: int, head: int, blocks: int
) -> None:
    width = heads * head
    account = transformer_account(features, patches=patches, width=width, blocks=blocks, classes=3)
    network = VisionTransformer(features, patches=patches, width=width, blocks=blocks, heads=heads, classes=3)
    sequence = torch.randn(patches, 2, features)
    assert held(network) == account.parameters
    assert counted(network, sequence, items=2) == (account.forward, account.backward)
    assert chained(network, sequence) == account.sequential_steps


def test_an_mlp_of_256_has_203_530_parameters() -> None:
    account = mlp_account()
    assert (account.parameters, account.forward, account.sequential_steps) == (203_530, 203_264, 2)


def test_vit_b_16_by_the_same_formula_is_the_published_one() -> None:
    account = transformer_account(16 * 16 * 3, patches=196, width=768, blocks=12, classes=1000)
    assert account.parameters == 86_567_656
    assert round(account.forward / 1e9, 2) == 17.56


def test_networks_give_ten_logits_an_item_and_learn() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([0, 4, 9])
    dense, images = mlp(16, hidden=8), torch.randn(3, 1, 4, 4)
    attentive, sequence = VisionTransformer(4, patches=4, width=8, heads=2, blocks=2), torch.randn(4, 3, 4)
    assert dense(images).shape == attentive(sequence).shape == (3, 10)
    for network, inputs in ((dense, images), (attentive, sequence)):
        before, after = losses(network, inputs, labels)
        assert after < before


def test_without_its_positions_a_transformer_knows_nothing_of_order() -> None:
    network = VisionTransformer(3, patches=5, width=4, heads=2, blocks=2).double()
    sequence, order = torch.randn(5, 2, 3, dtype=torch.float64), [3, 0, 4, 1, 2]
    assert not torch.allclose(network(sequence), network(sequence[order]))
    torch.nn.init.zeros_(network.positions)
    torch.testing.assert_close(network(sequence), network(sequence[order]))


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(ValueError, match=r"width=10: 4 heads do not divide it"):
        VisionTransformer(3, patches=5, width=10)

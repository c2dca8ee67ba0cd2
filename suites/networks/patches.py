"""Images → logits by dense layers (MLP); patches → logits by attention (a small vision transformer).

The transformer takes the patches as the recurrent networks take them, (patches, batch, features), so that both read
the same slicing.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from networks.accounting import IDENTITY, Account, account, attention, beside, dense, series, weights

CLASSES = 10
PIXELS = 784
WIDTH, BLOCKS, HEADS = 64, 4, 4
EXPANSION = 4
"""The width of a block's dense layers, as a multiple of the tokens': Vaswani et al. 2017, and every ViT since."""


def mlp(pixels: int = PIXELS, *, hidden: int = 256, classes: int = CLASSES) -> nn.Sequential:
    """One hidden layer: (batch, channels, height, width) with `pixels` numbers an image → logits (batch, classes).

    The control that knows nothing of order: any fixed permutation of its pixels is the same problem."""
    return nn.Sequential(nn.Flatten(), nn.Linear(pixels, hidden), nn.ReLU(), nn.Linear(hidden, classes))


def mlp_account(pixels: int = PIXELS, *, hidden: int = 256, classes: int = CLASSES) -> Account:
    return account(series(dense(pixels, hidden), dense(hidden, classes)))


class Attention(nn.Module):
    """Every token asks every token, in several heads: (batch, tokens, width) → the same shape. Vaswani et al. 2017."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.questions_keys_values = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        by_head = self.questions_keys_values(tokens).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        answers = scaled_dot_product_attention(*by_head.unbind(0))
        return self.projection(answers.transpose(1, 2).flatten(start_dim=2))


class Block(nn.Module):
    """Attention, then two dense layers on each token, each normalised before and added to what it was given:
    (batch, tokens, width) → the same shape. Dosovitskiy et al. 2021, equations 2 and 3."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(width), Attention(width, heads))
        self.dense = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, EXPANSION * width),
            nn.GELU(),
            nn.Linear(EXPANSION * width, width),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.attention(tokens)
        return tokens + self.dense(tokens)


class VisionTransformer(nn.Module):
    """A ViT that classifies by a token of its own: (patches, batch, features) → logits (batch, classes).

    Dosovitskiy et al. 2021, equations 1 to 4, without dropout; a patch of p × p pixels in c channels has p²·c features.
    Raises ValueError where the heads do not divide the width."""

    def __init__(
        self,
        features: int,
        *,
        patches: int,
        width: int = WIDTH,
        blocks: int = BLOCKS,
        heads: int = HEADS,
        classes: int = CLASSES,
    ) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width={width}: {heads} heads do not divide it")
        self.embedding = nn.Linear(features, width)
        self.first = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(nn.init.normal_(torch.zeros(1, patches + 1, width), std=0.02))
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(blocks)), nn.LayerNorm(width))
        self.classifier = nn.Linear(width, classes)

    def forward(self, patches: Tensor) -> Tensor:
        embedded = self.embedding(patches).transpose(0, 1)
        tokens = torch.cat([self.first.expand(len(embedded), -1, -1), embedded], dim=1) + self.positions
        return self.classifier(self.blocks(tokens)[:, 0])


def transformer_account(
    features: int, *, patches: int, width: int = WIDTH, blocks: int = BLOCKS, classes: int = CLASSES
) -> Account:
    """Six products a block lie on the chain, the embedding before and the classifier after them; heads change nothing.

    Fused attention computes its scores again on the way back, which is not counted: a kernel's affair."""
    tokens, normalisation = patches + 1, weights(2 * width)
    asking = beside(series(normalisation, attention(tokens, width)), IDENTITY)
    thinking = series(
        normalisation,
        dense(width, EXPANSION * width, times=tokens),
        dense(EXPANSION * width, width, times=tokens),
    )
    return account(
        series(
            dense(features, width, times=patches),
            weights(width * (1 + tokens)),
            *[asking, beside(thinking, IDENTITY)] * blocks,
            normalisation,
            dense(width, classes),
        )
    )

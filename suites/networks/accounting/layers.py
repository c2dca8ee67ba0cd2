"""Layers in series and side by side → parameters, multiply-adds and sequential steps of a network, in closed form.

A network's account is written as the network is: `account(series(conv2d(…), beside(series(…), conv2d(…)), dense(…)))`.
Counted are matrix products and convolutions, as torch's FlopCounterMode counts them: 2 flops a multiply-add, no
pointwise work, no normalisation, no optimiser. Closed forms are needed because the counter sees nothing of an LSTM that
oneDNN or cuDNN runs. Training adds the gradients that autograd computes: of every weight, and of every layer's input
but where that is the images. What a fused backend multiplies again or inside is its own affair.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`forward` and `backward` are multiply-adds for one image; `sequential_steps` are products on the longest chain of
    the forward pass that must be computed one after the other; `pointwise_steps` are those steps of recurrences that
    follow one another without a product, which `sequential_steps` leave out."""

    parameters: int
    forward: int
    backward: int
    sequential_steps: int
    pointwise_steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A part of a network. `forward`, `backward` and `to_input` are multiply-adds for one image: `to_input` those of
    the gradient of the part's input, which images do not need, `backward` those of all its other gradients; `depth`:
    products on its longest chain; `pointwise`: steps of a recurrence without a product, one after the other. What has
    no products has zeros: a pooling is left out, or is `IDENTITY`."""

    parameters: int = 0
    forward: int = 0
    backward: int = 0
    to_input: int = 0
    depth: int = 0
    pointwise: int = 0


IDENTITY = Layer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A hidden size, and by how much its network exceeds the reference, as a share of it (negative: falls short)."""

    hidden: int
    difference: float


METRICS: dict[str, Callable[[Account], int]] = {
    "parameters": lambda account: account.parameters,
    "flops": lambda account: flops(account, batch=1, training=False),
}
"""What two networks can be made equal in; flops are those of the forward pass."""


def account(network: Layer) -> Account:
    """Of a network that reads images, or sequences of their slices."""
    return Account(
        parameters=network.parameters,
        forward=network.forward,
        backward=network.backward,
        sequential_steps=network.depth,
        pointwise_steps=network.pointwise,
    )


def flops(account: Account, *, batch: int, training: bool) -> int:
    """Of one step."""
    return 2 * batch * (account.forward + account.backward * training)


def matched(account_of: Callable[[int], Account], reference: Account, *, metric: str) -> Match:
    """The hidden size, 1 or more, whose network comes closest to the reference in `metric`, a key of METRICS; of two
    that are equally close the smaller. `account_of` must grow with the hidden size."""

    def value(hidden: int) -> int:
        return METRICS[metric](account_of(hidden))

    target, beyond = METRICS[metric](reference), 1
    while value(beyond) < target:
        beyond *= 2
    least = 1 + bisect_left(range(1, beyond), target, key=value)
    closest = min((max(least - 1, 1), least), key=lambda hidden: abs(value(hidden) - target))
    return Match(hidden=closest, difference=value(closest) / target - 1)


def series(*layers: Layer) -> Layer:
    """Each reads what the one before it gives."""
    working = [layer for layer in layers if layer != IDENTITY] or [IDENTITY]
    return Layer(
        parameters=sum(layer.parameters for layer in working),
        forward=sum(layer.forward for layer in working),
        backward=sum(layer.backward for layer in working) + sum(layer.to_input for layer in working[1:]),
        to_input=working[0].to_input,
        depth=sum(layer.depth for layer in working),
        pointwise=sum(layer.pointwise for layer in working),
    )


def beside(*layers: Layer) -> Layer:
    """All read the same input, and what they give is added or joined: a block and its shortcut, two directions."""
    return Layer(
        parameters=sum(layer.parameters for layer in layers),
        forward=sum(layer.forward for layer in layers),
        backward=sum(layer.backward for layer in layers),
        to_input=sum(layer.to_input for layer in layers),
        depth=max(layer.depth for layer in layers),
        pointwise=max(layer.pointwise for layer in layers),
    )


def reading_images(layer: Layer) -> Layer:
    """The same, where it stands behind others and yet reads the images themselves: its input has no gradient."""
    return replace(layer, to_input=0)


def weights(count: int) -> Layer:
    """Learned numbers that no product uses: normalisations, positions, tokens, the scale of a weight normalisation."""
    return Layer(parameters=count)


def dense(inputs: int, outputs: int, *, times: int = 1, vectors: int = 1) -> Layer:
    """A linear layer applied to `times` vectors of an image (steps, patches); `vectors` as for a convolution."""
    return _convolution(inputs, outputs, taps=1, places=times, vectors=vectors)


def conv1d(inputs: int, outputs: int, *, kernel: int, steps: int, vectors: int = 1) -> Layer:
    """Over time; `steps` of its output, which dilation and causal padding change only through that."""
    return _convolution(inputs, outputs, taps=kernel, places=steps, vectors=vectors)


def conv2d(inputs: int, outputs: int, *, kernel: int, side: int, vectors: int = 1) -> Layer:
    """A square kernel, a square output of `side` pixels; `vectors`: numbers per output channel beside the weights (one
    for a bias, two for a batch normalisation or for a bias and the scale of a weight normalisation, none)."""
    return _convolution(inputs, outputs, taps=kernel**2, places=side**2, vectors=vectors)


def attention(tokens: int, width: int) -> Layer:
    """Self-attention, in any number of heads that divide the width: W_q, W_k, W_v and W_o with biases on each token,
    and between them the scores of all pairs and the answers weighed with them (Vaswani et al. 2017, equation 1).

    Fused attention computes the scores once more in the backward pass; that is not counted."""
    pairs = tokens**2 * width
    weighing = Layer(forward=2 * pairs, to_input=4 * pairs, depth=2)
    return series(dense(width, 3 * width, times=tokens), weighing, dense(width, width, times=tokens))


def _convolution(inputs: int, outputs: int, *, taps: int, places: int, vectors: int) -> Layer:
    """The gradients of weights and of inputs take as many multiply-adds each as the forward pass."""
    products = inputs * outputs * taps * places
    return Layer(
        parameters=inputs * outputs * taps + vectors * outputs,
        forward=products,
        backward=products,
        to_input=products,
        depth=1,
    )

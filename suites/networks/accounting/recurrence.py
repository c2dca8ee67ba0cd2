"""What a recurrent cell costs a step → what layers of it cost over a sequence, and the classifiers built on them.

The initial state of a layer has no gradient, so the gradient of its state crosses T − 1 of the T steps (counted with
torch 2.15 on ATen's native path). Autograd fills what no head has read with zeros and multiplies those too, so the head
makes no difference to the layers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from networks.accounting.layers import Account, Layer, account, dense, series

GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def every(steps: int) -> int:
    return steps


def none(_steps: int) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One recurrent layer in one direction. `inputs` and `states` are multiply-adds a step and item: of products with
    the layer's inputs, which can be done for all steps at once, and with its own state, which wait for the step before;
    `width`: features of its output; `chain`: products a step that must follow one another (none where the recurrence
    has no product, as in a scan).

    `inner`: those of `states` whose operand has a gradient in the first step too, as it is not the state that the step
    before left, but something made of it: a state that a gate has reset, an output that is to be projected. `around`:
    products that the layer adds to the chain once, before its first step or behind its last. `successive`: how many of
    so many steps must follow one another, where that is not every one, as in a grid. `pointwise`: how many steps, or
    rounds of a scan, follow one another without a product, of so many; they are on no chain of products, so that such a
    layer is one product deep whatever its length, and the time of a product means nothing for it.

    `above`: (features, hidden) → the cost of a layer that reads this one, where it must know what it reads."""

    parameters: int
    inputs: int
    states: int
    width: int
    chain: int = 1
    inner: int = 0
    around: int = 0
    successive: Callable[[int], int] = every
    pointwise: Callable[[int], int] = none
    above: Callable[[int, int], "Cost"] | None = None


CostOf = Callable[[int, int], Cost]
"""(features, hidden) → Cost: `cost` of every cell."""


def gated(gates: int, features: int, hidden: int) -> Cost:
    """PyTorch's layers with so many gates: G·H·(I + H) weights and two bias vectors of G·H (torch.nn.LSTM)."""
    return Cost(
        parameters=gates * hidden * (features + hidden + 2),
        inputs=gates * hidden * features,
        states=gates * hidden * hidden,
        width=hidden,
    )


def stacked(
    cost_of: CostOf, *, features: int, hidden: int, layers: int = 1, bidirectional: bool = False
) -> tuple[Cost, ...]:
    """Of one direction of each layer, where each reads all directions of the one below."""
    costs = [cost_of(features, hidden)]
    while len(costs) < layers:
        below = costs[-1]
        costs.append((below.above or cost_of)(below.width * (2 if bidirectional else 1), hidden))
    return tuple(costs)


def recurrence(
    cost_of: CostOf,
    *,
    steps: int,
    features: int,
    hidden: int,
    layers: int = 1,
    bidirectional: bool = False,
    state_given: bool = False,
) -> Layer:
    """`layers` on top of each other, in one direction or two.

    `state_given`: the initial states come from another network, to which their gradient flows back."""
    directions = 2 if bidirectional else 1
    costs = stacked(cost_of, features=features, hidden=hidden, layers=layers, bidirectional=bidirectional)
    crossed = steps if state_given else steps - 1
    depth = _depth(costs[0], steps=steps, layers=layers, bidirectional=bidirectional)
    stack = series(*(_layer(cost, directions=directions, steps=steps, crossed=crossed) for cost in costs))
    return replace(stack, depth=depth, pointwise=layers * costs[0].pointwise(steps))


def recurrent_classifier(
    cost_of: CostOf,
    *,
    steps: int,
    features: int,
    hidden: int,
    classes: int,
    layers: int = 1,
    bidirectional: bool = False,
    head: str = "last",
) -> Account:
    """networks.sequence.SequenceClassifier: a linear classifier on the last step or the mean of the steps, both as wide
    as the top layer, or on the final `states` of all layers and directions."""
    costs = stacked(cost_of, features=features, hidden=hidden, layers=layers, bidirectional=bidirectional)
    width = sum(cost.width for cost in costs) if head == "states" else costs[-1].width
    layer = recurrence(
        cost_of, steps=steps, features=features, hidden=hidden, layers=layers, bidirectional=bidirectional
    )
    return account(series(layer, dense((2 if bidirectional else 1) * width, classes)))


def recurrent(kind: str, *, steps: int, features: int, hidden: int, classes: int) -> Account:
    """One layer of PyTorch's RNN, GRU or LSTM in one direction, and a linear classifier on the last step."""
    cost_of = partial(gated, GATES[kind])
    return recurrent_classifier(cost_of, steps=steps, features=features, hidden=hidden, classes=classes)


def _depth(cost: Cost, *, steps: int, layers: int, bidirectional: bool) -> int:
    """c·(T + L − 1) for one direction: step t of layer l waits for step t − 1 of its own and step t of the layer below;
    c·T·L for two: a layer that reads from the end waits for all of the layer below. c is the cell's chain; without one
    a layer is one product deep."""
    steps = cost.successive(steps)
    waited = steps * layers if bidirectional else steps + layers - 1
    return cost.chain * waited + cost.around * layers or layers


def _layer(cost: Cost, *, directions: int, steps: int, crossed: int) -> Layer:
    """The gradients of its weights, of what is inside its steps, and of the states that are handed on."""
    forward = steps * (cost.inputs + cost.states)
    handed_on = crossed * (cost.states - cost.inner)
    return Layer(
        parameters=directions * cost.parameters,
        forward=directions * forward,
        backward=directions * (forward + steps * cost.inner + handed_on),
        to_input=directions * steps * cost.inputs,
    )

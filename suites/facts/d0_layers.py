"""Document 000 → what is observed inside its LSTM: iterations, gates, states, and what reaches the first step."""

from collections.abc import Callable, Sequence
from itertools import permutations

import torch
from torch import Tensor, nn
from torch.autograd import grad
from torch.nn.functional import linear
from torch.utils._python_dispatch import TorchDispatchMode

from facts import Observed, raised
from networks.ladder.implementations import Native
from networks.workload import seeded

FEATURES, HIDDEN, BATCH = 28, 100, 4
STEPS = (7, 28, 196)

Kind = type[nn.RNN] | type[nn.GRU] | type[nn.LSTM]
KINDS: dict[str, tuple[Kind, int]] = {"rnn": (nn.RNN, 1), "gru": (nn.GRU, 3), "lstm": (nn.LSTM, 4)}
"""With how many blocks of weights each has."""


class Products(TorchDispatchMode):
    """Notes of every matrix product below PyTorch's modules the size of the matrix on its right."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[torch.Size] = []

    def __torch_dispatch__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        right = args[-1] if args else None
        if func in (torch.ops.aten.mm.default, torch.ops.aten.addmm.default) and isinstance(right, Tensor):
            self.sizes.append(right.shape)
        return func(*args, **(kwargs or {}))


def iterations() -> Observed:
    """How often PyTorch's own recurrent layers multiply by the weights of their state, and by those of their input, at
    each length; without oneDNN, where the loop over the steps can be seen."""
    found: dict[str, list[int]] = {}
    for name, (kind, gates) in KINDS.items():
        products = [_products(kind, steps) for steps in STEPS]
        found[f"{name}_with_state"] = [sizes.count(torch.Size((HIDDEN, gates * HIDDEN))) for sizes in products]
        found[f"{name}_with_input"] = [sizes.count(torch.Size((FEATURES, gates * HIDDEN))) for sizes in products]
    return {"steps": list(STEPS), **found}


def gradients() -> Observed:
    """What becomes of the gradient of the last output on its way to the first step, and of that for the weights of the
    state, after 7 steps and after 784: of layers as PyTorch draws them, of an RNN with weights that are larger, of an
    LSTM whose forget gates are held open.

    A gradient for the first step is compared with that for the last, one for the weights with that after 7 steps: it
    vanishes where single precision would lose it beside the other, explodes where the other would be lost."""
    found: dict[str, str] = {}
    for name, make in DRAWN.items():
        few, many = (_Reached.of(make, steps) for steps in (7, 784))
        found[f"{name}_after_7"] = _fate(few.first)
        found[f"{name}_after_784"] = _fate(many.first)
        found[f"{name}_weights_after_784"] = _fate(many.weights / few.weights)
    return found


def hidden_size() -> Observed:
    """What has the size 50 of an LSTM with `hidden_size=50`; and with a projection to 20."""
    outputs, (hidden, memory) = nn.LSTM(FEATURES, 50)(_sequence())
    projected = _projected(50)
    return {
        "output_features": outputs.shape[2],
        "state_features": hidden.shape[2],
        "memory_features": memory.shape[2],
        "state_features_when_projected": projected[0].shape[2],
        "memory_features_when_projected": projected[1].shape[2],
    }


def states() -> Observed:
    """Sizes of both states of the document's two layers, and with a projection to 20."""
    _, (hidden_both, memory_both) = nn.LSTM(FEATURES, HIDDEN, bidirectional=True)(_sequence())
    _, (hidden, memory) = nn.LSTM(FEATURES, HIDDEN)(_sequence())
    projected = _projected(HIDDEN)
    return {
        "bidirectional_state": list(hidden_both.shape),
        "bidirectional_memory": list(memory_both.shape),
        "state": list(hidden.shape),
        "memory": list(memory.shape),
        "state_when_projected": list(projected[0].shape),
        "memory_when_projected": list(projected[1].shape),
    }


def stacked_gates() -> Observed:
    """How many times the hidden size the weights have rows, and in which order the gates lie in them."""
    layer = nn.LSTM(FEATURES, HIDDEN)
    return {
        "weight_hh": _size(layer, "weight_hh_l0"),
        "weight_ih": _size(layer, "weight_ih_l0"),
        "bias_hh": _size(layer, "bias_hh_l0"),
        "bias_ih": _size(layer, "bias_ih_l0"),
        "times_hidden_size": [parameter.shape[0] // HIDDEN for parameter in layer.parameters()],
        "orders_that_agree": [", ".join(order) for order in permutations(GATES) if _agrees(order)],
    }


def weights_of_gates() -> Observed:
    """Sizes of the weights with one matrix (a plain RNN) and with the four of an LSTM."""
    one, four = nn.RNN(FEATURES, HIDDEN), nn.LSTM(FEATURES, HIDDEN)
    return {
        "of_state": _size(one, "weight_hh_l0"),
        "of_state_in_lstm": _size(four, "weight_hh_l0"),
        "of_input": _size(one, "weight_ih_l0"),
        "of_input_in_lstm": _size(four, "weight_ih_l0"),
    }


def initial_states() -> Observed:
    """An LSTM with states drawn at random, with zeros, with none."""
    with seeded(0):
        layer = nn.LSTM(FEATURES, HIDDEN)
        first, second = ((torch.randn(1, BATCH, HIDDEN), torch.randn(1, BATCH, HIDDEN)) for _ in range(2))
    zeros = (torch.zeros(1, BATCH, HIDDEN), torch.zeros(1, BATCH, HIDDEN))
    alone = layer(_sequence())[0]
    return {
        "exception": raised(lambda: layer(_sequence(), first)),
        "none_is_zeros": torch.equal(alone, layer(_sequence(), zeros)[0]),
        "two_draws_the_same": torch.equal(layer(_sequence(), first)[0], layer(_sequence(), second)[0]),
    }


class _Reached:
    """Norms of gradients of a layer's last output: for the first step as a share of the last, and for its weights."""

    def __init__(self, layer: nn.RNNBase, sequence: Tensor) -> None:
        outputs, _ = layer(sequence)
        weights = layer.get_parameter("weight_hh_l0")
        of_steps, of_weights = grad(outputs[-1].sum(), (sequence, weights))
        self.first = (of_steps[0].norm() / of_steps[-1].norm()).item()
        self.weights = of_weights.norm().item()

    @classmethod
    def of(cls, make: Callable[[], nn.RNNBase], steps: int) -> "_Reached":
        """In double precision, so that what becomes too small for single precision is still seen."""
        with seeded(0):
            return cls(make().double(), torch.randn(steps, 1, FEATURES, dtype=torch.float64, requires_grad=True))


def _fate(share: float) -> str:
    lost = torch.finfo(torch.float32).eps
    if share < lost:
        return "vanishes"
    return "explodes" if share > 1 / lost else "arrives"


def _large_rnn() -> nn.RNN:
    """With recurrent weights of standard deviation 3/√H: a random network of gain g/√H is chaotic for g over 1
    (Sompolinsky, Crisanti and Sommers 1988), PyTorch's has g = 1/√3."""
    layer = nn.RNN(FEATURES, HIDDEN)
    nn.init.normal_(layer.get_parameter("weight_hh_l0"), std=3 / HIDDEN**0.5)
    return layer


def _open_lstm() -> nn.LSTM:
    """Its forget gates all but 1: the biases of the second quarter (`stacked_gates`)."""
    layer = nn.LSTM(FEATURES, HIDDEN)
    with torch.no_grad():
        layer.get_parameter("bias_hh_l0")[HIDDEN : 2 * HIDDEN] = 20
    return layer


DRAWN: dict[str, Callable[[], nn.RNNBase]] = {
    "rnn": lambda: nn.RNN(FEATURES, HIDDEN),
    "large_rnn": _large_rnn,
    "lstm": lambda: nn.LSTM(FEATURES, HIDDEN),
    "open_lstm": _open_lstm,
}

GATES = ("input", "forget", "candidate", "output")


def _agrees(order: tuple[str, ...]) -> bool:
    """Whether the definition, with its four blocks taken in that order, gives what the layer gives in a step."""
    with seeded(0):
        layer, sequence = nn.LSTM(FEATURES, HIDDEN), torch.randn(1, BATCH, FEATURES)
        hidden, memory = torch.randn(BATCH, HIDDEN), torch.randn(BATCH, HIDDEN)
    weight_ih, weight_hh, bias_ih, bias_hh = layer.all_weights[0]
    sums = linear(sequence[0], weight_ih, bias_ih) + linear(hidden, weight_hh, bias_hh)
    gates = dict(zip(order, sums.chunk(4, dim=1), strict=True))
    kept = gates["forget"].sigmoid() * memory + gates["input"].sigmoid() * gates["candidate"].tanh()
    said = gates["output"].sigmoid() * kept.tanh()
    return torch.allclose(said, layer(sequence, (hidden[None], memory[None]))[0][0], atol=1e-6)


def _size(layer: nn.RNNBase, name: str) -> list[int]:
    return list(layer.get_parameter(name).shape)


def _products(kind: Kind, steps: int) -> list[torch.Size]:
    layer, sequence = Native(kind(FEATURES, HIDDEN)), torch.zeros(steps, BATCH, FEATURES)
    with torch.no_grad(), Products() as products:
        layer(sequence)
    return products.sizes


def _projected(hidden: int) -> tuple[Tensor, Tensor]:
    """Both states, in double precision: in single precision oneDNN is asked first, which cannot project and warns."""
    return nn.LSTM(FEATURES, hidden, proj_size=20, dtype=torch.float64)(_sequence().double())[1]


def _sequence() -> Tensor:
    return torch.rand(28, BATCH, FEATURES, generator=torch.Generator().manual_seed(0))

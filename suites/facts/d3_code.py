"""Document 003's code → what happens when it is run as printed, and what the layers and functions it makes give.

Spaces at the ends of lines are gone and nothing else, save that what the last line of an example shows has a name. X
and Y of the example that learns are nowhere in the document; images are made up for it here.

corr2d is Y[i, j] = Σa Σb X[i + a, j + b] K[a, b], and over channels the sum of one a channel (Zhang et al., Dive into
Deep Learning, "Convolutions for Images"); a layer of the document has k·l weights for a kernel of k×l, and one bias. A
step of its descent is w ← w − η ∂L/∂w with η = 0.1 and L the mean of (Ŷ − Y)².
"""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from facts import Observed, raised
from facts.comparing import drawn, parameters
from networks.workload import seeded

CORR2D = '''
def corr2d(X, K):
    """二维互相关运算

    Args:
        X (Tensor): 二维矩阵
        K (Tensor): Kernel

    Returns:
        Tensor: 二维互相关运算结果
    """
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
          # Hadamard product(Schur product, entrywise)
            Y[i, j] = (X[i:i + h, j:j + w] * K).sum()
    return Y
'''

LAYER = """
class Conv2D(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(kernel_size))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return corr2d(x, self.weight) + self.bias
"""

LEARNING = """
import torch
import torch.nn as nn
import torch.optim as optim

conv2d = nn.Conv2d(1, 1, kernel_size=(1, 2), bias=False)
X = X.reshape((1, 1, 10, 12))
Y = Y.reshape((1, 1, 10, 11))

lr = 1e-1

optimizer = optim.SGD([conv2d.weight], lr=lr)

for epoch in range(100):
    Y_hat = conv2d(X)
    l = nn.MSELoss()(Y_hat, Y)

    optimizer.zero_grad()
    l.backward()
    optimizer.step()

    print(f"epoch {epoch+1}, loss {l.item():.3f}")
"""

COMP_CONV2D = """
def comp_conv2d(conv2d, X):
    X = X.reshape((1, 1) + X.shape)
    Y = conv2d(X)
    return Y.reshape(Y.shape[2:])
"""

MULTI_IN = '''
def corr2d_multi_in(X, K):
    """多通道二维卷积

    Args:
        X (Tensor): 输入
        K (Tensor): 核

    Returns:
        Tensor: 结果
    """
    return sum(d2l.corr2d(x, k) for x, k in zip(X, K))

X = torch.tensor([[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]],
               [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]])
K = torch.tensor([[[0.0, 1.0], [2.0, 3.0]], [[1.0, 2.0], [3.0, 4.0]]])

result = corr2d_multi_in(X, K)
'''

Names = dict[str, object]


def correlation_as_printed() -> Observed:
    """The function on the numbers of its textbook, and on larger ones beside PyTorch's own."""
    names = _run(CORR2D, {"torch": torch})
    small: Tensor = _called(names["corr2d"], torch.arange(9.0).view(3, 3), torch.arange(4.0).view(2, 2))
    with seeded(0):
        image, kernel = torch.randn(9, 7), torch.randn(3, 2)
    return {
        "of_3x3_by_2x2": small.flatten().tolist(),
        "agrees_with_conv2d": _close(
            _called(names["corr2d"], image, kernel), conv2d(image[None, None], kernel[None, None])
        ),
        "shape": list(_called(names["corr2d"], image, kernel).shape),
    }


@seeded(0)
def layer_as_printed() -> Observed:
    """Parameters of the class for kernels of several sizes; its map beside PyTorch's; whether it can learn."""
    made = _run(CORR2D + LAYER, {"torch": torch, "nn": nn})["Conv2D"]
    sizes = [(1, 2), (3, 3), (5, 3)]
    layers = [_module(made, size) for size in sizes]
    image, (layer, *_) = torch.randn(6, 8), layers
    found: Tensor = layer(image)
    weight, bias = layer.get_parameter("weight"), layer.get_parameter("bias")
    torch.autograd.backward(found.sum())
    return {
        "kernels": ["×".join(map(str, size)) for size in sizes],
        "parameters": [parameters(one) for one in layers],
        "weight_of_the_first": list(weight.shape),
        "bias_of_the_first": bias.tolist(),
        "agrees_with_conv2d": _close(found, conv2d(image[None, None], weight[None, None], bias)),
        "parameters_with_gradients": sum(p.numel() for p in layer.parameters() if p.grad is not None),
    }


def learning() -> Observed:
    """The example as printed; then with a plain descent of our own and an image: ones with a dark band of six columns,
    as the textbook's, and noise. Y is the difference of neighbours in a row, which the kernel [1, −1] gives."""
    edges = torch.ones(10, 12)
    edges[:, 3:9] = 0
    with seeded(1):
        noise = torch.randn(10, 12)
    return {
        "exception_as_printed": raised(lambda: _run(LEARNING, {})),
        "exception_with_images": raised(lambda: _learned(edges)),
        "kernel_from_edges": _learned(edges),
        "kernel_from_noise": _learned(noise),
    }


def shapes_as_printed() -> Observed:
    """The map of the example that learns, and of the four layers that the document puts on an image of 8×8."""
    comp_conv2d = _run(COMP_CONV2D, {})["comp_conv2d"]
    layers = {
        "kernel_3_padding_1": nn.Conv2d(1, 1, kernel_size=3, padding=1),
        "kernel_5x3_padding_2x1": nn.Conv2d(1, 1, kernel_size=(5, 3), padding=(2, 1)),
        "kernel_3x5_padding_0x1": nn.Conv2d(1, 1, kernel_size=(3, 5), padding=(0, 1)),
        "and_stride_3x2": nn.Conv2d(1, 1, kernel_size=(3, 5), padding=(0, 1), stride=(3, 2)),
    }
    learned = nn.Conv2d(1, 1, kernel_size=(1, 2), bias=False)
    return {
        "reshaped": list(torch.zeros(10, 12).reshape((1, 1, 10, 12)).shape),
        "kernel_1x2": list(learned(torch.zeros(1, 1, 10, 12)).shape),
        **{name: list(_called(comp_conv2d, layer, torch.rand(size=(8, 8))).shape) for name, layer in layers.items()},
    }


@seeded(0)
def channels_as_printed() -> Observed:
    """The example as printed; then with `d2l` standing for the document's own function, and on other numbers."""
    given: Names = {"torch": torch, "d2l": _Printed()}
    names = _run(MULTI_IN, dict(given))
    result = names["result"]
    assert isinstance(result, Tensor)
    image, kernel = drawn(3, 6, 5).float(), drawn(3, 2, 2).float()
    return {
        "exception_as_printed": raised(lambda: _run(MULTI_IN, {"torch": torch})),
        "result": result.flatten().tolist(),
        "shape": list(result.shape),
        "agrees_with_conv2d": _close(
            _called(names["corr2d_multi_in"], image, kernel), conv2d(image[None], kernel[None])
        ),
    }


class Descent:
    """Stands for `optim.SGD`, which without momentum does this and takes seconds to load at its first use."""

    def __init__(self, weights: Sequence[Tensor], lr: float) -> None:
        self.weights, self.rate = weights, lr

    def zero_grad(self) -> None:
        for weight in self.weights:
            weight.grad = None

    def step(self) -> None:
        with torch.no_grad():
            for weight in self.weights:
                if weight.grad is not None:
                    weight.sub_(weight.grad, alpha=self.rate)


class _Printed:
    """What the example takes from the textbook's package: the function that the document prints."""

    @staticmethod
    def corr2d(image: Tensor, kernel: Tensor) -> Tensor:
        return _called(_run(CORR2D, {"torch": torch})["corr2d"], image, kernel)


def _learned(image: Tensor) -> list[float]:
    """The kernel that the example ends with, to two decimal places: what it prints goes nowhere."""
    with seeded(0), redirect_stdout(io.StringIO()):
        code = LEARNING.replace("optim.SGD", "Descent")
        names = _run(code, {"X": image, "Y": image[:, :-1] - image[:, 1:], "Descent": Descent})
    layer = names["conv2d"]
    assert isinstance(layer, nn.Conv2d)
    return [round(weight, 2) for weight in layer.weight.flatten().tolist()]


def _run(code: str, names: Names) -> Names:
    """The names there are when the code, which may use those given, has run."""
    exec(code, names)
    return names


def _called(function: object, *given: object) -> Tensor:
    assert callable(function)
    found = function(*given)
    assert isinstance(found, Tensor)
    return found


def _module(made: object, size: tuple[int, int]) -> nn.Module:
    assert isinstance(made, type)
    layer = made(size)
    assert isinstance(layer, nn.Module)
    return layer


def _close(found: Tensor, maps: Tensor) -> bool:
    """The document's maps are float32 in whatever precision the image is."""
    return torch.allclose(found, maps[0, 0], rtol=1e-5, atol=1e-5)

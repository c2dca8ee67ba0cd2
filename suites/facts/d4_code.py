"""Document 004's code and signatures → what happens when it is run as printed, and what the layers it makes are.

Its printed lines have lost their breaks and indentation; these are restored and nothing else.
"""

import torch
from torch import Tensor, nn

from facts import Observed, raised
from facts.comparing import agree, drawn, parameters
from networks.convolution import keras_cnn
from networks.workload import seeded

STEPS, BATCH, FEATURES, HIDDEN = 6, 2, 3, 5

REG_LSTM = """
import torch
from torch import nn

class RegLSTM(nn.Module):
    def __init__(self):
        super(RegLSTM, self).__init__()
        # 定义LSTM
        self.rnn = nn.LSTM(input_size, hidden_size, hidden_num_layers)
        # 定义回归层网络,输入的特征维度等于LSTM的输出,输出维度为1
        self.reg = nn.Sequential(
            nn.Linear(hidden_size, 1)
        )

    def forward(self, x):
        x, (ht,ct) = self.rnn(x)
        seq_len, batch_size, hidden_size= x.shape
        x = y.view(-1, hidden_size)
        x = self.reg(x)
        x = x.view(seq_len, batch_size, -1)
        return x
"""

DENSE_LINE = "model.add(Dense(256, activation='relu')) 添加普通的全连接层"
"""The line of the Keras example whose comment has no sign before it."""


@seeded(0)
def without_biases() -> Observed:
    """bias=False beside the same weights with biases of zero."""
    bare, layer = nn.LSTM(FEATURES, HIDDEN, bias=False).double(), nn.LSTM(FEATURES, HIDDEN).double()
    zeros = {name: torch.zeros_like(value) for name, value in layer.state_dict().items() if "bias" in name}
    layer.load_state_dict(dict(bare.state_dict()) | zeros)
    sequence = drawn(STEPS, BATCH, FEATURES)
    return {
        "bias_by_default": nn.LSTM(FEATURES, HIDDEN).bias,
        "agrees_with_biases_of_zero": agree(bare(sequence)[0], layer(sequence)[0]),
        "biases": [name for name in bare.state_dict() if "bias" in name],
        "parameters_without": parameters(bare),
        "parameters_with": parameters(layer),
    }


def defaults() -> Observed:
    """What a layer says of itself that was given two sizes and no more."""
    layer = nn.LSTM(FEATURES, HIDDEN)
    names = ("num_layers", "dropout", "bidirectional", "bias", "batch_first", "proj_size")
    return {name: getattr(layer, name) for name in names}


def reg_lstm_as_printed() -> Observed:
    network, sequence = _reg_lstm(REG_LSTM), torch.zeros(STEPS, BATCH, FEATURES)
    mended = _reg_lstm(_mended())
    return {
        "raised": raised(lambda: network(sequence)),
        "raised_with_x_for_y": raised(lambda: mended(sequence)),
    }


@seeded(0)
def reg_lstm_mended() -> Observed:
    """With x where y is printed: its output beside the dense layer applied to each step by itself."""
    network, sequence = _reg_lstm(_mended()).double(), drawn(STEPS, BATCH, FEATURES)
    outputs: Tensor = network(sequence)
    states, _ = network.get_submodule("rnn")(sequence)
    step_by_step = torch.stack([network.get_submodule("reg")(state) for state in states])
    return {"output": list(outputs.shape), "agrees_with_a_number_a_step": agree(outputs, step_by_step)}


@seeded(0)
def keras_example() -> Observed:
    """The example, on one gray image of 28×28 pixels: no size is printed; PyTorch's order of axes, without softmax."""
    network, image = keras_cnn(28), torch.zeros(1, 1, 28, 28)
    shapes = {"image": list(image.shape)}
    for number, layer in enumerate(network, start=1):
        image = layer(image)
        if not isinstance(layer, nn.ReLU | nn.Dropout):
            shapes[f"after_{number}_{type(layer).__name__.lower()}"] = list(image.shape)
    convolutions = [layer for layer in network if isinstance(layer, nn.Conv2d)]
    dense = [layer for layer in network if isinstance(layer, nn.Linear)]
    return {
        "maps": [layer.out_channels for layer in convolutions],
        "kernels": ["×".join(map(str, layer.kernel_size)) for layer in convolutions],
        "dense": [layer.out_features for layer in dense],
        "parameters_of_convolutions": [parameters(layer) for layer in convolutions],
        "parameters_of_dense": [parameters(layer) for layer in dense],
        "parameters": parameters(network),
        **shapes,
        "dense_line_as_printed": raised(lambda: compile(DENSE_LINE, "document 004", "exec")),
    }


def _mended() -> str:
    return REG_LSTM.replace("y.view", "x.view")


def _reg_lstm(code: str) -> nn.Module:
    """The class that the code defines, with the sizes that it takes from outside and the document leaves open."""
    names: dict[str, object] = {"input_size": FEATURES, "hidden_size": HIDDEN, "hidden_num_layers": 2}
    exec(code, names)
    made = names["RegLSTM"]
    assert isinstance(made, type)
    network = made()
    assert isinstance(network, nn.Module)
    return network

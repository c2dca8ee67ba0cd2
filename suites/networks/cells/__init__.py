"""The name of a cell → its class: recurrent layers in one direction, all with one signature and a cost in closed form.

Adding one is a class (`networks.cells.cell.Cell` says what it must have) and a line here.
"""

from networks.cells.attention import AttentionLSTM
from networks.cells.cell import Cell
from networks.cells.convolutional import ConvLSTM
from networks.cells.elman import IRNN, IndRNN
from networks.cells.grid import GridLSTM
from networks.cells.gru import ResetBeforeGRU
from networks.cells.lstm import CoupledLSTM, LayerNormLSTM, PeepholeLSTM
from networks.cells.native import GRU, LSTM, RNN, ProjectedLSTM, ReluRNN
from networks.cells.scans import QRNN, SRU, MinGRU, MinLSTM, SRUv1

CELLS: dict[str, type[Cell]] = {
    "rnn": RNN,
    "rnn_relu": ReluRNN,
    "irnn": IRNN,
    "indrnn": IndRNN,
    "gru": GRU,
    "gru_reset_before": ResetBeforeGRU,
    "lstm": LSTM,
    "lstm_projection": ProjectedLSTM,
    "lstm_peephole": PeepholeLSTM,
    "lstm_coupled": CoupledLSTM,
    "lstm_layernorm": LayerNormLSTM,
    "convlstm": ConvLSTM,
    "gridlstm": GridLSTM,
    "sru": SRU,
    "sru_v1": SRUv1,
    "qrnn": QRNN,
    "mingru": MinGRU,
    "minlstm": MinLSTM,
    "attention": AttentionLSTM,
}

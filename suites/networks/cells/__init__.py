"""The name of a cell → its class: recurrent layers in one direction, all with one signature and a cost in closed form.

Adding one is a class (`networks.cells.cell.Cell` says what it must have) and a line in CELLS; a new module's name goes
into the import too. Networks, suites and the listing ask CELLS; only what is about PyTorch's own layers names those,
and the tests hold every cell against a definition.
"""

from networks.cells import attention, convolutional, elman, grid, gru, lstm, native, scans
from networks.cells.cell import Cell

CELLS: dict[str, type[Cell]] = {
    "rnn": native.RNN,
    "rnn_relu": native.ReluRNN,
    "irnn": elman.IRNN,
    "indrnn": elman.IndRNN,
    "gru": native.GRU,
    "gru_reset_before": gru.ResetBeforeGRU,
    "lstm": native.LSTM,
    "lstm_projection": native.ProjectedLSTM,
    "lstm_peephole": lstm.PeepholeLSTM,
    "lstm_coupled": lstm.CoupledLSTM,
    "lstm_layernorm": lstm.LayerNormLSTM,
    "convlstm": convolutional.ConvLSTM,
    "gridlstm": grid.GridLSTM,
    "sru": scans.SRU,
    "sru_v1": scans.SRUv1,
    "qrnn": scans.QRNN,
    "mingru": scans.MinGRU,
    "minlstm": scans.MinLSTM,
    "attention": attention.AttentionLSTM,
}

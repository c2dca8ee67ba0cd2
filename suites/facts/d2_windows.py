"""Document 002's ten samples → the windows they are cut into, and the batches that torch's loader makes of them."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.utils.data import DataLoader, TensorDataset

from facts import Observed
from networks.workload import seeded

SAMPLES, SEQ_LEN, BATCH, FEATURES = 10, 3, 2, 4


def windows_of_ten() -> Observed:
    padded = _windows(SEQ_LEN)
    return {
        "windows": _named(padded),
        "count": len(padded),
        "count_without_padding": len(_windows(SEQ_LEN, padded=False)),
    }


@seeded(0)
def first_batch() -> Observed:
    """Each id stands for a sample with features; the batch is read by an RNN that has the batch first."""
    (ids,) = next(iter(_loaded(_windows(SEQ_LEN))))
    batch = ids.unsqueeze(-1).expand(-1, -1, FEATURES).float()
    out, _ = nn.RNN(FEATURES, 2, batch_first=True)(batch)
    return {"windows": _named(ids), "size": list(batch.shape), "out": list(out.shape)}


@seeded(0)
def batches_of_ten() -> Observed:
    """As the document has it, and what becomes of ten windows in batches of four with and without the last of them."""
    windows = _windows(SEQ_LEN)
    batches = list(_loaded(windows))
    return {
        "batches": [" ".join(_named(batch)) for (batch,) in batches],
        "count": len(batches),
        "windows_divided_by_batch_size": len(windows) / BATCH,
        "batches_of_four": [len(_loaded(windows, batch=4, drop_last=drop)) for drop in (False, True)],
    }


def batches_by_seq_len() -> Observed:
    lengths = (1, 3, 5)
    return {
        "seq_len": list(lengths),
        "batches": [len(_loaded(_windows(length))) for length in lengths],
        "batches_without_padding": [len(_loaded(_windows(length, padded=False))) for length in lengths],
    }


def _windows(seq_len: int, *, padded: bool = True) -> Tensor:
    """(windows, seq_len): every id from 1 to 10 starts a window, with zeros beyond the last; or only whole windows."""
    ids = torch.arange(1, SAMPLES + 1)
    return (pad(ids, (0, seq_len - 1)) if padded else ids).unfold(0, seq_len, 1)


def _loaded(windows: Tensor, *, batch: int = BATCH, drop_last: bool = False) -> DataLoader[tuple[Tensor, ...]]:
    return DataLoader(TensorDataset(windows), batch_size=batch, drop_last=drop_last)


def _named(windows: Tensor) -> list[str]:
    return ["-".join(str(int(sample)) for sample in window) for window in windows]

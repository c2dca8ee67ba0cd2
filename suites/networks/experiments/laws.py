"""A network and a length → its workload: how time grows with the steps of a sequence, or an image's pixels."""

from math import isqrt, sqrt

from networks import workload
from networks.accounting import GATES
from networks.experiments import implementations
from networks.experiments.implementations import Layer
from networks.workload import Workload, known

LEVELS = {
    "model": ("lstm_fused", "lstm_native", "lstm_hoisted", "gru_native", "rnn_native", "cnn"),
    "hold": ("width", "arithmetic"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("ieee", "tf32"),
}

FEATURES, HIDDEN, STEPS = 28, 100, 28


def network(
    *,
    model: str,
    length: int,
    hold: str = "width",
    batch: int = 1,
    dtype: str = "float32",
    precision: str = "ieee",
    device: str = "cpu",
    seed: int = 0,
) -> Layer | Workload:
    """The forward pass of one recurrent layer of 28 features over `length` steps, or of the small CNN over a square
    image of `length` pixels.

    `hold: width` keeps 100 units; `arithmetic` takes as many as make the products of all steps together those of 28
    steps with 100 units. Raises ValueError for a level that does not exist, for pixels that are no square."""
    known("hold", hold, LEVELS["hold"])
    if known("model", model, LEVELS["model"]) == "cnn":
        side = isqrt(length)
        if side * side != length:
            raise ValueError(f"length={length}: an image of so many pixels is no square")
        return workload.classifier(
            model="cnn",
            size=side,
            batch=batch,
            mode="inference",
            dtype=dtype,
            precision=precision,
            device=device,
            seed=seed,
        )
    family, rung = model.split("_")
    return implementations.layer(
        family=family,
        rung=rung,
        mode="forward",
        batch=batch,
        steps=length,
        features=FEATURES,
        hidden=HIDDEN if hold == "width" else narrowed(length, gates=GATES[family]),
        dtype=dtype,
        precision=precision,
        device=device,
        seed=seed,
    )


def narrowed(steps: int, *, gates: int) -> int:
    """H with T·G·H·(I + H) closest to that of 28 steps and 100 units: the positive root of H² + I·H − c / T."""
    products = STEPS * gates * HIDDEN * (FEATURES + HIDDEN) / (steps * gates)
    return max(1, round((sqrt(FEATURES**2 + 4 * products) - FEATURES) / 2))

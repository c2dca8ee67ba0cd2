"""Nothing → every network of the suites with its parameters, flops for an image and sequential steps, as a table.

PYTHONPATH=suites python -m networks
"""

from collections.abc import Iterator

from networks import accounting
from networks.accounting import Account
from networks.convolution import deep_cnn_account, keras_cnn_account, lenet5_account, mnist_example_account
from networks.experiments.sequences import LEVELS, described
from networks.hybrids import conditioned_account, convolution_first_account, reg_lstm_account
from networks.patches import mlp_account
from networks.sequence import HIDDEN
from networks.slicing import SLICINGS
from networks.workload import MODELS

SIZE = 28


def networks() -> Iterator[tuple[str, Account]]:
    """By name, for images of 28 pixels: first what reads rows, then what reads images, then both."""
    for name in LEVELS["model"]:
        yield f"{name}, rows", described(name, SLICINGS["row"], SIZE).account(HIDDEN)
    yield from ((name, MODELS[name].account(SIZE)) for name in ("cnn", "resnet18"))
    yield "keras_cnn", keras_cnn_account(SIZE)
    yield "lenet5", lenet5_account(SIZE)
    yield "mnist_example", mnist_example_account(SIZE)
    yield "deep_cnn, 8 layers", deep_cnn_account(SIZE, depth=8)
    yield "mlp", mlp_account()
    yield from ((f"convolution_first, {k} blocks", convolution_first_account(SIZE, blocks=k)) for k in range(4))
    yield "conditioned_lstm", conditioned_account(SIZE)
    yield "reg_lstm", reg_lstm_account(SIZE, SIZE)


def main() -> None:
    """Prints the table."""
    print(f"{'network':26}{'parameters':>12}{'flops':>16}{'sequential steps':>18}")
    for name, account in networks():
        flops = accounting.flops(account, batch=1, training=False)
        print(f"{name:26}{account.parameters:12,}{flops:16,}{account.sequential_steps:18,}")


if __name__ == "__main__":
    main()

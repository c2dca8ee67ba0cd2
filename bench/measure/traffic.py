"""A step → the fewest bytes that it must move through memory, and the type of numbers that it computes with.

Counted is what any implementation must: everything that a step finds (its input, weights, states) is read once, and
everything that it leaves (its result, gradients, updated weights) is written once. What it makes and throws away on the
way is not: a fused implementation keeps that on the chip. So the number belongs to what is computed and not to how,
two implementations of one network have the same, and flops by these bytes are the largest intensity it can have.

The operators are seen as torch dispatches them. What no operator shows (work outside of torch) is not counted; where
nothing is seen the bytes are 0, which means unknown. The replay of a CUDA graph is one operator's work or a thousand's,
and beside it only what is copied in and out is seen: a step that replays one is unknown as a whole."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from bench.measure.eyes import Traffic
from bench.measure.sampler import Step

PRODUCTS: dict[str, str] = {
    **dict.fromkeys(("mm", "addmm", "bmm", "baddbmm", "addbmm", "_addmm_activation"), "matmul"),
    **dict.fromkeys(("matmul", "linear", "bilinear", "einsum", "tensordot", "inner"), "matmul"),
    **dict.fromkeys(("_native_multi_head_attention", "_transformer_encoder_layer_fwd"), "matmul"),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), "matmul"),
    **dict.fromkeys(("scaled_dot_product_attention", "_scaled_dot_product_efficient_attention"), "matmul"),
    **dict.fromkeys(("convolution", "convolution_backward", "conv1d", "conv2d", "conv3d"), "conv"),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), "conv"),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu", "_cudnn_rnn", "_cudnn_rnn_backward"), "rnn"),
}
"""The operators that multiply, and which of a GPU's libraries does it for them. In inference mode a step's operators
are seen before torch takes them apart: hence layers, cells, and convolutions by their number of dimensions."""


def traffic(step: Step) -> Traffic:
    """Runs it once under a mode that sees every operator; its result counts as left."""
    watch = _Watch()
    with _replays() as replayed, watch:
        result = step()
    moved = watch.moved()
    del result
    if replayed:
        return Traffic(bytes=0, dtype="")
    kind = watch.kinds.most_common(1)[0][0] if watch.kinds else ""
    return Traffic(bytes=moved, dtype=kind, products=frozenset(watch.products))


@contextmanager
def _replays() -> Iterator[list[torch.cuda.CUDAGraph]]:
    """The graphs that are replayed meanwhile: torch tells nobody else of it in all of its versions."""
    graph, replay = torch.cuda.CUDAGraph, torch.cuda.CUDAGraph.replay
    seen: list[torch.cuda.CUDAGraph] = []

    def noted(self: torch.cuda.CUDAGraph) -> None:
        seen.append(self)
        replay(self)

    graph.replay = noted  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        graph.replay = replay  # type: ignore[method-assign]


class _Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """What operators read that was there before, what they wrote over, and what they made that still is there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kinds: Counter[str] = Counter()
        self.products: set[str] = set()
        self._made: dict[int, tuple[StorageWeakRef, int]] = {}
        self._read: defaultdict[int, dict[tuple[int, int], int]] = defaultdict(dict)
        self._written: defaultdict[int, dict[tuple[int, int], int]] = defaultdict(dict)
        self._sizes: dict[int, int] = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        given = list(_dense((args, kwargs)))
        changed, read_too = _changed(func, args, kwargs or {})  # type: ignore[no-untyped-call]
        old = {_storage(tensor) for tensor in given}
        product = _product(func._schema.name.removeprefix("aten::").removesuffix("_"))
        if product and any(tensor.dtype == torch.float32 for tensor in given):
            self.products.add(product)
        results = func(*args, **(kwargs or {}))
        made = [tensor for tensor in _dense(results) if _storage(tensor) not in old]
        if made or changed:  # else it is another view of what there is, and moves nothing
            overwritten = {*map(id, changed)} - {*map(id, read_too)}
            self._count([each for each in given if id(each) not in overwritten], changed, made)
        return results

    def _count(self, read: list[torch.Tensor], changed: list[torch.Tensor], made: list[torch.Tensor]) -> None:
        for tensor in read:
            if tensor.is_floating_point():
                self.kinds[str(tensor.dtype).removeprefix("torch.")] += _size(tensor)
            self._note(self._read, tensor)
        for tensor in changed:
            self._note(self._written, tensor)
        for tensor in made:
            storage = tensor.untyped_storage()
            self._made[_storage(tensor)] = (StorageWeakRef(storage), storage.nbytes())  # type: ignore[no-untyped-call]

    def _note(self, where: defaultdict[int, dict[tuple[int, int], int]], tensor: torch.Tensor) -> None:
        key = _storage(tensor)
        if key not in self._made:
            self._sizes[key] = tensor.untyped_storage().nbytes()
            where[key][int(tensor.storage_offset()), tensor.numel()] = _size(tensor)

    def moved(self) -> int:
        """No storage counts for more than it holds, however many views of it were read."""
        found = [min(self._sizes[k], sum(v.values())) for part in (self._read, self._written) for k, v in part.items()]
        left = [size for alive, size in self._made.values() if not alive.expired()]  # type: ignore[no-untyped-call]
        return sum(found) + sum(left)


def _product(operator: str) -> str | None:
    """Which library multiplies for it, if it multiplies; a recurrent layer without cuDNN is a loop of products."""
    library = PRODUCTS.get(operator)
    return "matmul" if library == "rnn" and not torch._C._get_cudnn_enabled() else library


def _dense(values: object) -> Iterator[torch.Tensor]:
    """Those that have memory of their own which can be asked for."""
    for value in tree_leaves(values):
        if isinstance(value, torch.Tensor) and value.layout == torch.strided and not value.is_meta:
            yield value


def _storage(tensor: torch.Tensor) -> int:
    """Where it begins; one that is empty has no place, and is told by itself."""
    return tensor.untyped_storage().data_ptr() or id(tensor)


def _size(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _changed(func, args, kwargs):  # type: ignore[no-untyped-def]
    """The arguments that the operator's schema says it writes to, and those of them that it works on in place, which it
    reads too."""
    written = [
        (argument.is_out, args[position] if position < len(args) else kwargs.get(argument.name))
        for position, argument in enumerate(func._schema.arguments)
        if argument.alias_info is not None and argument.alias_info.is_write
    ]
    return list(_dense([each for _, each in written])), list(_dense([each for out, each in written if not out]))

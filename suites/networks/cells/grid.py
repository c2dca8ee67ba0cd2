"""A sequence, folded into rows and columns → what a two-dimensional GridLSTM hands on at each of its points."""

from functools import cache
from math import isqrt

from torch import Tensor, cat, nn, stack, tensor
from torch.nn.functional import pad

from networks import backends
from networks.accounting import Cost
from networks.cells.cell import Cell, draw


class GridLSTM(Cell):
    """At every point two LSTMs, one along the row and one down the column, each with its own weights and its own
    memory, and both gated by both hidden vectors that come in. Kalchbrenner et al. 2015 (arXiv 1507.01526), untied.

    The paper feeds inputs in at the grid's edge. Here every point has an input, a step of the sequence, whose
    projection (hidden, features) is added to both vectors that come in. The steps are folded as `fold` says, row by
    row. Of a square image's pixels or patches that is the image's own grid. What are rows of pixels already, 28 of
    them, lie 4 × 7: along a row of the grid they follow one another down the image, down a column each is 7 pixels
    below the one before, and no point has a neighbour beside it in the image. The points of an anti-diagonal do not
    wait for one another and are computed together, so that only `diagonals(steps)` products follow each other. The
    output is both hidden vectors: width 2 · hidden.

    Both LSTMs read the same, so the gates are one product: i, f, g, o, each first along the row, then down the
    column."""

    proof = staticmethod(backends.shown("aten::addcmul"))

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__(features, hidden)
        self.inputs = nn.Linear(features, hidden, bias=False)
        self.gates = nn.Linear(2 * hidden, 8 * hidden)
        draw(self, hidden)

    def forward(self, sequence: Tensor) -> Tensor:
        steps, batch, _ = sequence.shape
        rows, columns = fold(steps)
        given = self.inputs(sequence).repeat(1, 1, 2)
        along = down = given.new_zeros(1, batch, 2, self.hidden)  # h and c, for the points of the first diagonal
        outputs = []
        for diagonal in range(rows + columns - 1):
            first, last = _rows_of(diagonal, rows, columns)
            points = given[_places(first, last, diagonal=diagonal, columns=columns)]
            h, c = self._advance(points, *stack((along, down), 3).flatten(3).unbind(2))
            outputs.append(h)
            along, down = stack((h, c), 2).unflatten(3, (2, self.hidden)).unbind(3)
            next_first, next_last = _rows_of(diagonal + 1, rows, columns)
            left, entered = next_first - first, next_last - last
            along = pad(along, (0, 0, 0, 0, 0, 0, -left, entered))  # a row's state stays in its row
            down = pad(down, (0, 0, 0, 0, 0, 0, 1 - left, entered - 1))  # a column's state goes to the next row
        return cat(outputs)[tensor(_ranks(rows, columns), device=sequence.device)]

    def _advance(self, points: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """All of shape (points, batch, 2 · hidden)."""
        i_f, g, o = self.gates(h + points).split([4 * self.hidden, 2 * self.hidden, 2 * self.hidden], dim=2)
        i, f = i_f.sigmoid().chunk(2, dim=2)
        c = (f * c).addcmul(i, g.tanh())
        return o.sigmoid() * c.tanh(), c

    @staticmethod
    def cost(features: int, hidden: int) -> Cost:
        """2 (4 H · 2 H + 4 H) + I H parameters. The points of an anti-diagonal are one product together; the projection
        of the inputs stands before the first."""
        inputs, states = features * hidden, 16 * hidden * hidden
        parameters = inputs + states + 8 * hidden
        return Cost(
            parameters=parameters,
            inputs=inputs,
            states=states,
            width=2 * hidden,
            inner=states,
            around=1,
            successive=diagonals,
        )


def fold(steps: int) -> tuple[int, int]:
    """Rows and columns, as near to a square as divides the steps: 49 → 7 × 7, 28 → 4 × 7, 13 → 1 × 13.

    For a square image sliced into patches or pixels in raster order it is the image's own grid."""
    rows = next(rows for rows in range(isqrt(steps), 0, -1) if steps % rows == 0)
    return rows, steps // rows


def diagonals(steps: int) -> int:
    """Products that must follow one another over so many steps."""
    return sum(fold(steps)) - 1


def _rows_of(diagonal: int, rows: int, columns: int) -> tuple[int, int]:
    """The first and the last row that an anti-diagonal crosses."""
    return max(0, diagonal - columns + 1), min(rows - 1, diagonal)


def _places(first: int, last: int, *, diagonal: int, columns: int) -> slice:
    """Where the points of an anti-diagonal lie in the sequence: down a row and back a column is `columns − 1` on."""
    stride = columns - 1
    return slice(diagonal + first * stride, diagonal + last * stride + 1, max(1, stride))


@cache
def _ranks(rows: int, columns: int) -> tuple[int, ...]:
    """The place of every step in the order of computing."""
    steps = range(rows * columns)
    computed = sorted(steps, key=lambda step: (step // columns + step % columns, step // columns))
    return tuple(sorted(steps, key=computed.__getitem__))

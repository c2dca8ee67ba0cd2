"""The suite as it is written: shapes and constraints that the loader checks and the JSON Schema shows."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from bench.units import parse_share

Level = bool | int | float | str
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")]

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[
    float,
    BeforeValidator(parse_share),
    Field(gt=0, lt=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^\d+(\.\d+)?%$"}, {"type": "number", "exclusiveMinimum": 0}]}
    ),
]
Memory = Annotated[str, Field(pattern=r"^(\d+(\.\d+)?%|\d+(\.\d+)?[KMGT]?B)$")]
Allocator = Literal["retain", "system"]
Cache = Literal["hot", "cold"]


def one_or_many(value: object) -> object:
    """A level alone stands for a list of one."""
    if isinstance(value, list | tuple):
        return tuple(value)
    return value if value is None else (value,)


def _levels_or_bundles(value: object) -> str:
    return "bundles" if isinstance(value, dict) else "levels"


def _schema(item: object) -> dict[str, object]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


_LEVEL = {"type": ["boolean", "number", "string"]}
Names = Annotated[tuple[str, ...], BeforeValidator(one_or_many), WithJsonSchema(_schema({"type": "string"}))]
Where = dict[Name, Annotated[tuple[Level, ...], BeforeValidator(one_or_many), WithJsonSchema(_schema(_LEVEL))]]
Bundles = Annotated[dict[str, dict[Name, Level]], Field(min_length=1)]
Levels = Annotated[tuple[Level, ...], Field(min_length=1)]
Factor = Annotated[
    Annotated[Levels, Tag("levels")] | Annotated[Bundles, Tag("bundles")], Discriminator(_levels_or_bundles)
]
Factors = dict[Name, Factor]
PolicyKeys = dict[str, bool | int | float | str | tuple[str, ...]]

FORBID_EXTRA: ConfigDict = {"extra": "forbid", "allow_inf_nan": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a suite is measured; the table in the README explains each key."""

    __pydantic_config__ = FORBID_EXTRA

    trial_seconds: Seconds = 0.3
    sample_seconds: Seconds = 0.002
    warmup_seconds: Seconds = 0.02
    rounds: Annotated[int, Field(ge=6)] = 10
    max_rounds: Annotated[int, Field(ge=6)] = 20
    precision: Share = 0.02
    max_seconds: Seconds | None = None
    step_limit: Seconds = 0.5
    rounds_per_server: Annotated[int, Field(ge=1)] = 1
    timeout: Seconds = 60.0
    memory: Memory = "80%"
    threads: Annotated[int, Field(ge=1, le=4096)] = 1
    allocator: Allocator = "retain"
    isolate: Literal["case", "round"] | None = None
    preload: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Cases that the suite shows and does not measure."""

    __pydantic_config__ = FORBID_EXTRA

    where: Where
    because: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What `--quick` or `--device cuda` puts in the place of the suite's own levels and policy.

    `blocks` stand in the place of all the suite's blocks: for a device that other cases make sense on, not only other
    levels of the same. `factors` then change their levels. `metrics` are published beside the suite's own, and a
    `roofline` is drawn in the place of its."""

    __pydantic_config__ = FORBID_EXTRA

    blocks: tuple[Factors, ...] = ()
    metrics: tuple[str, ...] = ()
    roofline: Names = ()
    factors: Factors = field(default_factory=dict)
    policy: PolicyKeys = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One table: where each factor stands and which metric fills the cells.

    With `gaps` it says of each column which rows, in the order of their values, are separated from their neighbours.
    Tables with `answers` answer the suite's question in short; without any, the first that compares times does."""

    __pydantic_config__ = FORBID_EXTRA

    rows: Names
    columns: Names
    facets: Names = ()
    value: str
    relative_to: dict[Name, Level] | None = None
    shown_as: Annotated[Literal["ratio", "speed-up"], Field(alias="as")] = "ratio"
    where: Where = field(default_factory=dict)
    equal: Literal["parameters", "flops", "input"] | None = None
    gaps: bool = False
    answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSpec:
    """One figure: a metric `y` against `x`, a line per level of `series`, a panel per facet.

    `x` is a factor, or another metric: then the best of both form a front. A heat map has the levels of `x` across,
    those of `series` down, and shows `y` as colour and number. With `relative_to`, `y` is a ratio, as in a table."""

    __pydantic_config__ = FORBID_EXTRA

    x: str
    y: str
    series: Names = ()
    facets: Names = ()
    kind: Literal["plot", "heat-map"] = "plot"
    scale: Literal["linear", "log", "log-log"] = "linear"
    law: Literal["line", "power"] | None = None
    relative_to: dict[Name, Level] | None = None
    shown_as: Annotated[Literal["ratio", "speed-up"], Field(alias="as")] = "ratio"
    where: Where = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSpec:
    """A limit of its own for some cases, or for one metric, or both; the last that fits counts."""

    __pydantic_config__ = FORBID_EXTRA

    limit: Share
    metric: str | None = None
    where: Where = field(default_factory=dict)


Allowed = Literal["added", "removed", "failed", "incomparable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKeys:
    """How much worse a case may become, what may happen beside that, and the exit code of an inconclusive gate: what a
    suite or a project says of it. A key that is left out, or has nothing behind it, is left to the others; an empty
    list is said."""

    __pydantic_config__ = FORBID_EXTRA

    limit: Share | None = None
    limits: tuple[LimitSpec, ...] | None = None
    allow: tuple[Allowed, ...] | None = None
    inconclusive: Literal[0, 4] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSpec:
    """The same where it holds: everything is said."""

    __pydantic_config__ = FORBID_EXTRA

    limit: Share
    limits: tuple[LimitSpec, ...] = ()
    allow: tuple[Allowed, ...] = ()
    inconclusive: Literal[0, 4] = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One question, its factors, its policy, the tables and figures that answer it.

    Where `operators` names factors, the page names the operators that ran, for each combination of their levels. Where
    `roofline` does, what the device can do is measured, and the page holds every case against it; the levels of these
    factors are what the figure tells apart. `boundaries` names levels of a factor after which something is said to
    change: the page says of each, and of all other neighbours, whether time makes a step that the work does not.
    `notes` are what a reader of the answer has to know and no number says."""

    __pydantic_config__ = FORBID_EXTRA

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")]
    title: Annotated[str, Field(min_length=1)]
    question: Annotated[str, Field(min_length=1)]
    policy: PolicyKeys = field(default_factory=dict)
    base: dict[Name, Level] = field(default_factory=dict)
    factors: Annotated[tuple[Factors, ...], Field(min_length=1)]
    exclude: tuple[Where, ...] = ()
    skip: tuple[Skip, ...] = ()
    quick: Overlay | None = None
    cuda: Overlay | None = None
    metrics: Annotated[tuple[str, ...], Field(min_length=1)] = ("latency",)
    tables: tuple[TableSpec, ...] = ()
    figures: tuple[FigureSpec, ...] = ()
    operators: Names = ()
    roofline: Names = ()
    boundaries: Where = field(default_factory=dict)
    notes: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    gate: GateKeys | None = None

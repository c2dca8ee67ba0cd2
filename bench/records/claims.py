"""Claims as they are written, with the checks that decide them, and what has become of them: inert values."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from bench.records.nouns import Observation
from bench.records.suite import FORBID_EXTRA, Level, Name, Share, Where

ClaimKind = Literal["exact", "measured", "conceptual"]
About = Literal["count", "shape", "formula", "equality", "code"]
ClaimVerdict = Literal["supported", "refuted", "mixed", "unresolved", "unverifiable", "conceptual"]
Outcome = Literal["holds", "fails", "open", "unverifiable", "also"]
"""Of one line of evidence; `open`: not decided yet, `unverifiable`: not to be decided from the document as it is;
`also`: it was seen, and the claim says nothing about it."""

Text = Annotated[str, Field(min_length=1)]
SuiteName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")]
Bound = Annotated[float, Field(allow_inf_nan=False)]
Device = Literal["cpu", "cuda", "fake"]
RATIO = "×"
"""The unit of a ratio."""
PartName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_' -]{0,39}$")]
NAMED = r"^[A-Za-z_][A-Za-z0-9_]*:[A-Za-z_][A-Za-z0-9_]*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactCheck:
    """What a fact (`d0:name`) must observe according to the claim; numbers may differ by the share `within`."""

    __pydantic_config__ = FORBID_EXTRA

    fact: Annotated[str, Field(pattern=NAMED)]
    expect: Annotated[dict[str, Observation], Field(min_length=1)]
    within: Annotated[float, Field(ge=0, lt=1)] = 0.0
    part: PartName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioCheck:
    """The cases with the levels of `compare` by those that differ from them in the levels of `to` alone: the ratio of
    a metric's values lies above or below a bound, between two, or within a share of 1."""

    __pydantic_config__ = FORBID_EXTRA

    suite: SuiteName
    compare: Annotated[Where, Field(min_length=1)]
    to: Annotated[dict[Name, Level], Field(min_length=1)]
    metric: str
    where: Where = field(default_factory=dict)
    above: Bound | None = None
    below: Bound | None = None
    between: tuple[Bound, Bound] | None = None
    within: Share | None = None
    device: Device | None = None
    part: PartName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendCheck:
    """Along a factor, every other level equal, each next case has more of a metric than the one before, or less."""

    __pydantic_config__ = FORBID_EXTRA

    suite: SuiteName
    monotone: Name
    metric: str
    where: Where = field(default_factory=dict)
    rises: Literal[True] | None = None
    falls: Literal[True] | None = None
    device: Device | None = None
    part: PartName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A metric that follows a law, and the factor along which it does."""

    __pydantic_config__ = FORBID_EXTRA

    x: Name
    y: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCheck:
    """A coefficient of the law that each line of cases follows along a factor, every other level equal: `a` and `b` of
    a + b·x, or `c` and `k` of c·xᵏ."""

    __pydantic_config__ = FORBID_EXTRA

    suite: SuiteName
    law: Axes
    coefficient: Literal["a", "b", "c", "k"]
    where: Where = field(default_factory=dict)
    above: Bound | None = None
    below: Bound | None = None
    between: tuple[Bound, Bound] | None = None
    device: Device | None = None
    part: PartName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCheck:
    """What would decide the claim and does not exist yet."""

    __pydantic_config__ = FORBID_EXTRA

    needs: Text
    part: PartName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiableCheck:
    """Why nothing decides the claim from the document as it lies here: what the page has lost or does not show, or of
    whose library it speaks."""

    __pydantic_config__ = FORBID_EXTRA

    unverifiable: Text
    part: PartName = ""


MeasuredCheck = RatioCheck | TrendCheck | LawCheck
Check = ExactCheck | MeasuredCheck | MissingCheck | UnverifiableCheck

CHECKS: dict[str, type[Check]] = {
    "fact": ExactCheck,
    "compare": RatioCheck,
    "monotone": TrendCheck,
    "law": LawCheck,
    "needs": MissingCheck,
    "unverifiable": UnverifiableCheck,
}
"""The key that tells what a check is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a document in its own `words`, what it `says` in ours, and what decides it.

    A sentence that says several things has `parts`, what each says by its name, and every check names its part. What
    the document does not say and we ask all the same is a part under `ours`: it has a verdict, and no say in that on
    the claim."""

    __pydantic_config__ = FORBID_EXTRA

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,64}$")]
    words: Text
    says: Text
    kind: ClaimKind
    about: About | None = None
    parts: dict[PartName, Text] = field(default_factory=dict)
    ours: dict[PartName, Text] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    because: Text | None = None
    remark: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing that was compared with what the claim says of it. `check` counts the claim's checks from 1; what was
    measured has a value with its interval in a `unit` (`×`: a ratio), a machine and a link to its row below results/,
    what was observed a text."""

    check: int
    subject: str
    outcome: Outcome
    expected: str = ""
    observed: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    machine: str = ""
    device: str = ""
    link: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A claim, its verdict and that of each of its parts (a claim without has one, named ""), ours behind the
    document's, the evidence behind them, and each machine's own verdict on the claim where something was measured."""

    claim: Claim
    verdict: ClaimVerdict
    parts: dict[str, ClaimVerdict] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    machines: dict[str, ClaimVerdict] = field(default_factory=dict)

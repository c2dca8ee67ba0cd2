"""Cases and an expression of `-k` → the cases that it selects.

The grammar is pytest's: `and`, `or`, `not` and parentheses over terms; a term is a whole `factor=level` or a bare
level, and matches exactly."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.errors import BenchError, NothingSelected
from bench.plan.levels import label, term
from bench.plan.nearest import listed, nearest
from bench.records.nouns import Case

MAX_NESTING = 50

Matcher = Callable[[frozenset[str]], bool]


def select(cases: Sequence[Case], expression: str) -> tuple[Case, ...]:
    """The cases that match; all of them where the expression is empty.

    Raises BenchError for an expression that cannot be read, NothingSelected also for a term that no case has: in an
    `or` it would be passed over in silence."""
    if not expression.strip():
        return tuple(cases)
    terms = [_terms(case) for case in cases]
    known = tuple(dict.fromkeys(t for own in terms for t in own))
    matcher = _Parser(tokens=re.findall(r"[()]|[^\s()]+", expression), known=frozenset(known), order=known).parse()
    chosen = tuple(case for case, own in zip(cases, terms, strict=True) if matcher(frozenset(own)))
    if not chosen:
        raise NothingSelected(f"no case matches {expression!r}", where="-k", hint=f"there are {_existing(cases)}")
    return chosen


def _terms(case: Case) -> tuple[str, ...]:
    full = tuple(term(name, level) for name, level in case.levels.items())
    return full + tuple(label(level) for level in case.levels.values())


def _existing(cases: Sequence[Case]) -> str:
    """What exists, by factor: `model: cnn, lstm; batch: 1, 64`."""
    found: dict[str, dict[str, None]] = {}
    for case in cases:
        for name, level in case.levels.items():
            found.setdefault(name, {})[label(level)] = None
    return "; ".join(f"{name}: {listed(levels)}" for name, levels in found.items()) or "no cases at all"


@dataclass(slots=True, kw_only=True)
class _Parser:
    """Recursive descent: or, and, not, parentheses, terms. The list of tokens is used up from its front."""

    tokens: list[str]
    known: frozenset[str]
    order: tuple[str, ...]
    depth: int = 0
    at: int = field(default=0)

    def parse(self) -> Matcher:
        matcher = self._either()
        if self._ahead() is not None:
            raise self._error(f"{self._ahead()!r} is not expected here")
        return matcher

    def _ahead(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _accept(self, word: str) -> bool:
        found = self._ahead() == word
        self.at += found
        return found

    def _error(self, what: str) -> BenchError:
        text = " ".join(self.tokens)
        return BenchError(
            f"{what} in {text!r}", where="-k", hint="and, or, not, ( ), and terms such as batch=1 or lstm"
        )

    def _either(self) -> Matcher:
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda own: any(part(own) for part in parts)

    def _both(self) -> Matcher:
        parts = [self._negated()]
        while self._accept("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else lambda own: all(part(own) for part in parts)

    def _negated(self) -> Matcher:
        negative = False
        while self._accept("not"):
            negative = not negative
        inner = self._atom()
        return (lambda own: not inner(own)) if negative else inner

    def _atom(self) -> Matcher:
        word = self._ahead()
        self.at += 1
        if word is None or word in (")", "and", "or"):
            raise self._error(f"a term is missing before {word!r}" if word else "a term is missing at the end")
        if word != "(":
            return self._term(word)
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self._error(f"more than {MAX_NESTING} parentheses in one another")
        inner = self._either()
        self.depth -= 1
        if not self._accept(")"):
            raise self._error("a closing parenthesis is missing")
        return inner

    def _term(self, word: str) -> Matcher:
        if word not in self.known:
            raise NothingSelected(f"no case has {word!r}{nearest(word, self.order)}", where="-k")
        return lambda own: word in own

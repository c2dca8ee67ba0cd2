"""The bytes of a YAML file → plain data, the line and column of everything in it, and the complaints about the text.

Why events and not PyYAML's constructors: limits hold before anything is built, tags have nothing that could execute
them, and keys keep their places. The parser is the pure-Python one: the C one overflows its stack on deep nesting."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from yaml import events

from bench.errors import Complaint
from bench.plan.scalars import read_plain

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Place = tuple[str | int, ...]
Position = tuple[int, int]

MAX_BYTES = 2**20
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_ALIASES = 100
ROOTS: dict[type, str] = {dict: "a mapping of keys to values", list: "a list"}

Node = events.ScalarEvent | events.SequenceStartEvent | events.MappingStartEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`values` and `keys` say where (line, column, from 1) a value, or its key, stands; a place is keys and indices."""

    data: Plain
    values: dict[Place, Position]
    keys: dict[Place, Position]
    complaints: tuple[Complaint, ...]


def parse(raw: bytes, *, noun: str = "suite", root: type[dict[str, Plain]] | type[list[Plain]] = dict) -> Document:
    """Every complaint about the text of a file; what cannot be read at all is the only one. `noun` is what the file is
    called in them, `root` what it holds."""
    builder = _Builder(noun, root)
    try:
        data = builder.document(_checked(raw))
    except _Refused as refused:
        data = None
        builder.complaints.append(refused.complaint)
    return Document(data=data, values=builder.values, keys=builder.keys, complaints=tuple(builder.complaints))


def written(place: Place) -> str:
    """A place as a person would write it: `factors.batch[0]`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


class _Refused(Exception):
    """The text cannot be read on from here."""

    def __init__(self, position: Position, message: str, place: Place = ()) -> None:
        super().__init__(message)
        line, column = position
        self.complaint = Complaint(line=line, column=column, path=written(place), message=message)


def _checked(raw: bytes) -> str:
    """UTF-8, with or without a byte order mark, and printable."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        raise _Refused(_end(before), f"not UTF-8: byte 0x{raw[error.start]:02x}") from None
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        message = f"the character U+{ord(strange.group()):04X} may not stand in YAML"
        raise _Refused(_end(text[: strange.start()]), message)
    return text


def _end(text: str) -> Position:
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def _position(event: events.Event) -> Position:
    mark = event.start_mark
    assert isinstance(mark, yaml.Mark)
    return _point(mark)


def _point(mark: yaml.Mark) -> Position:
    return mark.line + 1, mark.column + 1


def _events(text: str) -> Iterator[events.Event]:
    last = (1, 1)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            last = _position(event)
            yield event
    except yaml.MarkedYAMLError as error:
        raise _syntax(error) from None
    except (ValueError, OverflowError) as error:  # an escape or a directive with a number beyond all bounds
        raise _Refused(last, f"cannot be read after here: {error}") from None


def _syntax(error: yaml.MarkedYAMLError) -> _Refused:
    mark = error.problem_mark or error.context_mark
    assert mark is not None
    context = error.context or ""
    if error.context_mark is not None and error.context_mark.line != mark.line:
        context += f" that began in line {error.context_mark.line + 1}"
    what = ", ".join(part for part in (context, error.problem) if part)
    snippet = mark.get_snippet(indent=4, max_length=75)
    return _Refused(_point(mark), f"{what}\n{snippet}" if snippet and snippet.strip(" ^\n") else what)


class _Builder:
    """Folds the events of one document into plain data, within the limits."""

    def __init__(self, noun: str, root: type) -> None:
        self.noun, self.root = noun, root
        self.values: dict[Place, Position] = {}
        self.keys: dict[Place, Position] = {}
        self.complaints: list[Complaint] = []
        self._anchors: dict[str, tuple[Plain, int, int]] = {}
        self._nodes = self._aliases = 0
        self._events: Iterator[events.Event] = iter(())

    def document(self, text: str) -> Plain:
        """The one document of the text, as plain data; what is wrong with it is among the complaints."""
        self._events = (
            e for e in _events(text) if not isinstance(e, events.StreamStartEvent | events.DocumentEndEvent)
        )
        if isinstance(next(self._events), events.StreamEndEvent):
            raise _Refused((0, 0), f"the {self.noun} is empty")
        data, _ = self._node(next(self._events), ())
        if data is None and not self.complaints:
            raise _Refused((0, 0), f"the {self.noun} is empty")
        if not isinstance(data, self.root):
            self._complain((1, 1), (), f"expected {ROOTS[self.root]}")
        following = next(self._events)
        if isinstance(following, events.DocumentStartEvent):
            self._complain(_position(following), (), "one document expected; here a second one starts")
        return data

    def _complain(self, position: Position, place: Place, message: str) -> None:
        line, column = position
        self.complaints.append(Complaint(line=line, column=column, path=written(place), message=message))

    def _count(self, position: Position, *, nodes: int, depth: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _Refused(position, f"more than {MAX_NODES:,} values, aliases counted as what they stand for")
        if depth > MAX_DEPTH:
            raise _Refused(position, f"nested deeper than {MAX_DEPTH} levels")

    def _node(self, event: events.Event, place: Place) -> tuple[Plain, int]:
        """The data that starts with this event, and its height."""
        position = _position(event)
        self.values[place] = position
        if isinstance(event, events.AliasEvent):
            return self._alias(event, place)
        assert isinstance(event, Node)
        self._count(position, nodes=1, depth=len(place))
        first = self._nodes
        if event.tag is not None:
            self._complain(position, place, f"the tag {event.tag} is refused: a {self.noun} is plain data")
        data, height = self._content(event, place)
        if event.anchor is not None:
            self._anchors[event.anchor] = (data, self._nodes - first + 1, height)
        return data, height

    def _content(self, event: Node, place: Place) -> tuple[Plain, int]:
        match event:
            case events.SequenceStartEvent():
                return self._sequence(place)
            case events.MappingStartEvent():
                return self._mapping(place)
            case _:
                return self._scalar(event, place), 0

    def _alias(self, event: events.AliasEvent, place: Place) -> tuple[Plain, int]:
        position = _position(event)
        if event.anchor not in self._anchors:
            raise _Refused(
                position, f"the alias *{event.anchor} stands before the end of its anchor, or has none", place
            )
        data, nodes, height = self._anchors[event.anchor]
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise _Refused(position, f"more than {MAX_ALIASES} aliases", place)
        self._count(position, nodes=nodes, depth=len(place) + height)
        return data, height

    def _sequence(self, place: Place) -> tuple[list[Plain], int]:
        items: list[Plain] = []
        height = 0
        while not isinstance(event := next(self._events), events.SequenceEndEvent):
            item, below = self._node(event, (*place, len(items)))
            items.append(item)
            height = max(height, below + 1)
        return items, height

    def _mapping(self, place: Place) -> tuple[dict[str, Plain], int]:
        entries: dict[str, Plain] = {}
        height = 0
        while not isinstance(event := next(self._events), events.MappingEndEvent):
            key = self._key(event, place)
            if key is None:
                self._node(next(self._events), (*place, "?"))
                continue
            twice = key in entries
            if twice:
                first, (line, column) = self.keys[(*place, key)][0], _position(event)
                self._complain((line, column), (*place, key), f"twice in one mapping: in lines {first} and {line}")
            inside = (*place, f"{key} (again)") if twice else (*place, key)
            self.keys[inside] = _position(event)
            value, below = self._node(next(self._events), inside)
            if not twice:
                entries[key] = value
            height = max(height, below + 1)
        return entries, height

    def _key(self, event: events.Event, place: Place) -> str | None:
        """The name that a key is, if it is one."""
        position = _position(event)
        if not isinstance(event, events.ScalarEvent):
            self._node(event, (*place, "?"))
            self._complain(position, place, "a key is a name, not a list, a mapping or an alias")
            return None
        inside = (*place, event.value)
        if event.tag is not None:
            self._complain(position, inside, f"the tag {event.tag} is refused: a {self.noun} is plain data")
        # `y` and `n` are names here: PyYAML has never read them as true and false, and a figure has a `y`.
        if event.style is None and event.tag is None and event.value not in ("y", "n"):
            value, surprise = read_plain(event.value)
            if surprise is None and not isinstance(value, str):
                surprise = f"a key is a name; write '{event.value}' if that is its name"
            if surprise is not None:
                self._complain(position, inside, surprise)
        return self._printable(event.value, position, inside)

    def _scalar(self, event: events.ScalarEvent, place: Place) -> Plain:
        position = _position(event)
        if event.style is not None or event.tag is not None:
            return self._printable(event.value, position, place)
        value, surprise = read_plain(event.value)
        if surprise is not None:
            shown = event.value if len(event.value) <= 24 else f"{event.value[:20]}…"
            self._complain(position, place, f"{shown}: {surprise}")
        return value

    def _printable(self, text: str, position: Position, place: Place) -> str:
        """Escapes can bring in what the text itself may not hold: control characters, and halves of pairs."""
        strange = [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
        if not strange:
            return text
        self._complain(position, place, f"the character U+{ord(strange[0]):04X} may not stand in a {self.noun}")
        return "".join("?" if c in strange else c for c in text)

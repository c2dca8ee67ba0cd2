"""A place in a suite → its line and column in the file, and so an offence → a complaint."""

from dataclasses import dataclass

from bench.errors import Complaint
from bench.plan.yaml_text import Document, Place, Position, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Offence:
    """What is wrong at a place of the suite; `on_key` where it is the key, not its value, and `surplus` where all
    would be well without that key."""

    place: Place
    message: str
    on_key: bool = False
    surplus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`single`: the file has one mapping where the noun has a list of them (`factors`)."""

    document: Document
    single: bool

    def complaint(self, offence: Offence) -> Complaint:
        """The offence with its position: that of the nearest place that the file has."""
        place = self.in_file(offence.place)
        line, column = self.position(offence.place, on_key=offence.on_key)
        shown = place[:-1] if place and isinstance(place[-1], int) and place not in self.document.values else place
        return Complaint(line=line, column=column, path=written(shown), message=offence.message)

    def position(self, place: Place, *, on_key: bool = False) -> Position:
        """Where it stands; (0, 0) in an empty file."""
        place = self.in_file(place)
        if on_key and place in self.document.keys:
            return self.document.keys[place]
        while place and place not in self.document.values:
            place = place[:-1]
        return self.document.values.get(place, (0, 0))

    def in_file(self, place: Place) -> Place:
        """A place of the noun as a place of the file."""
        return (place[0], *place[2:]) if self.single and len(place) > 1 and place[0] == "factors" else place

"""A line of JSON → the same with a checksum as its last key, and back: a flipped bit in a number is still a number."""

import re
import zlib

from bench.errors import Unreadable

_SEAL = re.compile(rb',"crc":"([0-9a-f]{8})"\}\Z')
_LENGTH = len(b',"crc":"00000000"}')


def sealed(line: bytes) -> bytes:
    """An object that is not empty, with the CRC-32 of its line."""
    return line[:-1] + b',"crc":"%08x"}' % zlib.crc32(line)


def unsealed(line: bytes, *, where: str) -> bytes:
    """The line as it was sealed; one without a seal, as the first version wrote them, as it is.

    Raises Unreadable where seal and line do not agree."""
    seal = _SEAL.match(line, max(0, len(line) - _LENGTH))
    if seal is None:
        return line
    inner = line[: seal.start()] + b"}"
    if zlib.crc32(inner) != int(seal[1], 16):
        raise Unreadable("the line is not what was written: its checksum differs", where=where)
    return inner

"""What a case said → one line that may be published: no control characters, no folders, nobody's name."""

import contextlib
import getpass
import os
import re
from collections.abc import Sequence

HIDDEN = "…"

_ENDS = r"\s:;,=|'\"`()\[\]{}<>"
"""What no path goes over: it is as likely as not the text around it."""

_PART = rf"(?:\\.|[^/\\{_ENDS}])+"
_START = r"(?:(?<![\w./])|(?<=\w\.)|(?<=\B-[A-Z])|(?<=\\[abfnrtv0])|(?<=\\x[0-9a-f][0-9a-f]))"
"""A slash after a word belongs to a relative path, unless the word is an option (`-I/opt`) or an escape (`\\n/opt`)."""

_ADDRESS = rf"https?://(?:(?![:=]/)(?:[^{_ENDS}]|[:=]))+"
_ABSOLUTE = re.compile(rf"(?P<address>{_ADDRESS})|{_START}/+{_PART}(?:/+{_PART})+/*")
_QUOTED = re.compile(r"(?<=(['\"`]))/[^'\"`]*\s[^'\"`]*(?=\1)")
_FILE_ADDRESS = re.compile(r"\bfile:(?://[^/\s]*)?(?=/)")
_INSTALLED = re.compile(r".*/(?:site|dist)-packages/+(?=.)")
_FILE_NAME = re.compile(r"[^./][^/]*\.(?:so[.\d]*|[A-Za-z]\w{0,9})\.*")
_HOMES = re.compile(r"/+(?:home|Users)/+[^/]+")


def shorten(text: str, roots: Sequence[str]) -> str:
    """One line of sound text, in which paths below the subject's folders or site-packages are relative to those. Of any
    other absolute path the name of a file is left, where it ends in one with a suffix. The user's name and that of
    the home directory are hidden wherever they stand as a word. Addresses of the web stay."""
    text = _FILE_ADDRESS.sub("", _sound(text))
    for root in sorted((root.rstrip("/") for root in roots), key=len, reverse=True):
        if root.startswith("/"):
            text = re.sub(rf"{_START}{re.escape(root)}(?:/+|(?![\w.-]))", _below, text)
    text = _QUOTED.sub(lambda found: _cut(found[0]), text)
    text = _ABSOLUTE.sub(lambda found: found["address"] or _cut(found[0]), text)
    return visible(_nobody(text))


def visible(text: str) -> str:
    """One line of sound text whose control and format characters are written as escapes: a note is published raw."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in _sound(text))


def _sound(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _below(found: re.Match[str]) -> str:
    return "" if found[0].endswith("/") else HIDDEN


def _cut(path: str) -> str:
    if inside := _INSTALLED.match(path):
        return path[inside.end() :]
    name = path.rpartition("/")[2]
    if not _FILE_NAME.fullmatch(name) or _HOMES.fullmatch(path):  # a user's name may have a dot
        return HIDDEN
    return f"{HIDDEN}/{name}"


def _nobody(text: str) -> str:
    """`root` is nobody's name: every machine has one."""
    home = os.path.expanduser("~").rstrip("/")
    if home.startswith("/"):
        text = re.sub(rf"{_START}{re.escape(home)}(?![\w.-])", HIDDEN, text)
    names = {os.path.basename(home)}
    with contextlib.suppress(KeyError, OSError):  # a container may run as a number without a name
        names.add(getpass.getuser())
    for name in names - {"", "~", "root"}:
        text = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", HIDDEN, text)
    return text

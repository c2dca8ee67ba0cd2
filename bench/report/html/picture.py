"""A figure's SVG → the same drawing inside a page, and the rules that turn its colours on a dark screen.

Why it is not put in as it is: several figures in one page would share ids and styles, and the page's policy allows no
style attributes. Why only what is listed here passes: then nothing that a label says can become an element, an
address or a script, whoever wrote the file.
"""

import re
from collections.abc import Iterator
from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

WIDTH = 1.75
"""Pixels of the page for a unit of the drawing, whose type of 7 units is then as large as a table's notes."""

ELEMENTS = {
    "svg", "g", "defs", "clipPath", "path", "rect", "circle", "line", "polyline", "polygon", "use", "text", "tspan",
}  # fmt: skip
ATTRIBUTES = {
    "viewBox", "id", "d", "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "points",
    "transform", "clip-path", "href",
}  # fmt: skip
STYLES = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "opacity", "font-size",
    "font-weight", "font-style", "text-anchor",
}  # fmt: skip
"""What may stand in a style attribute is written as attributes of these names, which mean the same."""

_RULE = re.compile(r'\[style\*="(fill|stroke): (#[0-9a-f]{6})"\]\{\1:(#[0-9a-f]{6}) !important\}')
_LOCAL = re.compile(r"url\(#([\w.-]+)\)")
_SIZE = re.compile(r"[\d.]+px")


def inlined(svg: str, *, prefix: str, label: str) -> str:
    """The drawing as an element of HTML: ids begin with the prefix, the label says in words what is drawn."""
    root = ElementTree.fromstring(svg)
    wide = float(root.get("viewBox", "0 0 0 0").split()[2])
    head = (
        f'class="{"wide" if wide > 360 else "narrow"}" role="img" aria-label="{escape(label)}" '
        f'width="{wide * WIDTH:.0f}" viewBox="{escape(root.get("viewBox", ""))}" '
        'stroke-linejoin="round" stroke-linecap="butt"'
    )
    return f"<svg {head}>{''.join(_inside(root, prefix))}</svg>"


def dark_rules(svg: str) -> tuple[str, ...]:
    """What its own style element says of dark screens, for the attributes that `inlined` writes."""
    return tuple(f'.picture [{key}="{light}"]{{{key}:{dark}}}' for key, light, dark in _RULE.findall(svg))


def _inside(element: Element, prefix: str) -> Iterator[str]:
    if _name(element.tag) in ("text", "tspan"):
        yield escape(element.text or "")
    for child in element:
        name = _name(child.tag)
        if name in ELEMENTS:
            attributes = "".join(f' {key}="{escape(value)}"' for key, value in _attributes(child, prefix))
            yield f"<{name}{attributes}>{''.join(_inside(child, prefix))}</{name}>"
            if name == "tspan":
                yield escape(child.tail or "")


def _attributes(element: Element, prefix: str) -> Iterator[tuple[str, str]]:
    for qualified, value in element.attrib.items():
        key = _name(qualified)
        if key == "style":
            yield from _styles(value)
        elif key == "id":
            yield key, prefix + value
        elif key == "href":
            if value.startswith("#"):
                yield key, f"#{prefix}{value[1:]}"
        elif key in ATTRIBUTES:
            yield key, _LOCAL.sub(rf"url(#{prefix}\1)", value)


def _styles(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(";"):
        key, _, value = (piece.strip() for piece in part.partition(":"))
        if key in STYLES:
            yield key, value
        elif key == "font" and (size := _SIZE.search(value)):
            yield "font-size", size[0]


def _name(qualified: object) -> str:
    """A tag or attribute without its namespace; comments have no name."""
    return qualified.rpartition("}")[2] if isinstance(qualified, str) else ""

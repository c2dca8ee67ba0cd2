import re
from xml.etree import ElementTree

from bench.api.drawing import svg
from bench.report.html.picture import dark_rules, inlined
from tests.report.html.samples import FIGURE, PAYLOAD, SVG, hostile

EVIL = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"
 onload="pwned=1"><script>pwned=1</script><a href="javascript:pwned=1"><text>inside</text></a>
 <foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject><image href="https://example.org/x"/>
 <use xlink:href="https://example.org/x#y"/><g onclick="pwned=1" style="background: url(https://example.org)"/>
 <set attributeName="href" to="javascript:pwned=1"/><!-- remark --></svg>"""


def inside(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(inlined(text, prefix="f1-", label="What it shows"))


def test_ids_and_what_refers_to_them_have_the_figure_s_prefix() -> None:
    made = inlined(SVG, prefix="f1-", label="")
    assert re.findall(r' id="([^"]*)"', made) == ["f1-p1", "f1-m1", "f1-patch_1"]
    assert ' clip-path="url(#f1-p1)"' in made
    assert ' href="#f1-m1"' in made


def test_styles_become_attributes_that_mean_the_same() -> None:
    made = inside(SVG)
    text = made.find("text")
    assert text is not None
    assert {key: text.get(key) for key in ("font-size", "text-anchor", "fill", "style")} == {
        "font-size": "7px",
        "text-anchor": "middle",
        "fill": "#24292e",
        "style": None,
    }
    assert text.text == "a < b"


def test_the_drawing_is_scaled_and_says_in_words_what_it_shows() -> None:
    made = inside(SVG)
    assert (made.get("width"), made.get("viewBox"), made.get("role")) == ("504", "0 0 288 90", "img")
    assert made.get("aria-label") == "What it shows"


def test_its_colours_on_a_dark_screen_become_rules_for_the_page() -> None:
    assert dark_rules(SVG) == ('.picture [fill="#ffffff"]{fill:#0d1117}',)


def test_every_colour_that_a_real_figure_turns_is_turned_on_the_page() -> None:
    drawn = svg(FIGURE)
    assert len(dark_rules(drawn)) == drawn.count("!important") > 0
    attributes = set(re.findall(r' (?:fill|stroke)="(#[0-9a-f]{6})"', inlined(drawn, prefix="", label="")))
    turned = {rule.split('"')[1] for rule in dark_rules(drawn)}
    assert {"#ffffff", "#24292e", "#0072b2"} <= attributes & turned


def test_a_real_figure_keeps_all_its_marks_and_labels() -> None:
    drawn = svg(FIGURE)
    made = inlined(drawn, prefix="f1-", label="")
    for element in ("use", "text", "clipPath"):
        assert made.count(f"<{element}") == drawn.count(f"<{element}") > 0
    assert "lstm" in made
    assert "style" not in made


def test_nothing_but_drawing_passes() -> None:
    made = inlined(EVIL, prefix="f1-", label="")
    elements = {element.tag for element in ElementTree.fromstring(made).iter()}
    assert elements == {"svg", "use", "g"}
    for word in ("pwned", "example", "javascript", "on", "remark"):
        assert word not in re.sub(r"stroke-linejoin=\"round\"", "", made)


def test_a_label_of_a_real_figure_that_attacks_stays_a_label() -> None:
    made = ElementTree.fromstring(inlined(svg(hostile().figures[0]), prefix="f1-", label=PAYLOAD))
    assert "script" not in {element.tag for element in made.iter()}
    assert any("<script>pwned=1</script>" in (element.text or "") for element in made.iter("text"))

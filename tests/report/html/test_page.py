"""What stands in the pages, as far as no browser is needed to see it."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bench.api.drawing import svg
from bench.report.figures.nouns import Line, Panel, Point
from bench.report.html.index import index_page
from bench.report.html.page import html_page
from bench.report.index import Link
from bench.report.nouns import Amount
from tests.report.html.samples import FIGURE, SVG, hostile, large, ordinary

ORDINARY = html_page(ordinary(), [SVG, SVG])
INDEX = index_page([ordinary(), ordinary()], [Link(title="The claims", path="claims.md")])
HOSTILE = html_page(hostile(), [SVG])
HOSTILE_INDEX = index_page([hostile()], [Link(title="<b>", path="javascript:pwned=1")])
PAGES = {"page": ORDINARY, "index": INDEX, "hostile page": HOSTILE, "hostile index": HOSTILE_INDEX}
every_page = pytest.mark.parametrize("text", PAGES.values(), ids=PAGES)


class Reader(HTMLParser):
    """The elements of a page with their attributes, and the texts of its style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.cdata_elem in self.raw:
            self.raw[self.cdata_elem].append(data)

    def all(self, key: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(key)) is not None]


@every_page
def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else(text: str) -> None:
    found = Reader(text)
    policy = dict(
        directive.strip().split(" ", 1)
        for tag, attributes in found.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        for directive in (attributes["content"] or "").split(";")
    )
    assert policy["default-src"] == "'none'"
    for name in ("style", "script"):
        (own,) = ["".join(found.raw[name])]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert policy[f"{name}-src"] == f"'sha256-{digest}'"
    assert [tag for tag, _ in found.elements].count("script") == 1


@every_page
def test_no_element_has_a_style_or_a_script_of_its_own(text: str) -> None:
    keys = {key for _, attributes in Reader(text).elements for key in attributes}
    assert not {key for key in keys if key == "style" or key.startswith("on")}


@every_page
def test_every_address_is_a_place_in_the_page_or_a_file_beside_it(text: str) -> None:
    found = Reader(text)
    for address in (*found.all("href"), *found.all("src")):
        assert re.fullmatch(r"#[\w-]+|data:,|[\w.+/%-]+", address), address
    assert not re.search(r"https?:|//", "".join(found.raw["style"]))


@every_page
def test_every_place_that_is_pointed_to_exists_once(text: str) -> None:
    found = Reader(text)
    places = found.all("id")
    assert len(places) == len(set(places))
    assert {address[1:] for address in found.all("href") if address.startswith("#")} <= set(places)


def test_the_same_run_makes_the_same_page() -> None:
    assert html_page(ordinary(), [SVG, SVG]) == ORDINARY


def test_the_page_has_a_language_a_title_and_a_way_to_skip_to_the_content() -> None:
    found = Reader(ORDINARY)
    assert ("html", {"lang": "en"}) in found.elements
    assert "<title>Recurrent against convolutional · epyc-2c</title>" in ORDINARY
    assert found.all("href")[1] == "#main"


def test_the_page_says_what_was_asked_answered_found_and_how_to_repeat_it() -> None:
    text = Reader(ORDINARY).text
    assert "Which is faster?" in text
    assert "AMD EPYC" in text
    assert "latency = a + b·x, x: size" in text
    assert "too few cases with values" in text
    assert "Advice: measure on a quiet machine." in text
    assert "bench run suites/sample.yaml --seed 7" in text
    assert "at revision 0123456789ab" in text


@pytest.mark.parametrize("text", [ORDINARY, INDEX], ids=["page", "index"])
def test_a_page_says_what_others_have_published_and_what_ran(text: str) -> None:
    shown = Reader(text).text
    assert "Beside published numbers" in shown
    assert '<td data-value="8.5">8.5×</td>' in text
    assert '<td data-value="2">2.00× [1.90–2.10]</td>' in text
    assert '<td class="none">–</td>' in text
    assert "torch 0.4.0, here 2.15.0" in shown
    assert "What ran" in shown
    assert '<th scope="row">lstm</th><td data-text class="long">mkldnn_rnn_layer</td>' in text
    assert "In every row: empty." in shown


@pytest.mark.parametrize("text", [ORDINARY, INDEX], ids=["page", "index"])
def test_a_page_holds_the_cases_against_what_the_device_can_do(text: str) -> None:
    assert "Measured with 1 thread: copy 12.3 GB/s, float32 61.5 Gflop/s" in Reader(text).text
    assert '<td data-value="1.25">1.25</td><td data-value="4.5e+09">4.50 Gflop/s [4.40–4.61]</td>' in text
    assert '<td data-text>memory</td><td data-value="0.292208">29.2 %</td>' in text
    assert '<td class="none">oom: too large</td>' in text


def test_a_law_of_a_page_says_what_its_slope_is() -> None:
    assert "b: the latency of one more of size." in Reader(ORDINARY).text


def test_a_law_of_a_page_has_its_rates_at_both_ends_to_be_sorted_by() -> None:
    assert re.findall(r'<th scope="col">((?:first|last) b)</th>', ORDINARY) == ["first b", "last b"]
    assert re.search(r'<td data-value="2\.1e-06">2\.10 µs \(28–56\)</td>', ORDINARY)
    assert re.search(r'<td data-value="1\.9e-06">1\.90 µs \(112–224\)</td>', ORDINARY)
    assert '<td class="none">too few cases with values</td>' in ORDINARY


def test_a_run_beside_which_nothing_stands_has_no_such_sections() -> None:
    text = html_page(replace(ordinary(), published=(), ran=None, roofline=None, crossings=()), [SVG, SVG])
    assert "Roofline" not in text
    assert "boundaries" not in text
    assert "Beside published numbers" not in text
    assert "What ran" not in text
    assert '"#ran"' not in text


@pytest.mark.parametrize("text", [ORDINARY, INDEX], ids=["page", "index"])
def test_a_page_answers_in_short_before_it_answers_in_full(text: str) -> None:
    shown = Reader(text).text
    assert shown.index("lstm is 1.84× slower; at size=56") < shown.index("than model=cnn, at 36× the parameters")
    assert "in these cases: allocator retain, threads 1." in shown


def test_the_answer_of_a_page_is_worked_out_of_tables_and_laws() -> None:
    text = Reader(ORDINARY).text
    assert "than model=cnn, at 36× the parameters and 1.00× to 4.1× the flops" in text
    assert "has a latency of 100 µs [90–110] + 2.00 µs × size" in text


@pytest.mark.parametrize("text", [ORDINARY, INDEX], ids=["page", "index"])
def test_a_step_at_a_boundary_is_in_the_answer_and_in_a_table(text: str) -> None:
    assert "size 28 → 56 has one pair, and its step is: 56 slower by 2.00×." in Reader(text).text
    assert '<td data-value="2.25">2.25×' in text
    assert ">56 slower by 2.00×</td>" in text


def test_cells_carry_their_values_and_failed_ones_none() -> None:
    assert '<td data-value="0.000349">349 <small>[346–352]</small>' in ORDINARY
    assert '<th scope="row" data-value="28">28</th>' in ORDINARY
    assert re.search(r'<td class="none">failed<sup><a href="#table-1-note-\d" aria-label="note \d">', ORDINARY)


def test_texts_that_attack_are_shown_as_they_are_without_what_is_invisible() -> None:
    for text in (HOSTILE, HOSTILE_INDEX):
        assert "<script>pwned=1" not in text
        assert "{{ 7*7 }}" in text
        assert "\u202e" not in text
    assert Reader(HOSTILE).text.count("<script>pwned=1</script>") > 20


def test_a_run_of_which_nothing_is_known_has_a_page() -> None:
    made = ordinary()
    bare = replace(made, starts=(), tables=(), findings=(), outcomes=(), figures=(), laws=(), published=(), ran=None)
    bare = replace(bare, crossings=())
    text = Reader(html_page(bare)).text
    assert "compares with no reference" in text
    assert "None." in text


def test_fifty_cases_and_five_figures_are_less_than_a_megabyte_and_a_half() -> None:
    points = tuple(Point(x=Amount(value=i), y=Amount(value=i, low=i * 0.9, high=i * 1.1)) for i in range(1, 11))
    lines = tuple(Line(series=number, points=points) for number in range(5))
    figure = replace(FIGURE, series=tuple((f"network_{i}",) for i in range(5)), panels=(Panel(title="", lines=lines),))
    made = html_page(replace(large(), figures=(figure,) * 5), [svg(figure)] * 5)
    assert made.count('id="figure-5-') > 50
    assert len(made.encode()) < 1_500_000


def test_the_index_links_to_the_files_of_each_run_and_to_other_pages() -> None:
    addresses = Reader(INDEX).all("href")
    for file in ("table.md", "measurements.csv", "figures/1-latency-by-size.svg"):
        assert f"sample/epyc-2c/{file}" in addresses
    assert "claims.md" in addresses
    assert "sample/epyc-2c/figures/2-latency-by-size.svg" in Reader(INDEX).all("src")

"""The pages in a real Chromium: quiet, sortable, filterable, inert, printable, fit for phones and keyboards."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.api.drawing import svg
from bench.report.html.index import index_page
from bench.report.html.page import html_page
from bench.report.index import Link
from tests.report.html.browser import Page, browsing
from tests.report.html.samples import hostile, large, ordinary

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")

ROWS = "[...document.querySelectorAll('tbody tr')].filter(row => row.checkVisibility())"
HEADS = "document.querySelectorAll('table.sortable')[0].tHead.rows[0].cells"
COLUMN = "[...document.querySelectorAll('table.sortable')[0].tBodies[0].rows].map(row => row.cells[%d].textContent)"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab for all tests: a browser takes seconds to start."""
    assert CHROMIUM is not None
    with browsing(CHROMIUM, tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page as a file, the figures of the index beside it."""
    folder = tmp_path_factory.mktemp("pages")
    runs = {"ordinary": ordinary(), "hostile": hostile(), "large": large()}
    texts = {name: html_page(shown, [svg(figure) for figure in shown.figures]) for name, shown in runs.items()}
    texts["index"] = index_page([runs["ordinary"]], [Link(title="The claims", path="claims.md")])
    for figure in runs["ordinary"].figures:
        file = folder / "sample/epyc-2c/figures" / f"{figure.name}.svg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(svg(figure), "utf-8")
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ordinary", "hostile", "large", "index"])
def test_a_page_opens_without_any_complaint(page: Page, files: dict[str, Path], name: str, dark: bool) -> None:
    page.open(files[name], dark=dark)
    assert page.run("document.querySelectorAll('th button').length") > 0
    assert page.complaints == []


def test_the_index_shows_the_figures_beside_it(page: Page, files: dict[str, Path]) -> None:
    page.open(files["index"])
    assert page.run("[...document.images].map(each => each.naturalWidth > 0)") == [True, True]


def test_texts_that_attack_stay_texts(page: Page, files: dict[str, Path]) -> None:
    page.open(files["hostile"])
    assert page.run("typeof pwned") == "undefined"
    assert page.run("document.querySelectorAll('script, img, a[href^=javascript]').length") == 1
    assert page.run("document.querySelector('h1').textContent.includes('<script>pwned=1</script>')")
    assert page.run("[...document.querySelectorAll('svg text')].some(e => e.textContent.includes('<script>'))")


def test_a_script_that_came_into_the_page_all_the_same_would_not_run(page: Page, files: dict[str, Path]) -> None:
    page.open(files["ordinary"])
    page.run('document.body.insertAdjacentHTML(\'beforeend\', \'<p onclick="pwned=1" id="evil" style="color:red">\')')
    page.run("document.getElementById('evil').click()")
    page.run("(() => { const s = document.createElement('script'); s.text = 'pwned=1'; document.body.append(s); })()")
    assert page.run("typeof pwned") == "undefined"
    assert sum("Content Security Policy" in complaint for complaint in page.complaints) >= 3


def test_a_click_on_a_head_sorts_by_value_then_the_other_way_then_not_at_all(
    page: Page, files: dict[str, Path]
) -> None:
    page.open(files["large"])
    suite_order = page.run(COLUMN % 0)
    orders = []
    for state in ("ascending", "descending", "none"):
        page.run(f"{HEADS}[2].querySelector('button').click()")
        assert page.run(f"[...{HEADS}].map(head => head.ariaSort)") == ["none", "none", state, "none", "none", "none"]
        orders.append(page.run(COLUMN % 2))
    values = [[float(re.match(r"[\d.]+", text)[0]) for text in order] for order in orders]  # type: ignore[index]
    assert values[0] == sorted(values[0]) != sorted(values[0], key=str)
    assert values[1] == values[0][::-1]
    assert page.run(COLUMN % 0) == suite_order


def test_words_sort_as_words_with_the_numbers_in_them_as_numbers(page: Page, files: dict[str, Path]) -> None:
    page.open(files["large"])
    page.run(f"{HEADS}[0].querySelector('button').click(), {HEADS}[0].querySelector('button').click()")
    assert page.run(COLUMN % 0) == [f"network_{i}" for i in range(9, -1, -1)]


@pytest.mark.parametrize("clicks", [1, 2], ids=["ascending", "descending"])
def test_what_has_no_value_comes_last_either_way(page: Page, files: dict[str, Path], clicks: int) -> None:
    page.open(files["ordinary"])
    training = "document.querySelectorAll('table.sortable')[1]"
    heads = page.run(f"[...{training}.tHead.rows[0].cells].map(head => head.textContent)")
    for column in range(1, len(heads)):
        for _ in range(clicks):
            page.run(f"{training}.tHead.rows[0].cells[{column}].querySelector('button').click()")
        has = page.run(f"[...{training}.tBodies[0].rows].map(row => row.cells[{column}].dataset.value !== undefined)")
        assert has == sorted(has, reverse=True)


def test_a_filter_keeps_the_rows_that_have_all_its_words_and_counts_them(page: Page, files: dict[str, Path]) -> None:
    page.open(files["large"])
    before = page.run(f"{ROWS}.length")
    page.run("document.querySelector('input').focus()")
    page.type("_7 NETWORK")
    assert page.run("document.querySelector('[role=status]').textContent") == "1 of 10 rows"
    assert page.run("document.querySelectorAll('table')[0].tBodies[0].querySelectorAll('tr:not([hidden])').length") == 1
    page.run("(i => { i.value = ''; i.dispatchEvent(new Event('input')); })(document.querySelector('input'))")
    assert page.run(f"{ROWS}.length") == before
    assert page.run("document.querySelector('[role=status]').textContent") == ""


def test_a_filter_finds_a_part_of_the_table_by_its_title(page: Page, files: dict[str, Path]) -> None:
    page.open(files["ordinary"])
    page.run("document.querySelector('input').focus()")
    page.type("TRAINING")
    titles = "[...document.querySelectorAll('caption')].filter(each => each.checkVisibility()).map(e => e.textContent)"
    assert page.run(titles) == ["training"]


@pytest.mark.parametrize("name", ["ordinary", "index"])
def test_published_numbers_and_what_ran_sort_and_filter(page: Page, files: dict[str, Path], name: str) -> None:
    page.open(files[name])
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    published, ran = (
        f"document.querySelector('[aria-label=\"{label}\"]')" for label in ("Beside published numbers", "What ran")
    )
    numbers = f"[...{published}.querySelectorAll('tbody tr')].map(row => row.cells[1].textContent)"
    assert page.run(numbers) == ["8.5×", "80 ms"]
    page.run(f"{published}.querySelectorAll('th button')[1].click()")
    assert page.run(numbers) == ["80 ms", "8.5×"]
    field = f"{ran}.closest('section').querySelector('input')"
    page.run(f"{field}.focus()")
    page.type("mkldnn")
    assert page.run(f"[...{ran}.querySelectorAll('tbody tr:not([hidden])')].map(row => row.cells[0].textContent)") == [
        "lstm"
    ]
    assert page.run(f"{published}.querySelectorAll('tbody tr[hidden]').length") == 0
    assert page.complaints == []


def test_the_keyboard_reaches_the_content_the_heads_and_the_filter(page: Page, files: dict[str, Path]) -> None:
    page.open(files["large"])
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    assert page.run("document.activeElement.getBoundingClientRect().left") >= 0
    page.press("Enter", text="\r")
    assert page.run("location.hash") == "#main"
    seen = []
    for _ in range(40):
        page.press("Tab")
        seen.append(page.run("document.activeElement.tagName"))
        if seen[-1] == "BUTTON":
            break
    assert "INPUT" in seen
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Enter", text="\r")
    assert page.run(f"{HEADS}[0].ariaSort") == "ascending"


@pytest.mark.parametrize("name", ["ordinary", "hostile", "large", "index"])
def test_on_a_phone_only_boxes_scroll_sideways(page: Page, files: dict[str, Path], name: str) -> None:
    page.open(files[name], width=360, height=740)
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert page.run("[document.documentElement.scrollWidth, innerWidth]") == [360, 360]
    wide = page.run("[...document.querySelectorAll('.box')].filter(b => b.scrollWidth > b.clientWidth).length")
    assert wide > 0 or name == "ordinary"


def test_a_dark_screen_turns_the_page_and_its_figures(page: Page, files: dict[str, Path]) -> None:
    paper = "getComputedStyle(document.querySelector('svg [id$=patch_1] path')).fill"
    found = {}
    for dark in (False, True):
        page.open(files["ordinary"], dark=dark)
        found[dark] = page.run(f"[getComputedStyle(document.body).backgroundColor, {paper}]")
    assert found == {False: ["rgb(255, 255, 255)"] * 2, True: ["rgb(13, 17, 23)"] * 2}


def test_paper_shows_all_rows_and_no_controls(page: Page, files: dict[str, Path]) -> None:
    page.open(files["large"])
    page.run("document.querySelector('input').focus()")
    page.type("nothing like this")
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run(f"{ROWS}.length") == page.run("document.querySelectorAll('tbody tr').length")
    assert not page.run("document.querySelector('.filter').checkVisibility()")
    assert page.run("getComputedStyle(document.querySelector('th button'), '::after').display") == "none"


def test_the_page_prints_with_what_was_folded_and_folds_it_again(page: Page, files: dict[str, Path]) -> None:
    page.open(files["index"])
    page.run("addEventListener('beforeprint', () => { seen = document.querySelectorAll('details[open]').length; })")
    paper = page.paper()
    assert paper.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= 2
    assert page.run("seen") == page.run("document.querySelectorAll('details').length") > 0
    assert page.run("document.querySelectorAll('details[open]').length") == 0

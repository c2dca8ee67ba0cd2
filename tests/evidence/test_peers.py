"""The spread, the page and the resumption of the comparison with other tools, on made-up estimates."""

from collections.abc import Callable
from math import exp
from pathlib import Path

import pytest

from tests.evidence.peer_case import CASES
from tests.evidence.peer_table import REPEATS, SEEN_LOADS, WAYS, Row, Way, page, spread
from tests.evidence.peer_tools import TOOLS, Found, Tool
from tests.evidence.peers import Unit, append, left_over, main, measured, read, units


def made_up(sizes: Callable[[Way], float], repeats: int = REPEATS) -> list[Row]:
    """Estimates that lie a size above and below a millisecond in turns; twice as long where there is load."""
    return [
        Row(
            repeat=repeat,
            load=load,
            tool=way[0],
            metric=way[1],
            case=case,
            seconds_per_step=(1e-3 if load == "quiet" else 2e-3) * exp(sizes(way) * (-1) ** repeat),
            began=1e9,
            took=10.5,
        )
        for repeat in range(1, repeats + 1)
        for load in SEEN_LOADS
        for way in WAYS
        for case in CASES
    ]


def small(way: Way) -> float:
    """Ours 1 %, minima 0.9 %, everything else 2 %."""
    return {"latency": 0.01, "undisturbed": 0.01, "min": 0.009}.get(way[1], 0.02)


def test_the_spread_is_the_standard_deviation_of_the_logarithms_beside_a_robust_one() -> None:
    found = spread([exp(value) for value in (-0.01, 0.0, 0.01, 0.0, 0.3)])
    assert found is not None
    assert found.repeats == 5
    assert found.plain == pytest.approx((0.0722 / 4) ** 0.5)
    assert found.robust == pytest.approx(1.4826 * 0.01)


def test_a_single_estimate_has_no_spread() -> None:
    assert spread([1.0]) is None


def test_the_page_has_a_row_for_each_way_under_each_load() -> None:
    lines = list(page(made_up(small)))
    assert f"{REPEATS} of {REPEATS} repeats done." in lines
    for load in SEEN_LOADS:
        start = lines.index(f"\n## Load: {load}\n")
        assert [tuple(line.split(" | ")[:2]) for line in lines[start + 3 :][: len(WAYS)]] == [
            (f"| {tool}", metric) for tool, metric in WAYS
        ]
    own = [line for line in lines if line.startswith("| ours | latency")]
    cells = "1.07% (1.48%) | 1.07% (1.48%) | 1.07% (1.48%) | 1.07% (1.48%) | 1.07%"
    assert own == [f"| ours | latency | {cells} | {ratio}× | 10.5 |" for ratio in ("1.000", "2.000", "2.000")]


def test_the_page_says_that_the_aim_is_reached() -> None:
    said = [line for line in page(made_up(small)) if line.startswith("- `latency`")]
    assert len(said) == len(SEEN_LOADS)
    assert "is smaller than every mean and median: 0.50 times the least" in said[0]
    assert "in 4 of 4 cases. It is 1.11 times the best minimum" in said[0]
    assert "within the 1.2 times allowed; by itself within in 4 of 4 cases." in said[0]


def test_the_page_says_by_how_much_the_aim_is_missed() -> None:
    sizes = {("ours", "latency"): 0.03, ("pyperf", "median"): 0.015, ("pytest-benchmark", "min"): 0.01}
    said = next(line for line in page(made_up(lambda way: sizes.get(way, 0.02))) if line.startswith("- `latency`"))
    assert "is not smaller than every mean and median: 2.00 times the least, the median of pyperf (1.60%)" in said
    assert (
        "by itself so in 0 of 4 cases. It is 3.00 times the best minimum, that of pytest-benchmark (1.07%), over"
        in said
    )


def test_fewer_repeats_say_how_many_there_were_and_one_is_not_judged() -> None:
    assert "1.41% (1.48%), 2 repeats |" in "\n".join(page(made_up(small, repeats=2)))
    one = "\n".join(page(made_up(small, repeats=1)))
    assert "1 of 8 repeats done." in one
    assert one.count("not judged") == 2 * len(SEEN_LOADS)


def test_every_repeat_has_every_tool_under_every_load_in_an_order_of_its_own() -> None:
    planned = list(units(REPEATS))
    assert len(set(planned)) == len(planned) == REPEATS * len(SEEN_LOADS) * len(TOOLS)
    assert planned == list(units(REPEATS))
    orders = {tuple(unit.tool for unit in planned[i : i + len(TOOLS)]) for i in range(0, len(planned), len(TOOLS))}
    assert len(orders) > 1


def test_what_is_there_is_skipped_and_what_is_there_in_part_is_redone(tmp_path: Path) -> None:
    file = tmp_path / "peers.csv"
    rows = made_up(small)
    first = [row for row in rows if row.repeat == 1]
    append(file, first[:-1])
    append(file, [row for row in rows if row.repeat == 2])
    assert read(file) == first[:-1] + [row for row in rows if row.repeat == 2]
    partial = Unit(repeat=1, load=first[-1].load, tool=first[-1].tool)
    assert left_over(units(3), read(file)) == [unit for unit in units(3) if unit == partial or unit.repeat == 3]


def test_a_row_that_was_redone_counts_once() -> None:
    rows = made_up(small)
    assert list(page([*rows, *rows])) == list(page(rows))


def test_a_unit_gives_a_row_for_each_metric_and_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def estimates(cases: object, seconds: float, seed: int) -> list[Found]:
        return [
            Found(case=case, values={"mean": seconds, "median": float(seed)}, began=1.0, took=2.0) for case in CASES
        ]

    monkeypatch.delenv("QUIET_LOCK", raising=False)
    monkeypatch.setitem(TOOLS, "pyperf", Tool(metrics=("mean", "median"), measure=estimates))
    found = measured(Unit(repeat=3, load="quiet", tool="pyperf"), 0.5)
    assert {(row.metric, row.case, row.seconds_per_step) for row in found} == {
        (metric, case, value) for metric, value in (("mean", 0.5), ("median", 3.0)) for case in CASES
    }


def test_the_page_is_printed_without_measuring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "peers.csv"
    append(file, made_up(small))
    main(["--only-table", "--out", str(file)])
    assert capsys.readouterr().out == "\n".join(page(made_up(small))) + "\n"

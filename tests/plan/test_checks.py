"""What a suite of the right shape may still not say."""

from pathlib import Path

import pytest

from bench.plan.suite import load_suite
from tests.plan.written import BASE, FACTORS, HEAD, about, complaints, write


@pytest.mark.parametrize(
    "level",
    [
        "../../x", "/etc", "a b", "a,b", "a=b", "", "x" * 65, "é", "😀", "CON", "nul.txt", "dot.", "..", "a|b",
        "[/nope]", "</script>", "=1+1", "%0A::error::",
    ],
)  # fmt: skip
def test_a_hostile_level_is_refused(tmp_path: Path, level: str) -> None:
    found = complaints(tmp_path, HEAD + BASE + f"factors: {{model: [rnn, '{level}']}}\n")
    assert len(found) == 1
    assert found[0].startswith("4:24: factors.model[1]: ")
    assert "is no label" in found[0]
    assert found[0].isprintable()


def test_a_complaint_shows_letters_as_they_are(tmp_path: Path) -> None:
    (found,) = complaints(tmp_path, HEAD + BASE + "factors: {model: [rnn, café]}\n")
    assert "'café' is no label" in found


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("[rnn, lstm, rnn]", "factors.model[2]: 'rnn' is there twice: first in line 4, column 19"),
        ("[rnn, RNN]", "factors.model[1]: 'RNN' clashes with 'rnn' in line 4, column 19"),
        ("[1, '1']", "factors.model[1]: '1' clashes with 1 in line 4, column 19"),
        ("[1, 1.0]", "factors.model[1]: 1.0 clashes with 1 in line 4, column 19"),
        ("[1, true]", "factors.model[1]: true clashes with 1 in line 4, column 19"),
        ("[true, 'True']", "factors.model[1]: 'True' clashes with true in line 4, column 19"),
        ("{a: {x: 1}, A: {x: 2}}", "factors.model.A: 'A' clashes with 'a' in line 4, column 19"),
    ],
)
def test_levels_that_could_be_taken_for_each_other_are_both_named(tmp_path: Path, levels: str, expected: str) -> None:
    found = complaints(tmp_path, HEAD + BASE + f"factors: {{model: {levels}}}\n")
    assert [line.split(": ", 1)[1] for line in found] == [expected]


def test_blocks_and_overlays_may_repeat_levels_but_not_rewrite_them(tmp_path: Path) -> None:
    lines = "factors:\n  - {model: [rnn]}\n  - {model: [rnn, Rnn]}\nquick: {factors: {model: [rnn, RNN]}}\n"
    assert [line.split(": ")[1] for line in complaints(tmp_path, HEAD + BASE + lines)] == [
        "factors[1].model[1]",
        "quick.factors.model[1]",
    ]


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ("{target: [a]}", "4:11: factors.target: the target is one for the whole suite"),
        ("{seed: [1, 2]}", "4:11: factors.seed: 'seed' belongs to the harness; say --seed"),
        ("{status: [a, b]}", "4:11: factors.status: 'status' is no factor's name"),
        ("{batch: [1], Batch: [1]}", "4:23: factors.Batch: differs from the factor 'batch' by case alone"),
        ("{shape: {a: {batch: 1}}, batch: [1]}", "4:23: factors.shape.a.batch: 'batch' is a factor, too"),
        ("{shape: {a: {threads: 1}}}", "4:23: factors.shape.a.threads: 'threads' belongs to the harness"),
        ("{threads: {one: {x: 1}}}", "4:11: factors.threads: the levels of threads are a list"),
        ("[{shape: {a: {x: 1}}}, {shape: {a: {x: 2}}}]", "4:42: factors[1].shape.a: another bundle of this factor"),
        ("[{shape: {a: {x: 1}}}, {shape: [b]}]", "4:42: factors[1].shape[0]: no bundle 'b'"),
        ("[{a: [1], b: [2]}, {a: [2]}]", "4:29: factors[1]: no level of 'b', which another block varies"),
    ],
)
def test_factors_that_cannot_be_are_refused(tmp_path: Path, factors: str, expected: str) -> None:
    found = complaints(tmp_path, HEAD + BASE + f"factors: {factors}\n")
    assert found[0].startswith(expected)


def test_threads_and_allocators_have_levels_of_their_own(tmp_path: Path) -> None:
    lines = "factors: {threads: [1, 0, eight, 1.5], allocator: [retain, sytem], cache: [hot, cool]}\n"
    assert [line.split(": ", 1)[1] for line in complaints(tmp_path, HEAD + BASE + lines)] == [
        "factors.threads[1]: a number of threads is a whole number from 1 to 4096, not 0",
        "factors.threads[2]: a number of threads is a whole number from 1 to 4096, not 'eight'",
        "factors.threads[3]: a number of threads is a whole number from 1 to 4096, not 1.5",
        "factors.allocator[1]: no allocator 'sytem'; did you mean 'system'?",
        "factors.cache[1]: no cache 'cool'; did you mean 'cold'?",
    ]


def test_threads_in_base_are_checked(tmp_path: Path) -> None:
    found = complaints(tmp_path, HEAD + "base: {target: 'builders:build', threads: 0}\n" + FACTORS)
    assert found == ["3:43: base.threads: a number of threads is a whole number from 1 to 4096, not 0"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("exclude: [{modle: rnn}]", "5:12: exclude[0].modle: no factor 'modle'; did you mean 'model'?"),
        (
            "exclude: [{model: [rnn, ltsm]}]",
            "5:25: exclude[0].model[1]: no level 'ltsm' of model; did you mean 'lstm'?",
        ),
        ("exclude: [{model: LSTM}]", "5:19: exclude[0].model: no level 'LSTM' of model; did you mean 'lstm'?"),
        ("exclude: [{batch: '1'}]", "5:19: exclude[0].batch: 1 is written otherwise as a level of batch"),
        ("exclude: [{}]", "5:11: exclude[0]: names no factor, so it means every case"),
        ("exclude: [{batch: []}]", "5:19: exclude[0].batch: names no level"),
        ("skip: [{where: {batch: 2}, because: b}]", "5:24: skip[0].where.batch: no level '2' of batch"),
        ("quick: {factors: {bach: [1]}}", "5:19: quick.factors.bach: no factor 'bach'; did you mean 'batch'?"),
        (
            "figures: [{x: batch, y: latency, series: model, where: {model: gru}}]",
            "5:64: figures[0].where.model: no level 'gru' of model",
        ),
    ],
)
def test_conditions_name_what_the_suite_has(tmp_path: Path, lines: str, expected: str) -> None:
    found = about(tmp_path, lines + "\n")
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_a_condition_may_name_a_level_that_only_an_overlay_has(tmp_path: Path) -> None:
    lines = "exclude: [{batch: 256}]\nquick: {factors: {batch: [2]}}\ncuda: {factors: {batch: [64, 256]}}\n"
    assert load_suite(write(tmp_path, HEAD + BASE + FACTORS + lines)).exclude == ({"batch": (256,)},)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("relative_to: {model: gru}", "tables[0].relative_to.model: no level 'gru' of model"),
        ("relative_to: {}", "tables[0].relative_to: names no factor"),
        ("relative_to: {mode: x}", "tables[0].relative_to.mode: no factor 'mode'; did you mean 'model'?"),
        (
            "relative_to: {model: cnn}, where: {model: [rnn, lstm]}",
            "tables[0].relative_to.model: this table's `where` leaves 'cnn' out",
        ),
    ],
)
def test_a_table_compares_with_what_it_shows(tmp_path: Path, keys: str, expected: str) -> None:
    found = about(tmp_path, f"tables: [{{rows: batch, columns: model, value: latency, {keys}}}]\n")
    assert len(found) == 1
    assert expected in found[0]


def test_a_table_compares_within_its_rows_and_columns(tmp_path: Path) -> None:
    lines = "tables: [{rows: batch, columns: [], facets: model, value: latency, relative_to: {model: cnn}}]\n"
    assert "'model' stands neither in the rows nor in the columns" in about(tmp_path, lines)[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("metrics: [latencie]", "metrics[0]: no metric 'latencie'; did you mean 'latency'?"),
        ("metrics: [tail, tail]", "metrics[1]: 'tail' is there twice"),
        ("tables: [{rows: batch, columns: model, value: speed}]", "tables[0].value: no metric 'speed'; "),
        (
            "figures: [{x: model, y: latency, series: batch, law: line}]",
            "figures[0].x: a line runs along numbers; 'model' has rnn, lstm, cnn",
        ),
        (
            "figures: [{x: batch, series: model, y: flops, law: line}]",
            "figures[0].y: 'flops' comes from no trials: there is no law to fit",
        ),
        ("figures: [{x: batch, series: model, y: flop}]", "figures[0].y: no metric 'flop'; did you mean 'flops'?"),
    ],
)
def test_metrics_are_known(tmp_path: Path, lines: str, expected: str) -> None:
    found = about(tmp_path, lines + "\n")
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "tables: [{rows: batch, columns: batch, value: tail, facets: model}]",
            "'batch' has its place in rows already",
        ),
        ("tables: [{rows: size, columns: [model, batch], value: tail}]", "tables[0].rows: no factor 'size'"),
        (
            "figures: [{x: batch, y: tail}]",
            "'model' has no place and 3 levels left (rnn, lstm, cnn); name it in x, series",
        ),
        ("figures: [{x: batch, y: tail, where: {model: [rnn, cnn]}}]", "2 levels left (rnn, cnn)"),
    ],
)
def test_every_factor_with_levels_left_has_one_place(tmp_path: Path, lines: str, expected: str) -> None:
    found = about(tmp_path, lines + "\n")
    assert len(found) == 1
    assert expected in found[0]


def test_a_factor_with_one_level_left_needs_no_place(tmp_path: Path) -> None:
    lines = "figures: [{x: batch, y: tail, where: {model: rnn}}]\n"
    (figure,) = load_suite(write(tmp_path, HEAD + BASE + FACTORS + lines)).figures
    assert figure.where == {"model": ("rnn",)}


def test_levels_left_are_those_of_cases_not_of_factors(tmp_path: Path) -> None:
    blocks = "factors: [{model: [rnn], slicing: [row, pixel]}, {model: [cnn], slicing: [whole]}]\n"
    figure = "figures: [{x: model, y: tail, where: {model: cnn}}]\n"
    assert len(load_suite(write(tmp_path, HEAD + BASE + blocks + figure)).figures) == 1


def test_a_place_that_only_an_overlay_needs_is_demanded(tmp_path: Path) -> None:
    lines = "factors: {a: [1, 2], b: [1]}\nfigures: [{x: a, y: tail}]\ncuda: {factors: {b: [1, 2]}}\n"
    found = complaints(tmp_path, HEAD + BASE + lines)
    assert len(found) == 1
    assert "'b' has no place and 2 levels left (1, 2) (with cuda)" in found[0]


def test_a_million_cases_are_counted_not_made(tmp_path: Path) -> None:
    levels = list(range(100))
    found = complaints(tmp_path, HEAD + BASE + f"factors: {{a: {levels}, b: {levels}, c: {levels}}}\n")
    assert found == ["4:10: factors: 1,000,000 cases; at most 20,000"]


def test_a_suite_without_a_case_is_refused(tmp_path: Path) -> None:
    assert about(tmp_path, "exclude: [{batch: [1, 64]}]\n") == ["4:10: factors: no case is left"]


def test_an_overlay_without_a_case_is_refused(tmp_path: Path) -> None:
    found = about(tmp_path, "exclude: [{batch: 1}]\nquick: {factors: {batch: [1]}}\n")
    assert found == ["6:18: quick.factors: no case is left (with quick)"]


def test_an_overlay_whose_levels_no_block_has_together_is_refused(tmp_path: Path) -> None:
    blocks = "factors: [{model: [rnn], slicing: [row]}, {model: [cnn], slicing: [whole]}]\n"
    lines = "exclude: [{model: cnn, slicing: row}]\nquick: {factors: {model: [cnn], slicing: [row]}}\n"
    found = complaints(tmp_path, HEAD + BASE + blocks + lines)
    assert found == ["6:18: quick.factors: no case is left (with quick)"]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("[c]", "5:27: quick.factors.shape[0]: no bundle 'c'; known: a, b"),
        ("{a: {k: 3}}", "5:27: quick.factors.shape.a: another bundle of this factor has this name"),
    ],
)
def test_an_overlay_names_bundles_that_there_are(tmp_path: Path, levels: str, expected: str) -> None:
    lines = f"factors: {{shape: {{a: {{k: 1}}, b: {{k: 2}}}}}}\nquick: {{factors: {{shape: {levels}}}}}\n"
    assert complaints(tmp_path, HEAD + BASE + lines) == [expected]


def test_a_factor_of_plain_levels_stays_one(tmp_path: Path) -> None:
    found = about(tmp_path, "cuda: {factors: {batch: {big: {n: 512}}}}\n")
    assert found == ["5:18: cuda.factors.batch: the levels of batch are a list"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("policy: {rounds: 12, max_rounds: 8}", ["5:34: policy.max_rounds: max_rounds 8 is less than rounds 12"]),
        ("policy: {max_rounds: 8}", ["5:22: policy.max_rounds: max_rounds 8 is less than rounds 10"]),
        ("quick: {policy: {max_rounds: 6}}", ["5:30: quick.policy.max_rounds: max_rounds 6 is less than rounds 10"]),
    ],
)
def test_the_most_rounds_are_no_fewer_than_the_rounds(tmp_path: Path, lines: str, expected: list[str]) -> None:
    assert about(tmp_path, lines + "\n") == expected


def test_rounds_alone_take_the_most_rounds_along(tmp_path: Path) -> None:
    lines = "policy: {rounds: 30}\nquick: {policy: {rounds: 40}}\n"
    suite = load_suite(write(tmp_path, HEAD + BASE + FACTORS + lines))
    assert suite.policy == {"rounds": 30}
    assert suite.quick is not None
    assert suite.quick.policy == {"rounds": 40}


def test_a_target_is_demanded(tmp_path: Path) -> None:
    found = complaints(tmp_path, HEAD + "base: {dtype: float32}\n" + FACTORS)
    assert found[0].startswith("3:7: base.target: is missing: module:function")


def test_a_target_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = complaints(tmp_path, HEAD + "base: {target: 'builders:bild'}\n" + FACTORS)
    assert len(found) == 1
    assert found[0].startswith("3:16: base.target: ")
    assert found[0].endswith("builders.py defines no 'bild'; did you mean 'build'?")


def test_levels_are_those_that_the_builder_declares(tmp_path: Path) -> None:
    builder = "LEVELS = {'model': ('rnn', 'lstm'), 'dtype': ('float32',), 'hidden': (64,)}\ndef build(**levels): ...\n"
    (tmp_path / "builders.py").write_text(builder, "utf-8")
    lines = "base: {target: 'builders:build', dtype: flaot32}\n"
    lines += "factors: {model: [rnn, ltsm], shape: {a: {hidden: 64}, b: {hidden: 65}}}\n"
    assert complaints(tmp_path, HEAD + lines) == [
        "3:41: base.dtype: builders knows no dtype 'flaot32'; did you mean 'float32'?",
        "4:24: factors.model[1]: builders knows no model 'ltsm'; did you mean 'lstm'?",
        "4:68: factors.shape.b.hidden: builders knows no hidden '65'; known: 64",
    ]

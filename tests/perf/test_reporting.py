"""The script that times `bench report` on large runs, on a small one."""

from tests.perf.made_up import suite
from tests.perf.reporting import Size, rows


def test_the_verb_is_timed_on_a_run_of_the_size_that_is_asked_for() -> None:
    (row,) = rows((Size(name="few", suite=suite(models=2, sizes=2), rounds=6, samples=7),), times=1)
    name, cases, trials, samples, wall, cpu, memory = (cell.strip() for cell in row.strip("|").split("|"))
    assert (name, cases, trials, samples) == ("few", "4", "18", "126")  # one of the cases is made up to be skipped
    assert float(cpu) > 0
    assert float(wall) > 0
    assert float(memory) > 10

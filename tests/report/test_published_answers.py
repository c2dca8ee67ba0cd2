"""Published numbers as sentences."""

from dataclasses import replace

from bench.report.answers import Said
from bench.report.published_answers import published_answers
from tests.report.test_published import HERE, TIME


def test_a_hardware_has_a_sentence_for_each_metric_with_the_range_of_the_factors_between() -> None:
    time = replace(HERE, quoted=TIME, value=2.0, low=1.9, high=2.1, differences=())
    other = replace(time, quoted=replace(TIME, case="rung=hoisted"), value=0.8)
    (answer,) = published_answers([HERE, time, other])
    assert answer.heading == "Beside published numbers"
    assert answer.sentences == (
        Said(
            subject="GTX 1080",
            text="has 1 published ratio of latency; here it is 0.500× as large",
            remarks=("under other conditions in 1 of 1",),
        ),
        Said(
            subject="GTX 1080",
            text="has 2 published values of latency; here they are 10.0× (rung=hoisted) to "
            "25.0× (family=lstm, rung=fused, mode=training) as large",
            remarks=(),
        ),
    )


def test_what_has_no_interval_here_is_counted_and_no_extreme() -> None:
    bare = replace(HERE, value=99.0, low=None, high=None)
    ((one,),) = [answer.sentences for answer in published_answers([HERE, bare])]
    assert one.text.endswith("here they are 0.500× as large")
    assert one.remarks[-1] == "without an interval here: 1"
    ((none,),) = [answer.sentences for answer in published_answers([bare])]
    assert none.text == "has 1 published ratio of latency, none with an interval here"


def test_without_published_numbers_there_is_no_such_answer() -> None:
    assert published_answers([]) == ()

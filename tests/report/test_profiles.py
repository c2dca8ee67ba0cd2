"""What is said of a profile, and that no name in it means anything but itself."""

import re
from dataclasses import replace

import pytest
from rich.console import Console

from bench.records.profile import Gaps, Kernel, Operator, Profile, Profiles, Traced
from bench.report.profiles.markdown import page_text
from bench.report.profiles.rows import kernels_csv, operators_csv
from bench.report.profiles.terminal import profiles_view
from bench.report.profiles.words import LONGEST, SHOWN, operators, sentences, short_kernel

OWNED = "\x1b[2J::error::owned ##[error]owned =1+1|<b>`x` [bold]"


def operator(name: str = "aten::mm", *, own: float = 0.6e-3, calls: float = 1.0) -> Operator:
    return Operator(name=name, kind="operator", calls=calls, own=own, total=own)


TRACED = Traced(
    steps=5,
    watched=2e-3,
    inside=1.2e-3,
    outermost=200.0,
    compiled=False,
    operators=(operator(calls=1000.0), Operator(name="Optim", kind="range", calls=1.0, own=0.1e-3, total=0.2e-3)),
)
PROFILE = Profile(case="model=lstm", status="ok", steps=20, step=1e-3, traced=TRACED, file="trace.json.gz")
KERNELS = replace(
    TRACED,
    kernels=(Kernel(name="gemm", launches=3.0, time=0.5e-3),),
    gaps=Gaps(busy=0.5e-3, idle=0.2e-3, count=7.0, longest=90e-6, late=0.15e-3),
)


def profiles(*found: Profile) -> Profiles:
    return Profiles(name="s", title="A suite", machine="m", device="cpu", seed=7, profiles=found)


def said(traced: Traced, profile: Profile = PROFILE) -> list[str]:
    return list(sentences(profile, traced))


def drawn(found: Profiles, width: int) -> str:
    console = Console(width=width, force_terminal=False)
    with console.capture() as capture:
        console.print(profiles_view(found))
    return capture.get()


def test_the_stretch_is_said_first() -> None:
    assert said(TRACED)[0] == (
        "A step takes 1.00 ms; under the profiler, in the same process, 2.00 ms, 2.00 times as long "
        "(steps that count: the quickest 5 of 20)."
    )


def test_what_passes_between_operators_is_estimated_from_the_events_outside_and_bounded_on_both_sides() -> None:
    """The profiler costs 1 ms for 1,001 events; of the 0.8 ms outside, 200 of them are its own."""
    assert said(TRACED)[1] == (
        "Outside all operators (Python, dispatch) pass 800 µs of the profiled step (40.0 %). Of the step as it is that "
        "is about 600 µs (60 %), if every event costs the profiler the same, and in any case between 0 s and 800 µs."
    )


@pytest.mark.parametrize(("outermost", "about"), [(0.0, "800 µs (80 %)"), (1e6, "200 µs (20 %)")])
def test_the_estimate_stays_between_its_bounds(outermost: float, about: str) -> None:
    found = said(replace(TRACED, inside=0.8e-3, watched=1.6e-3, outermost=outermost))[1]
    assert f"about {about}" in found
    assert "between 200 µs and 800 µs" in found


def test_a_step_that_was_quicker_under_the_profiler_is_no_basis_for_an_estimate() -> None:
    found = said(replace(TRACED, watched=0.9e-3, inside=0.5e-3))[1]
    assert "profile it again" in found
    assert "about" not in found


def test_what_cannot_be_seen_names_the_largest_operator_and_a_compiled_graph() -> None:
    assert "aten::mm, 30.0 % of the profiled step" in said(TRACED)[2]
    assert "compiled graph" not in said(TRACED)[2]
    assert "compiled graph" in said(replace(TRACED, compiled=True))[2]


def test_a_device_has_its_gaps_and_waiting_for_it_is_no_python() -> None:
    found = said(KERNELS)
    assert "waiting for the device" in found[1]
    assert found[3] == (
        "The device is busy for 500 µs of a step: 25.0 % of the profiled one, 50 % of the step as it is. From its "
        "first kernel to its last it is idle for 200 µs a step, in 7.00 gaps, the longest of 90.0 µs; for 150 µs "
        "of that it waits for the host, which launches the next kernel only after the last one has ended."
    )
    assert len(found) == 4


def test_the_algorithms_of_recurrent_layers_are_named() -> None:
    found = said(replace(KERNELS, recurrent=("cuDNN forward: persistent static", "cuDNN backward: standard")))
    assert found[4] == "Recurrent layers, by their kernels: cuDNN forward: persistent static; cuDNN backward: standard."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("void gemm<float, 128>(int, float const*)", "gemm<float, 128>"),
        ("void k<1>(a::b<2>, (anonymous namespace)::c, int (*)(int))", "k<1>"),
        ("Memcpy HtoD (Pageable -> Device)", "Memcpy HtoD (Pageable -> Device)"),
        ("triton_poi_fused_add_0", "triton_poi_fused_add_0"),
    ],
)
def test_a_kernel_is_shown_without_its_parameters(name: str, shown: str) -> None:
    assert short_kernel(name) == shown


def test_kernels_of_one_template_can_be_told_apart() -> None:
    template = (
        "void at::native::vectorized_elementwise_kernel<4, at::native::BinaryFunctor<float, float, float, {}>>(int)"
    )
    one, two = (short_kernel(template.format(work)) for work in ("at::native::AddOp", "at::native::MulOp"))
    assert one != two
    assert max(len(one), len(two)) <= LONGEST


def test_an_empty_trace_can_be_told() -> None:
    empty = Traced(steps=1, watched=0.0, inside=0.0, outermost=0.0, compiled=False, operators=())
    found = profiles(replace(PROFILE, traced=empty, step=0.0))
    assert "A step takes 0 s" in page_text(found)
    assert "–" in drawn(found, 80)
    assert operators_csv(found).count("\n") == 1


def test_tables_for_people_end_and_the_csv_file_does_not() -> None:
    many = replace(TRACED, operators=tuple(operator(f"aten::{i:03}") for i in range(SHOWN + 3)))
    assert (len(operators(many).rows), operators(many).more) == (SHOWN, 3)
    found = profiles(replace(PROFILE, traced=many))
    assert "And 3 more" in page_text(found)
    assert "and 3 more" in drawn(found, 80)
    assert operators_csv(found).count("\n") == SHOWN + 4


def test_a_name_is_cut_for_people_only() -> None:
    name = "void at::native::" + "kernel<float>, " * 20
    found = profiles(replace(PROFILE, traced=replace(KERNELS, kernels=(Kernel(name=name, launches=1.0, time=1e-3),))))
    assert name not in page_text(found)
    assert re.search(r"\| at::native::kernel.+….+ \|", page_text(found))
    assert name[: LONGEST - 20] in kernels_csv(found)
    assert name.strip() in kernels_csv(found)


def test_a_case_without_a_trace_is_a_row_with_its_reason() -> None:
    failed = Profile(case="model=gru", status="failed", note="build: ValueError: no")
    found = profiles(PROFILE, failed)
    assert operators_csv(found).endswith("model=gru,,,,,,,failed,build: ValueError: no\n")
    assert "failed: build: ValueError: no" in page_text(found)
    assert "failed: build: ValueError: no" in drawn(found, 80)
    assert kernels_csv(found) == "case,kernel,launches,time,share\n"


def test_shares_are_of_the_profiled_step() -> None:
    found = profiles(replace(PROFILE, traced=KERNELS))
    assert "model=lstm,aten::mm,operator,1000,0.0006,0.0006,0.3,ok,\n" in operators_csv(found)
    assert "model=lstm,gemm,3,0.0005,0.25\n" in kernels_csv(found)


def hostile() -> Profiles:
    """Every text that comes from outside."""
    kernel = Kernel(name=OWNED, launches=1.0, time=1e-3)
    bad = replace(KERNELS, operators=(operator(OWNED), operator("=cmd"), operator("x" * 200)), kernels=(kernel,))
    found = profiles(replace(PROFILE, traced=bad), Profile(case="a", status="failed", note=OWNED))
    return replace(found, title=OWNED, machine=OWNED)


@pytest.mark.parametrize("width", [*range(10, 60), 140])
def test_no_name_is_obeyed_by_a_terminal_or_a_log_at_any_width(width: int) -> None:
    text = drawn(hostile(), width)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert not re.search(r"##\w*\[", text)


def test_no_name_is_markdown_or_a_formula() -> None:
    page = page_text(hostile())
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|<b>|\[bold\]", page)
    assert "1|" not in page
    assert ",'=cmd," in operators_csv(hostile())


def test_an_operator_is_named_as_torch_names_it() -> None:
    assert "aten::mm" in drawn(profiles(PROFILE), 140)

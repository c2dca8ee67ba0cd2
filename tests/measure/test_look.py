"""What a child sees when it times no case: versions out of reports, libraries out of maps."""

from bench.measure import look

REPORT = """PyTorch built with:
  - GCC 13.3
  - C++ Version: 202002
  - Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for Intel(R) 64 architecture
  - Intel(R) MKL-DNN v3.13.3 (Git Hash b38f97eb)
  - OpenMP 201511 (a.k.a. OpenMP 4.5)
  - Build settings: BLAS_INFO=mkl, BUILD_TYPE=Release, CXX_COMPILER=/opt/somebody/bin/c++, USE_CUDA=1,
"""

MAPS = """7f00-7f01 r-xp 00000000 fe:00 1 /home/somebody/torch.libs/libgomp-a34b3233.so.1.0.0
7f01-7f02 r-xp 00000000 fe:00 2 /usr/lib/x86_64-linux-gnu/libc.so.6
7f02-7f03 r-xp 00000000 fe:00 3 /opt/lib/libjemalloc.so.2
7f03-7f04 rw-p 00000000 00:00 0
7ffd-7ffe rw-p 00000000 00:00 0 [stack]
"""


def test_versions_are_found_in_the_report_and_its_folders_are_not() -> None:
    assert look.build_report(REPORT) == {
        "mkl": "2024.2-Product",
        "onednn": "3.13.3",
        "openmp": "201511",
        "blas": "mkl",
        "compiler": "GCC 13.3",
    }


def test_a_library_that_the_report_does_not_name_is_unknown() -> None:
    assert set(look.build_report("PyTorch built with:\n").values()) == {"unknown"}


def test_loaded_runtimes_of_threads_and_memory_are_named_without_their_folders() -> None:
    assert look.loaded(MAPS) == {
        "openmp_library": "libgomp-a34b3233.so.1.0.0",
        "malloc_library": "libjemalloc.so.2",
    }


def test_without_another_allocator_malloc_is_the_c_library_s() -> None:
    assert look.loaded(MAPS.splitlines()[1])["malloc_library"] == "none"

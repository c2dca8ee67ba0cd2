"""The world at a start → the line of `starts.jsonl`: kernel, limits, software, allocator, git.

No host name, user name, folder or serial number: it is published with the results. Nothing of torch is imported for it;
what only torch can tell comes from a child (see `weather.facts`)."""

import hashlib
import os
import platform
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from bench.measure.kernel import ROOT, UNKNOWN, kernel_facts, text
from bench.records.nouns import SCHEMA, Start

PACKAGES = ("torch", "bench", "torchvision", "numpy")

PREFIXES = ("MALLOC_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "ONEDNN_", "DNNL_")
VARIABLES = (
    "ATEN_CPU_CAPABILITY",
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_LAUNCH_BLOCKING",
    "CUDA_MODULE_LOADING",
    "CUDA_VISIBLE_DEVICES",
    "GLIBC_TUNABLES",
    "NVIDIA_TF32_OVERRIDE",
    "PYTHONMALLOC",
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "TORCHDYNAMO_DISABLE",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
)
"""The variables that change how fast the same code runs, beside all that begin with a prefix."""

_PLAIN = r"[A-Za-z0-9_.,:;=+]{0,64}"
"""A value that is recorded as it is. Folders and identifiers of GPUs do not match: these are only said to be set."""

GIT_SECONDS = 5.0
"""Git may wait for a lock, a network drive, or a person; no measurement waits for git."""


def start(root: Path, *, now: float, cores: Sequence[int], libraries: Mapping[str, str]) -> Start:
    """The line that `starts.jsonl` gets at a start or a resume; `cores` are those that cases may use, of which this
    process keeps off the last, and `libraries` is what a child found out."""
    boot = text(ROOT, "proc/sys/kernel/random/boot_id")
    return Start(
        schema=SCHEMA,
        started=round(now, 3),
        boot=UNKNOWN if boot == UNKNOWN else hashlib.sha256(boot.encode()).hexdigest()[:16],
        git=git(root),
        environment={**surroundings(cores), **libraries},
    )


def surroundings(cores: Sequence[int]) -> dict[str, str]:
    """What can change a number and is known without importing anything of what is measured."""
    return {**software(), **torch_build(), **allocator(os.environ), **kernel_facts(cores), **variables(os.environ)}


def software() -> dict[str, str]:
    """Versions, read from the packages' metadata: nothing is imported for it."""
    return {"python": platform.python_version(), **{name: installed(name) for name in PACKAGES}}


def installed(package: str) -> str:
    """The version of an installed package, else `missing`."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def torch_build() -> dict[str, str]:
    """Revision and CUDA version of torch, read from the file that its build wrote, as text."""
    try:
        file = Path(str(distribution("torch").locate_file("torch/version.py")))
    except PackageNotFoundError:
        return {"torch_revision": "missing", "torch_cuda": "missing"}
    return parse_torch_build(text(file))


def parse_torch_build(content: str) -> dict[str, str]:
    """`git_version = '…'` and `cuda: Optional[str] = '…'` of torch/version.py; `None` is a build without CUDA."""
    found = dict(re.findall(r"^(git_version|cuda)\b[^=\n]*= *['\"]?([\w.+-]+)", content, re.MULTILINE))
    cuda = found.get("cuda", UNKNOWN)
    return {
        "torch_revision": found.get("git_version", UNKNOWN)[:12],
        "torch_cuda": "none" if cuda == "None" else cuda,
    }


def allocator(environ: Mapping[str, str]) -> dict[str, str]:
    """The C library, and what is loaded before it, which may be another allocator."""
    name, number = platform.libc_ver()
    loaded = [Path(word).name for word in re.split(r"[ :]+", environ.get("LD_PRELOAD", "")) if word]
    return {"c_library": f"{name} {number}" if name else UNKNOWN, "preloaded_libraries": ",".join(loaded) or "none"}


def variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables of the user's environment that can change a number, as `env.NAME`."""
    chosen = sorted(name for name in environ if name in VARIABLES or name.startswith(PREFIXES))
    return {f"env.{name}": environ[name] if re.fullmatch(_PLAIN, environ[name]) else "set" for name in chosen}


def git(root: Path) -> dict[str, str]:
    """Revision, and whether the tree differs from it; `unknown` where git or the repository cannot tell."""
    revision = _git(root, "rev-parse", "HEAD")
    if revision is None:
        return {"revision": UNKNOWN, "dirty": UNKNOWN}
    changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    return {"revision": revision, "dirty": UNKNOWN if changes is None else "yes" if changes else "no"}


def _git(root: Path, *words: str) -> str | None:
    """What git answers; None where it fails, is not there, or does not end in time."""
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(root), *words]
    null, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        asked = subprocess.Popen(command, stdin=null, stdout=pipe, stderr=null, start_new_session=True)
    except OSError:
        return None
    with asked:
        try:
            answer, _ = asked.communicate(timeout=GIT_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if asked.returncode is None:
                os.killpg(asked.pid, signal.SIGKILL)  # it may be a script, and what waits its child
    return answer.decode("utf-8", "replace").strip() if asked.returncode == 0 else None

"""The name of a part of torchvision → its module, imported when it is first needed.

Why by name: only ResNet-18 and the download need torchvision, and one that does not match the installed torch fails at
import. Importing it at the top of a module would take every other network down with it.
"""

import importlib
from types import ModuleType


def torchvision_part(name: str) -> ModuleType:
    """The module `torchvision.<name>`.

    Raises RuntimeError, with the way out, where torchvision is missing or does not fit the installed torch."""
    try:
        return importlib.import_module(f"torchvision.{name}")
    except (ImportError, RuntimeError) as error:  # RuntimeError: "operator torchvision::nms does not exist"
        raise RuntimeError(
            f"torchvision cannot be imported here: {error}. torchvision from the default index needs the CUDA build of "
            "torch from the same index, which also runs without a GPU; beside a CPU-only torch it fails. A plain "
            "installation of both at once (pip install torch torchvision) gives a matching pair."
        ) from error

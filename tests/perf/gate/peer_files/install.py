"""A folder → this interpreter finds modules there, and in the current folder: asv's install command."""

import sys
import sysconfig
from pathlib import Path

if __name__ == "__main__":
    Path(sysconfig.get_path("purelib"), "subject.pth").write_text(f"{Path.cwd()}\n{sys.argv[1]}\n", encoding="utf-8")

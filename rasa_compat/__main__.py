"""`python -m rasa_compat`: make every interpreter of this environment load the mends.

Python runs the `.pth` files of an environment at start, so the stock `rasa` command works
unchanged, without a wrapper that somebody could forget.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

PTH = "rasa_compat_activate.pth"
# One line, as `.pth` files require. Silent when the project was moved away.
LINE = (
    "import importlib.util; "
    "importlib.util.find_spec('rasa_compat') and __import__('rasa_compat').activate()\n"
)


def main() -> None:
    """Write the `.pth` file into this environment's site-packages."""
    Path(sysconfig.get_path("purelib"), PTH).write_text(LINE, encoding="utf-8")


if __name__ == "__main__":
    main()

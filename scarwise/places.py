"""Where the project's files lie, so that no other module builds a path of its own.

Every place can be moved with one environment variable, `SCARWISE_HOME`: tests point it at a
copy of the data with a fault in it, and a clinic at its own folder.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME = Path(os.environ.get("SCARWISE_HOME") or Path(__file__).resolve().parent.parent)

DATA = HOME / "data"
CLINIC = HOME / "clinic.yml"
DOMAIN = HOME / "domain.yml"
CONFIG = HOME / "config.yml"
ENDPOINTS = HOME / "endpoints.yml"
ACTIONS = HOME / "actions"
MODELS = HOME / "models"
CACHE = HOME / ".cache"


def shown(path: Path) -> str:
    """The path as a person would type it: from the project's root, with forward slashes."""
    try:
        return path.relative_to(HOME).as_posix()
    except ValueError:
        return path.as_posix()

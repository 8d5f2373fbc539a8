"""Fault: Rasa answers every browser's preflight itself, alike for all channels, with credentials.

A door could then let in no website, or all of them. Here each door answers for itself, unless Rasa
is started by hand with `--cors`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(server: ModuleType) -> None:
    """Leave out Rasa's own answers where no origin is asked for."""
    configure_cors = server.configure_cors

    def only_when_asked(app: Any, cors_origins: Any = "") -> None:
        if cors_origins:
            configure_cors(app, cors_origins)

    server.configure_cors = only_when_asked

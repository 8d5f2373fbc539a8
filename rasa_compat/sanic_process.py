"""Fault: Sanic 22.9 and later starts worker processes; Rasa registers closures, which cannot
be handed to another process, and so serves nothing."""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(app: ModuleType) -> None:
    """Run a server of one worker in the process that asked for it."""
    run = app.Sanic.run

    def run_in_process(self: Any, *args: Any, workers: int = 1, **kwargs: Any) -> None:
        if workers == 1:
            kwargs.setdefault("single_process", True)
        run(self, *args, workers=workers, **kwargs)

    app.Sanic.run = run_in_process

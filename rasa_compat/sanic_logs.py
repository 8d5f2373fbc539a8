"""Fault: Rasa, its action server and Sanic log what patients write, and from which address.

Whichever of them is started, Sanic serves it. The last thing that a server does before it takes
requests is to keep patients' words out of its log; what stops a start is told in full.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any


def mend(startup: ModuleType) -> None:
    """Let every server close its log before it opens its door."""
    run = startup.StartupMixin.run

    def run_privately(self: Any, *args: Any, **kwargs: Any) -> None:
        from scarwise.private_logs import keep_words_out

        def close(*_: Any) -> None:
            keep_words_out()

        self.register_listener(close, "before_server_start")  # the last of them all
        run(self, *args, **{**kwargs, "access_log": False})

    startup.StartupMixin.run = run_privately

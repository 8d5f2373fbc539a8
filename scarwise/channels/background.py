"""Work that goes on after the call that began it was acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class Background:
    """Tasks under way; `failed` is told what one of them raised."""

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Awaitable[Any]) -> None:
        """Let `work` go on by itself."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # asyncio itself holds tasks weakly
        task.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Tell all of it to stop."""
        for task in self._tasks:
            task.cancel()

    async def ended(self) -> None:
        """Return when none is under way any more."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed(error)

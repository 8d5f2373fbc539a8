"""How often somebody may come, so that one sender cannot take the others' time."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

MOST_KEYS = 10_000


class RateLimit:
    """At most `most` events in any `seconds`, for each key."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._times: dict[str, deque[float]] = {}

    def wait(self, key: str) -> int:
        """Count one event of `key`: 0 when it may pass, else the whole seconds to wait."""
        now = self._clock()
        if key not in self._times and len(self._times) >= MOST_KEYS:
            self._forget(now)
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return max(1, math.ceil(times[0] + self._seconds - now))
        times.append(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the keys whose time is over."""
        self._times = {
            key: times
            for key, times in self._times.items()
            if times and times[-1] > now - self._seconds
        }

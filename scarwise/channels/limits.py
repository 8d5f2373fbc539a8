"""How often somebody may come, so that one sender cannot take the others' time."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_KEYS = 10_000


class RateLimit:
    """At most `most` events in any `seconds`, for each key.

    It remembers `MOST_KEYS` keys, those that came last.
    """

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Count one event of `key`: 0 when it may pass, else the whole seconds to wait."""
        now = self._clock()
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        self._forget(now)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return max(1, math.ceil(times[0] + self._seconds - now))
        times.append(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop who stayed away, and beyond `MOST_KEYS` who came longest ago."""
        while len(self._times) > 1:
            oldest = next(iter(self._times.values()))
            if len(self._times) <= MOST_KEYS and oldest and oldest[-1] > now - self._seconds:
                return
            self._times.popitem(last=False)


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the IPv6 network that one line gets."""
    try:
        found = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = found.ipv4_mapped
    return str(found)

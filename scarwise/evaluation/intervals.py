"""How sure a measured figure is: 95 % intervals of shares and of differences. Pure.

Wilson's interval for one share; Agresti and Min's for the difference of two shares of the same
questions; the method of variance estimates recovery (Newcombe's, for two shares) for the
difference of any two figures that were measured apart.
"""

from __future__ import annotations

from math import sqrt

Z = 1.959963985  # 95 % of a normal distribution lie within so many deviations
Interval = tuple[float, float]


def wilson(hits: int, of: int) -> Interval:
    """The interval of the share `hits` / `of`; everything is possible when `of` is 0."""
    if of == 0:
        return 0.0, 1.0
    share, spread = hits / of, Z * Z / of
    center = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)


def paired(lost: int, gained: int, of: int) -> Interval:
    """The interval of a change in a share when the same `of` questions were asked twice.

    `lost` were right before and are wrong now, `gained` the other way round. Half a question is
    added to each of the four cells (Agresti and Min 2005), so few changes do not look certain.
    """
    size = of + 2
    change = (gained - lost) / size
    half = Z * sqrt(max(0.0, lost + gained + 1 - (gained - lost) ** 2 / size)) / size
    return max(-1.0, change - half), min(1.0, change + half)


def apart(was: float, was_within: Interval, now: float, now_within: Interval) -> Interval:
    """The interval of `now` - `was` when each was measured with an interval of its own."""
    change = now - was
    down = sqrt((now - now_within[0]) ** 2 + (was_within[1] - was) ** 2)
    up = sqrt((now_within[1] - now) ** 2 + (was - was_within[0]) ** 2)
    return change - down, change + up

"""Plots as inline SVG, without a library and without script. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 48
COLORS = ("#1f5f8b", "#b3541e", "#3d7a3d", "#7a3d6f")
Line = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Plot:
    """Lines over shares from 0 to 1, with upright marks at places on the x-axis."""

    title: str
    x_title: str
    y_title: str
    lines: Mapping[str, Line]
    marks: Mapping[str, float] = field(default_factory=dict)
    lowest: float = 0.0  # where the y-axis begins


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float, lowest: float) -> float:
    up = (max(share, lowest) - lowest) / (1 - lowest)
    return round(HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM), 1)


def _axes(plot: Plot) -> list[str]:
    parts = []
    for step in range(6):
        x, y = _x(step / 5), HEIGHT - BOTTOM
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{y}"/>')
        parts.append(f'<text x="{x}" y="{y + 16}" text-anchor="middle">{20 * step} %</text>')
        share = plot.lowest + (1 - plot.lowest) * step / 5
        y = _y(share, plot.lowest)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{100 * share:.0f} %</text>'
        )
    middle = (HEIGHT - BOTTOM + TOP) / 2
    parts.append(
        f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
        f"{escape(plot.x_title)}</text>"
        f'<text transform="rotate(-90 12 {middle})" x="12" y="{middle}" text-anchor="middle">'
        f"{escape(plot.y_title)}</text>"
    )
    return parts


def _marks(plot: Plot) -> list[str]:
    parts = []
    for number, (name, share) in enumerate(sorted(plot.marks.items(), key=lambda one: one[1])):
        x, y = _x(share), TOP + 12 + 13 * (number % 5)
        parts.append(f'<line class="mark" x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}"/>')
        side, gap = ("end", -4) if share > 0.7 else ("start", 4)
        parts.append(f'<text x="{x + gap}" y="{y}" text-anchor="{side}">{escape(name)}</text>')
    return parts


def svg(plot: Plot) -> str:
    """`plot` as one `<figure>` with its legend in text."""
    parts = _axes(plot)
    legend = []
    for color, (name, line) in zip(COLORS, plot.lines.items(), strict=False):
        points = " ".join(f"{_x(x)},{_y(y, plot.lowest)}" for x, y in line)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        legend.append(f'<span style="color:{color}">&#9632; {escape(name)}</span>')
    parts += _marks(plot)
    title = escape(plot.title)
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{''.join(parts)}</svg>"
        f"<figcaption>{title}. {' '.join(legend)}</figcaption></figure>"
    )

"""A small line chart as SVG, for a page of numbers: no library, readable in grey and as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 40, 44
# Lines differ in their dashes too.
STYLES = (
    ("#0b5c4a", "none"),
    ("#0b5c4a", "6 4"),
    ("#a3420f", "none"),
    ("#a3420f", "6 4"),
)


def chart(title: str, points: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """`lines` by name over `points` on a logarithmic axis; the values begin at zero."""
    top = max(max(values) for values in lines.values()) or 1.0
    low, high = log10(points[0]), log10(points[-1])

    def x(point: int) -> float:
        return LEFT + (log10(point) - low) / ((high - low) or 1) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
    ]
    for share in (0, 0.5, 1):
        at = y(top * share)
        parts += [
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"'
            ' stroke="#cccccc"/>',
            f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{top * share:.0f}</text>',
        ]
    for point in points:
        label = f"{point:,}".replace(",", " ")
        parts.append(
            f'<text x="{x(point):.1f}" y="{HEIGHT - 18}" text-anchor="middle">{label}</text>'
        )
    for (name, values), (colour, dash) in zip(lines.items(), STYLES, strict=False):
        path = " ".join(f"{x(p):.1f},{y(v):.1f}" for p, v in zip(points, values, strict=True))
        parts += [
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>',
            f'<text x="{WIDTH - RIGHT + 8}" y="{y(values[-1]) + 4:.1f}" fill="{colour}">'
            f"{escape(name)}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])

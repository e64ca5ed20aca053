"""Geometry of the report's charts in SVG units; the template draws, numbers stand beside each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH = 1000.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured piece of a bar."""

    kind: str
    value: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label and pieces."""

    label: str
    total: float
    pieces: tuple[Piece, ...]


def stacked(rows: Iterable[tuple[str, Mapping[str, Any]]], kinds: Sequence[str]) -> list[Bar]:
    """Return one bar a row, scaled to the longest; pieces in the order of `kinds`."""
    rows = list(rows)
    totals = [sum(float(values.get(kind, 0)) for kind in kinds) for _, values in rows]
    longest = max(totals, default=0.0) or 1.0
    bars = []
    for (label, values), total in zip(rows, totals, strict=True):
        x, pieces = 0.0, []
        for kind in kinds:
            value = float(values.get(kind, 0))
            if value:
                width = max(value / longest * WIDTH, 3.0)
                pieces.append(Piece(kind, value, round(x, 1), round(width, 1)))
                x += width
        bars.append(Bar(label, total, tuple(pieces)))
    return bars


def waterfall(spans: Sequence[Any], limit: int = 24) -> list[Bar]:
    """Return the longest pieces of work in the order they ran, each after the one before.

    What took less than half a per cent of the whole would be no more than a hairline.
    """
    least = sum(span.seconds for span in spans) * 0.005
    longest = sorted(spans, key=lambda span: -span.seconds)[:limit]
    chosen = [span for span in longest if span.seconds >= least]
    kept = [span for span in spans if span in chosen]
    whole = sum(span.seconds for span in kept) or 1.0
    bars, x = [], 0.0
    for span in kept:
        width = span.seconds / whole * WIDTH
        piece = Piece(span.kind, span.seconds, round(x, 1), round(max(width, 2.0), 1))
        bars.append(Bar(span.label.replace("_", " "), span.seconds, (piece,)))
        x += width
    return bars


def arc(share: float, radius: float = 42.0) -> tuple[str, str]:
    """Return the dash lengths of a ring that is filled by a share from 0 to 1."""
    whole = 2 * 3.141592653589793 * radius
    return f"{min(max(share, 0.0), 1.0) * whole:.2f}", f"{whole:.2f}"

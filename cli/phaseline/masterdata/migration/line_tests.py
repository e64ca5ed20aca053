"""The named tests by which a mapping's rules find lines, each with the keys it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Found = Callable[[Sequence[str], set[str]], bool]  # cells and marks of a line
Make = Callable[[Mapping[str, Any], Sequence[str]], Found]


@dataclass(frozen=True, slots=True)
class LineTest:
    """What makes the test, and the keys it takes of what a rule says."""

    make: Make
    takes: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def line_test(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Return the function that says whether a line meets a test."""
    return LINE_TESTS[said["test"]].make(said, columns)


def repeated(_said: Mapping[str, Any], _columns: Sequence[str]) -> Found:
    """Find a line that is wholly like one before."""
    seen: set[tuple[str, ...]] = set()

    def found(cells: Sequence[str], _marks: set[str]) -> bool:
        whole = tuple(cells)
        if whole in seen:
            return True
        seen.add(whole)
        return False

    return found


def broken(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Find a line without its code, the first of the columns, or with no number in another."""
    code, *numbers = [columns.index(name) for name in said["columns"]]
    return lambda cells, _: (
        not cells[code].strip() or any(number(cells[place]) is None for place in numbers)
    )


def empty(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Find a line with nothing in a column."""
    place = columns.index(said["column"])
    return lambda cells, _: not cells[place].strip()


def matches(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Find a line whose whole cell is of a pattern."""
    place, pattern = columns.index(said["column"]), re.compile(said["pattern"])
    return lambda cells, _: pattern.fullmatch(cells[place]) is not None


def below(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Find a line with less than a number, unless it has a mark."""
    limit, place, unless = Decimal(said["number"]), columns.index(said["column"]), _unless(said)
    return lambda cells, marks: marks.isdisjoint(unless) and Decimal(cells[place]) < limit


def at_most(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
    """Find a line with a number or less, unless it has a mark."""
    limit, place, unless = Decimal(said["number"]), columns.index(said["column"]), _unless(said)
    return lambda cells, marks: marks.isdisjoint(unless) and Decimal(cells[place]) <= limit


def number(value: str) -> Decimal | None:
    """Return a plain finite number, or None."""
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _unless(said: Mapping[str, Any]) -> frozenset[str]:
    return frozenset({said["unless"]} if said.get("unless") else ())


def _not(make: Make) -> Make:
    def opposite(said: Mapping[str, Any], columns: Sequence[str]) -> Found:
        found = make(said, columns)
        return lambda cells, marks: not found(cells, marks)

    return opposite


LINE_TESTS = {
    "broken": LineTest(broken, ("columns",)),
    "repeated": LineTest(repeated),
    "empty": LineTest(empty, ("column",)),
    "not_empty": LineTest(_not(empty), ("column",)),
    "matches": LineTest(matches, ("column", "pattern")),
    "not_matches": LineTest(_not(matches), ("column", "pattern")),
    "below": LineTest(below, ("column", "number"), ("unless",)),
    "at_most": LineTest(at_most, ("column", "number"), ("unless",)),
}

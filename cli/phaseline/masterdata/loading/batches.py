"""How records are cut into calls: parents before children, equal columns together, none too big."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from phaseline.masterdata.records import Combination, Link, Match

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from phaseline.masterdata.records import Record

Thing = TypeVar("Thing")
POINTERS = frozenset({Link, Match, Combination, tuple})


def split(things: Sequence[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """Yield the things in batches of at most `size`."""
    for start in range(0, len(things), size):
        yield tuple(things[start : start + size])


def even(count: int, size: int, hands: int) -> int:
    """Return the batch size that keeps every hand busy: equal shares of at most `size`."""
    if count <= hands:
        return 1
    rounds = -(-count // (size * hands))
    return -(-count // (rounds * hands))


def waves(records: Sequence[Record]) -> list[tuple[Record, ...]]:
    """Return the records in waves: a record comes after those of its own file it points to."""
    parents = _parents(records)
    if not parents:
        return [tuple(records)] if records else []
    depth: dict[str, int] = {}
    for record in records:
        _measure(record.xmlid, parents, depth)
    levels: dict[int, list[Record]] = {}
    for record in records:
        levels.setdefault(depth[record.xmlid], []).append(record)
    return [tuple(levels[level]) for level in sorted(levels)]


def _parents(records: Sequence[Record]) -> dict[str, str]:
    """Return the first record of the same file that each record points to, where it does."""
    here = {record.xmlid for record in records}
    found: dict[str, str] = {}
    for record in records:
        for link in links(record):
            if link in here and link != record.xmlid:
                found.setdefault(record.xmlid, link)
    return found


def _measure(start: str, parents: dict[str, str], depth: dict[str, int]) -> None:
    path: list[str] = []
    now: str | None = start
    while now is not None and now not in depth:
        path.append(now)
        parent = parents.get(now)
        now = parent if parent not in path else None
    level = depth[now] if now is not None else -1
    for one in reversed(path):
        level += 1
        depth[one] = level


def links(record: Record) -> Iterator[str]:
    """Yield every external id a record points to."""
    for _, value in (*record.values, *record.initial):
        if type(value) in POINTERS:
            yield from _links(value)


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, Link):
        yield value.xmlid
        if value.other:
            yield value.other
    elif isinstance(value, Match) and value.own:
        yield value.own
    elif isinstance(value, Combination):
        yield value.template
        yield from value.values
    elif isinstance(value, tuple):
        for one in value:
            yield from _links(one)


def lookup_values(
    records: Sequence[Record], known: Container[str] = frozenset()
) -> dict[tuple[str, str], set[str]]:
    """Return the values to look up in Odoo by model and field; known external ids need none."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for record in records:
        for _, value in (*record.values, *record.initial):
            if type(value) is Match and value.own not in known:
                wanted.setdefault((value.model, value.field), set()).add(value.value)
    return wanted

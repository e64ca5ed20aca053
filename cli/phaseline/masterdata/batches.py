"""How records are cut into calls: parents before children, equal columns together, none too big."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from phaseline.masterdata.records import Combination, Found, Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phaseline.masterdata.records import Record

Thing = TypeVar("Thing")


def cut(things: Sequence[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
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
    here = {record.xmlid: record for record in records}
    depth: dict[str, int] = {}
    for record in records:
        _measure(record, here, depth)
    levels: dict[int, list[Record]] = {}
    for record in records:
        levels.setdefault(depth[record.xmlid], []).append(record)
    return [tuple(levels[level]) for level in sorted(levels)]


def _measure(record: Record, here: dict[str, Record], depth: dict[str, int]) -> int:
    path: list[Record] = []
    now: Record | None = record
    while now is not None and now.xmlid not in depth:
        path.append(now)
        parents = [here[link] for link in links(now) if link in here and link != now.xmlid]
        now = parents[0] if parents and parents[0] not in path else None
    level = depth[now.xmlid] if now is not None else -1
    for one in reversed(path):
        level += 1
        depth[one.xmlid] = level
    return level


def links(record: Record) -> Iterator[str]:
    """Yield every external id a record points to."""
    for _, value in (*record.values, *record.initial):
        yield from _links(value)


def _links(value: Any) -> Iterator[str]:
    if isinstance(value, Link):
        yield value.xmlid
        if value.other:
            yield value.other
    elif isinstance(value, Found) and value.own:
        yield value.own
    elif isinstance(value, Combination):
        yield value.template
        yield from value.values
    elif isinstance(value, tuple):
        for one in value:
            yield from _links(one)


def found(records: Sequence[Record]) -> dict[tuple[str, str], set[str]]:
    """Return the values to look up in Odoo by model and field."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for record in records:
        for _, value in (*record.values, *record.initial):
            if isinstance(value, Found):
                wanted.setdefault((value.model, value.field), set()).add(value.value)
    return wanted

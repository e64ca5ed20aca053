"""What a line says of other lines: parents, references to other files and to Odoo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.masterdata.findings import Finding, truncate
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from phaseline.masterdata.records import Row
    from phaseline.masterdata.spec import Column, ObjectSpec
    from phaseline.masterdata.validation.verdict import Verdict


def cycles(spec: ObjectSpec, rows: Iterable[Row]) -> Iterator[Finding]:
    """Yield one fault for each circle of lines that are each other's parents."""
    for column in spec.columns:
        if column.references != spec.name:
            continue
        parent = {row.key(spec.key)[0]: row.values.get(column.name) for row in rows}
        at = {row.key(spec.key)[0]: row.number for row in rows}
        for circle in circles(parent):
            if len(circle) > 1:
                yield Finding(
                    "D022",
                    "lines are each other's parents: " + " > ".join((*circle, circle[0])),
                    "Break the circle.",
                    at[circle[0]],
                    column.name,
                    truncate(circle[0]),
                )


def circles(parent: Mapping[str, str | None]) -> list[tuple[str, ...]]:
    """Return the circles in a child-to-parent mapping."""
    done: set[str] = set()
    found = []
    for start in parent:
        path: list[str] = []
        here: str | None = start
        while here is not None and here in parent and here not in done and here not in path:
            path.append(here)
            here = parent[here]
        if here in path:
            found.append(tuple(path[path.index(here) :]))
        done.update(path)
    return found


def own_keys(verdict: Verdict) -> frozenset[str]:
    """Return the keys of an object's good lines, as other files name them."""
    first = verdict.spec.key[0]
    return frozenset(str(row.values.get(first)) for row in verdict.good)


def references(
    verdict: Verdict,
    keys: Mapping[str, Collection[str]],
    seen: Mapping[str, Mapping[str, int]],
    *,
    strict: bool,
) -> Iterator[Finding]:
    """Yield each reference that leads nowhere or to several records.

    `keys` has the good keys of each object whose file is here, `seen` how many records of Odoo a
    value means. Without an Odoo (not `strict`) objects without a file are not judged.
    """
    told = {(one.row, one.column) for one in verdict.findings if not one.warning}
    for column in verdict.spec.columns:
        if column.type != "reference":
            continue
        there = keys.get(column.references or "")
        counts = seen.get(column.name, {})
        for row in verdict.rows:
            value = row.values.get(column.name)
            if value is None or (there is not None and value in there):
                continue
            if (row.number, column.name) in told:
                continue
            known = value in column.known or value.startswith("ref:") or there is None
            times = counts.get(value, 0) if strict else int(known)
            if times == 0:
                yield missing_reference(row, column, value, there or ())
            elif times > 1:
                yield Finding(
                    "D021",
                    f"Odoo has {times} such records",
                    "Name it by `ref:` and its external id.",
                    row.number,
                    column.name,
                    truncate(value),
                )


def inactive_currencies(
    verdict: Verdict, inactive_by_column: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Yield each line that names a currency Odoo has and nobody switched on."""
    for column, currencies in inactive_by_column.items():
        for row in verdict.rows:
            if row.values.get(column) in currencies:
                yield Finding(
                    "D018",
                    "the currency is not active in this Odoo",
                    "Activate it in the tenant's currencies, or correct it here.",
                    row.number,
                    column,
                    truncate(row.values[column]),
                )


def missing_reference(row: Row, column: Column, value: str, there: Collection[str]) -> Finding:
    """Return the finding of a reference that leads nowhere."""
    near = suggest(value, there)
    return Finding(
        "D021",
        f"there is no such line in {column.references or (column.found_by or ('Odoo',))[0]}",
        f"{near} Add it there, or correct it here.".lstrip(),
        row.number,
        column.name,
        truncate(value),
    )

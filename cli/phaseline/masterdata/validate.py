"""All findings of a file at once: header, cells, lines, keys, references and cycles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from phaseline.errors import Place
from phaseline.masterdata import values
from phaseline.masterdata.findings import Finding, Refused, cut
from phaseline.masterdata.records import Row
from phaseline.masterdata.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from phaseline.masterdata.findings import Table
    from phaseline.masterdata.spec import Column, Spec

TOTALS = frozenset({"total", "totals", "sum", "grand total", "summe", "gesamt", "totaal"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation says of one file."""

    spec: Spec
    table: Table
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    faults: tuple[Finding, ...]
    mended: Counter[str]

    @property
    def rejected(self) -> int:
        """How many lines are rejected."""
        return len(self.rejected_rows)

    @property
    def rejected_rows(self) -> frozenset[int]:
        """The numbers of the rejected lines."""
        return frozenset(one.row for one in self.findings if not one.warning)

    @property
    def good(self) -> tuple[Row, ...]:
        """The lines without a rejecting finding."""
        bad = self.rejected_rows
        return tuple(row for row in self.rows if row.number not in bad)

    @property
    def score(self) -> float:
        """Share of lines without a finding, in percent with one decimal."""
        total = len(self.table.rows)
        flawed = len({one.row for one in self.findings})
        return round(100 * (total - flawed) / total, 1) if total else 100.0


def check(spec: Spec, table: Table, reading: values.Reading) -> Verdict:
    """Return the verdict on a file taken alone; references to other files come later."""
    places, faults = columns(spec, table)
    if faults:
        return Verdict(spec, table, (), (), tuple(faults), table.mended)
    findings: list[Finding] = []
    rows = tuple(_rows(spec, table, places, reading, findings))
    refused = {(one.row, one.column) for one in findings}
    for use in spec.rules:
        if all(name in places for name in use.columns):
            findings.extend(
                one
                for one in RULES[use.rule].check(use, rows)
                if not any((one.row, name) in refused for name in (*use.columns, *use.group))
            )
    faults.extend(cycles(spec, rows))
    mended = table.mended + reading.mended
    return Verdict(spec, table, rows, tuple(findings), tuple(faults), mended)


def columns(spec: Spec, table: Table) -> tuple[dict[str, int], list[Finding]]:
    """Return where each column of the spec stands, and the faults of the header."""
    names = [_plain(name) for name in table.header]
    known = {column.name: column for column in spec.columns}
    faults = []
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            faults.append(Finding("D007", f"column '{name}' is there {times} times",
                                  "Keep one of them.", 1, name))  # fmt: skip
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            faults.append(
                Finding(
                    "D007",
                    f"column '{cut(name)}' is unknown",
                    f"{hint}Rename or remove it; `phaseline data template {spec.name}` shows all.",
                    1,
                    cut(name),
                )
            )
    faults.extend(
        Finding("D007", f"column '{column.name}' is missing", "Add it.", 1, column.name)
        for column in spec.columns
        if column.required and not column.default and column.name not in names
    )
    return {name: place for place, name in enumerate(names) if name in known}, faults


def _plain(name: str) -> str:
    return "_".join(name.strip().rstrip("*").strip().casefold().replace("-", " ").split())


def _rows(
    spec: Spec,
    table: Table,
    places: Mapping[str, int],
    reading: values.Reading,
    findings: list[Finding],
) -> Iterator[Row]:
    present = [(column, places[column.name]) for column in spec.columns if column.name in places]
    defaults = [
        (column, values.parse(column, "", reading))
        for column in spec.columns
        if column.name not in places and column.default
    ]
    for number, cells in table.rows:
        if _is_total(cells):
            findings.append(
                Finding(
                    "D037",
                    "the line is a total, not a record",
                    "Remove it.",
                    number,
                    table.header[0],
                    cut(cells[0]),
                )
            )
            continue
        yield _row(number, cells, present, reading, findings, defaults)


def _is_total(cells: Sequence[object]) -> bool:
    filled = [cell for cell in cells if cell not in (None, "")]
    return bool(filled) and str(filled[0]).strip().rstrip(":").casefold() in TOTALS


def _row(
    number: int,
    cells: Sequence[object],
    present: Sequence[tuple[Column, int]],
    reading: values.Reading,
    findings: list[Finding],
    defaults: Sequence[tuple[Column, Any]],
) -> Row:
    found: dict[str, Any] = {column.name: value for column, value in defaults}
    for column, place in present:
        raw = cells[place] if place < len(cells) else None
        try:
            value = values.demand(column, raw, reading)
        except Refused as refused:
            findings.append(
                Finding(refused.code, str(refused), refused.hint, number, column.name, cut(raw))
            )
            value = None
        found[column.name] = value
    return Row(number, found)


def cycles(spec: Spec, rows: Iterable[Row]) -> Iterator[Finding]:
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
                    cut(circle[0]),
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
                yield missing(row, column, value, there or ())
            elif times > 1:
                yield Finding(
                    "D021",
                    f"Odoo has {times} such records",
                    "Name it by `ref:` and its external id.",
                    row.number,
                    column.name,
                    cut(value),
                )


def place(table: Table, one: Finding) -> Place:
    """Return where a finding stands."""
    return Place(table.file, one.row or None, one.column or None, table.sheet)


def missing(row: Row, column: Column, value: str, there: Collection[str]) -> Finding:
    """Return the finding of a reference that leads nowhere."""
    near = get_close_matches(value, list(there)[:5000], n=1)
    meant = f"Did you mean '{near[0]}'? " if near else ""
    return Finding(
        "D021",
        f"there is no such line in {column.references or (column.found_by or ('Odoo',))[0]}",
        f"{meant}Add it there, or correct it here.",
        row.number,
        column.name,
        cut(value),
    )


def with_findings(verdict: Verdict, more: Iterable[Finding]) -> Verdict:
    """Return the verdict with further findings; those it has already are not told twice."""
    fresh = tuple(one for one in more if one not in verdict.findings)
    return replace(verdict, findings=(*verdict.findings, *fresh)) if fresh else verdict

"""All findings of a file at once: header, cells, lines, keys, references and cycles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.findings import CellError, Finding, truncate
from phaseline.masterdata.parsing import values
from phaseline.masterdata.parsing.text import column_name
from phaseline.masterdata.records import Row
from phaseline.masterdata.validation import references, totals
from phaseline.masterdata.validation.rules import RULES
from phaseline.masterdata.validation.verdict import Verdict
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from phaseline.masterdata.findings import Table
    from phaseline.masterdata.spec import Column, ObjectSpec


def check(spec: ObjectSpec, table: Table, reading: values.Reading) -> Verdict:
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
    faults.extend(references.cycles(spec, rows))
    faults.extend(totals.faults(spec, table, places, rows, findings, reading))
    told = {one.row for one in faults if one.code == "D024"}
    findings = [one for one in findings if one.row not in told]
    mended = table.mended + reading.mended
    return Verdict(spec, table, rows, tuple(findings), tuple(faults), mended)


def columns(spec: ObjectSpec, table: Table) -> tuple[dict[str, int], list[Finding]]:
    """Return where each column of the spec stands, and the faults of the header."""
    names = [column_name(name) for name in table.header]
    known = {column.name: column for column in spec.columns}
    faults = []
    for name, times in Counter(name for name in names if name).items():
        if times > 1:
            faults.append(Finding("D007", f"column '{name}' is there {times} times",
                                  "Keep one of them.", 1, name))  # fmt: skip
        if name not in known:
            near = suggest(name, known)
            repair = f"Rename or remove it; `phaseline data template {spec.name}` shows all."
            faults.append(
                Finding(
                    "D007",
                    f"column '{truncate(name)}' is unknown",
                    f"{near} {repair}".lstrip(),
                    1,
                    truncate(name),
                )
            )
    faults.extend(
        Finding("D007", f"column '{column.name}' is missing", "Add it.", 1, column.name)
        for column in spec.columns
        if column.required and not column.default and column.name not in names
    )
    return {name: place for place, name in enumerate(names) if name in known}, faults


def _rows(
    spec: ObjectSpec,
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
        if totals.is_total(cells):
            findings.append(
                Finding(
                    "D037",
                    "the line is a total, not a record",
                    "Remove it.",
                    number,
                    table.header[0],
                    truncate(cells[0]),
                )
            )
            continue
        yield _row(number, cells, present, reading, findings, defaults)


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
            value = values.parse_required(column, raw, reading)
        except CellError as refused:
            findings.append(
                Finding(
                    refused.code, str(refused), refused.hint, number, column.name, truncate(raw)
                )
            )
            value = None
        found[column.name] = value
    return Row(number, found)

"""Reads the data sheet of a workbook into a `Table`; cells keep the type they have there."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.data import xlsx_guard
from phaseline.masterdata.findings import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = "Data"
MOST_FAULTS = 50


def read(
    name: str, body: bytes, *, sheet: str | None, cached_formulas: bool, template: str
) -> Table:
    """Return the table of a workbook's data sheet; raises all faults of the file."""
    archive, inside = xlsx_guard.inspect(name, body)
    _demand_template(name, inside.template, template)
    chosen, part = choose(name, inside, sheet)
    facts = xlsx_guard.facts(name, archive, part)
    faults = list(_sheet_faults(name, chosen, facts, cached_formulas=cached_formulas))
    if faults:
        raise PhaselineError(*faults[:MOST_FAULTS])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise PhaselineError(
            Fault("D026", "the workbook is damaged", Place(name), "Save it again.")
        ) from error
    return _table(name, chosen, rows, facts)


def _demand_template(name: str, found: str | None, wanted: str) -> None:
    if found and wanted and found.rpartition("/")[0] != wanted.rpartition("/")[0]:
        raise PhaselineError(
            Fault(
                "D035",
                f"the workbook is a template of '{found.split('/')[1]}'",
                Place(name),
                f"Use the template of '{wanted.split('/')[1]}'.",
            )
        )


def choose(name: str, inside: xlsx_guard.Inside, sheet: str | None) -> tuple[str, str]:
    """Return name and part of the sheet to read: the named one, `Data`, or the only visible one."""
    sheets = {title: part for title, part, _ in inside.sheets}
    visible = [title for title, _, shown in inside.sheets if shown]
    wanted = sheet or (DATA if DATA in sheets else None)
    if wanted is None and len(visible) == 1:
        wanted = visible[0]
    if wanted not in sheets:
        raise PhaselineError(
            Fault(
                "D008",
                f"there is no sheet '{sheet or DATA}'",
                Place(name),
                f"Name one with --sheet: {', '.join(visible)}.",
            )
        )
    return wanted, sheets[wanted]


def _sheet_faults(
    name: str, sheet: str, facts: xlsx_guard.SheetFacts, *, cached_formulas: bool
) -> list[Fault]:
    faults = []
    if facts.merged:
        faults.append(
            Fault("D007", "cells are merged", Place(name, sheet=sheet), "Split merged cells.")
        )
    if not cached_formulas:
        faults += [
            Fault(
                "D028",
                "the cell holds a formula",
                Place(name, row, column, sheet),
                "Paste it as a value, or say --accept-cached-formulas.",
            )
            for column, row in facts.formulas
        ]
    return faults


def _table(
    name: str, sheet: str, rows: Sequence[Sequence[object]], facts: xlsx_guard.SheetFacts
) -> Table:
    if not rows or not any(cell not in ("", None) for cell in rows[0]):
        raise PhaselineError(
            Fault("D008", "the first row is no header", Place(name, 1, sheet=sheet), "Add it.")
        )
    mended: Counter[str] = Counter()
    header = tuple(str(cell) for cell in rows[0])
    while header and not header[-1].strip():
        header = header[:-1]
    lines: list[tuple[int, tuple[object, ...]]] = []
    _demand_headed(name, sheet, rows, len(header))
    for number, cells in enumerate(rows[1:], 2):
        if any(cell not in ("", None) for cell in cells):
            lines.append((number, tuple(cells[: len(header)])))
        else:
            mended["blank line"] += 1
    if not lines:
        raise PhaselineError(
            Fault("D008", "the sheet has no lines", Place(name, 2, sheet=sheet), "Fill it in.")
        )
    notes = [
        f"{count} hidden {what} are included"
        for count, what in ((facts.hidden_rows, "rows"), (facts.hidden_columns, "columns"))
        if count
    ]
    return Table(name, header, tuple(lines), sheet, mended=mended, notes=tuple(notes))


def _demand_headed(name: str, sheet: str, rows: Sequence[Sequence[object]], width: int) -> None:
    """Refuse cells beside the header: which column they belong to is nobody's guess."""
    faults = [
        Fault(
            "D006",
            "the line has cells beside the last column of the header",
            Place(name, number, sheet=sheet),
            "Give their column a head, or empty them.",
        )
        for number, cells in enumerate(rows[1:], 2)
        if any(cell not in ("", None) for cell in cells[width:])
    ]
    if faults:
        raise PhaselineError(*faults[:MOST_FAULTS])

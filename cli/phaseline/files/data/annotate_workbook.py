"""Gives rejected lines back: marked cells in a copy of the workbook, and a CSV of reasons."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from phaseline.masterdata.parsing.text import CONTROLS, column_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from phaseline.masterdata.findings import Finding
    from phaseline.masterdata.validation.verdict import Verdict

REJECTED = PatternFill("solid", fgColor="FFC7CE")
WARNED = PatternFill("solid", fgColor="FFEB9C")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
REASONS = ("row", "column", "code", "value", "what_is_wrong", "how_to_repair")


def escaped(value: object) -> str:
    """Return a value as text that no spreadsheet runs as a formula, nor refuses to open."""
    text = writable(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def writable(value: object) -> str:
    """Return a value as text with control characters spelt out: a workbook cannot hold them."""
    text = "" if value is None else str(value)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def rejected_csv(verdict: Verdict) -> str:
    """Return every finding as CSV with the line's own cells behind it."""
    cells = dict(verdict.table.rows)
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow((*REASONS, *verdict.table.header))
    for one in sorted(verdict.findings, key=lambda one: (one.row, one.column)):
        told = (one.row, one.column, one.code, one.value, one.message, one.hint)
        line = cells.get(one.row, ())
        writer.writerow([*map(escaped, told), *map(escaped, line)])
    return target.getvalue()


def annotate(body: bytes, verdict: Verdict) -> bytes:
    """Return a copy of the client's workbook in which each finding's cell is coloured and noted."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    sheet = book[verdict.table.sheet or book.sheetnames[0]]
    places = {column_name(name): place for place, name in enumerate(verdict.table.header, 1)}
    for (row, column), found in _by_cell(verdict.findings).items():
        target = sheet.cell(row=row, column=places.get(column, 1))
        worst = any(not one.warning for one in found)
        target.fill = REJECTED if worst else WARNED
        said = "\n".join(f"{one.code}: {one.message}. {one.hint}" for one in found)
        target.comment = Comment(said, "phaseline", width=320, height=120)
    if "Errors" in book.sheetnames:
        del book["Errors"]
    _errors(book.create_sheet("Errors"), verdict.findings)
    target_file = io.BytesIO()
    book.save(target_file)
    return target_file.getvalue()


def annotate_csv(verdict: Verdict) -> bytes:
    """Return a workbook of a CSV file's lines in which each finding's cell is marked."""
    book = openpyxl.Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "Data"
    last = max((number for number, _ in verdict.table.rows), default=1)
    lines = dict(verdict.table.rows)
    for row in range(1, last + 1):
        _write(sheet, row, verdict.table.header if row == 1 else lines.get(row, ()))
    target = io.BytesIO()
    book.save(target)
    return annotate(target.getvalue(), _on_sheet(verdict, "Data"))


def _on_sheet(verdict: Verdict, sheet: str) -> Verdict:
    return replace(verdict, table=replace(verdict.table, sheet=sheet))


def _write(sheet: Worksheet, row: int, cells: Sequence[object]) -> None:
    for place, value in enumerate(cells, 1):
        cell = sheet.cell(row=row, column=place)
        cell.value = writable(value)
        cell.data_type = "s"
        cell.number_format = "@"


def _by_cell(findings: Iterable[Finding]) -> dict[tuple[int, str], list[Finding]]:
    cells: dict[tuple[int, str], list[Finding]] = {}
    for one in findings:
        if one.row:
            cells.setdefault((one.row, one.column), []).append(one)
    return cells


def _errors(sheet: Worksheet, findings: Iterable[Finding]) -> None:
    sheet.append(list(REASONS))
    for one in findings:
        sheet.append([one.row, one.column, one.code, escaped(one.value), one.message, one.hint])

"""Writes the workbook a client fills in, made from a spec and nothing else."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from phaseline.masterdata.spec import Column, ObjectSpec

ROWS = 20_000
CREATED = datetime(2026, 1, 1, tzinfo=UTC)  # the same spec gives the same bytes
YES_NO = ("yes", "no")
TEXT = "@"
NUMBERS = {"number": "0.######", "money": "0.00##", "integer": "0", "date": "yyyy-mm-dd"}
WIDEST = 42


def template(spec: ObjectSpec) -> bytes:
    """Return the workbook of an object, with drop-downs for choices and known references."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_custom_property("phaseline_template", spec.template_id)
    book.set_custom_property("phaseline_language", "en")
    book.set_properties({"title": spec.title, "comments": spec.about, "created": CREATED})
    _read_me(book, spec)
    data = book.add_worksheet("Data")
    lists = book.add_worksheet("Lists")
    _data(book, data, spec)
    _validations(data, lists, spec)
    _examples(book, spec)
    lists.hide()
    data.activate()
    data.set_first_sheet()
    book.close()
    return target.getvalue()


def _read_me(book: Workbook, spec: ObjectSpec) -> None:
    sheet = book.add_worksheet("Read me")
    bold = book.add_format({"bold": True, "font_size": 14})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 10)
    sheet.set_column(3, 4, 60)
    sheet.write_string(0, 0, spec.title, bold)
    sheet.write_string(1, 0, spec.about)
    sheet.write_string(2, 0, f"Filled in by: {spec.owner}. One line a record on sheet Data.")
    sheet.write_string(3, 0, "Columns with a dark head are required. Do not rename columns.")
    for place, title in enumerate(("Column", "Type", "Required", "Meaning", "Example")):
        sheet.write_string(5, place, title, head)
    for row, column in enumerate(spec.columns, 6):
        told = (column.name, column.type, "yes" if column.required else "", meaning(column))
        for place, text in enumerate((*told, column.example)):
            sheet.write_string(row, place, text, wrap)


def meaning(column: Column) -> str:
    """Return what a column means with its unit, choices, bounds and default, in one text."""
    parts = [column.says]
    if column.unit:
        parts.append(f"In {column.unit}.")
    if column.choices:
        parts.append(f"One of: {', '.join(column.choices)}.")
    if column.type in {"number", "money"}:
        parts.append(f"At most {column.decimals} decimals.")
    if column.references:
        parts.append(f"A line of {column.references}.")
    if column.default and not column.default.startswith("ref:"):
        parts.append(f"Empty means {column.default}.")
    return " ".join(parts)


def _data(book: Workbook, sheet: Worksheet, spec: ObjectSpec) -> None:
    required = book.add_format({"bold": True, "bg_color": "#1F4E5F", "font_color": "#FFFFFF"})
    optional = book.add_format({"bold": True, "bg_color": "#DCE6EA", "font_color": "#222222"})
    missing = book.add_format({"bg_color": "#FCE4D6"})
    double = book.add_format({"bg_color": "#F8CBAD", "font_color": "#9C0006"})
    sheet.freeze_panes(1, len(spec.key) if len(spec.key) == 1 else 0)
    for place, column in enumerate(spec.columns):
        letters = xl_col_to_name(place)
        area = f"{letters}2:{letters}{ROWS + 1}"
        form = book.add_format({"num_format": NUMBERS.get(column.type, TEXT)})
        width = min(WIDEST, max(len(column.name) + 2, len(column.example) + 2, 10))
        sheet.set_column(place, place, width, form)
        sheet.write_string(0, place, column.name, required if column.required else optional)
        sheet.write_comment(0, place, note(column), {"x_scale": 2, "y_scale": 1.4})
        if column.required:
            rule = f'AND(COUNTA($A2:${xl_col_to_name(len(spec.columns) - 1)}2)>0,{letters}2="")'
            sheet.conditional_format(
                area, {"type": "formula", "criteria": f"={rule}", "format": missing}
            )
        if spec.key == (column.name,):
            sheet.conditional_format(area, {"type": "duplicate", "format": double})
    sheet.autofilter(0, 0, ROWS, len(spec.columns) - 1)


def note(column: Column) -> str:
    """Return the note on a column's head: meaning, required, example and Odoo's field."""
    lines = [meaning(column), "Required." if column.required else "Optional."]
    if column.example:
        lines.append(f"Example: {column.example}")
    if column.field:
        lines.append(f"Odoo: {column.field}")
    return "\n".join(lines)


def _validations(data: Worksheet, lists: Worksheet, spec: ObjectSpec) -> None:
    """Give each column its drop-down or its bounds.

    A reference to lines of the same sheet offers their keys, another one the names every Odoo has.
    """
    used = 0
    for place, column in enumerate(spec.columns):
        choices = YES_NO if column.type == "boolean" else column.choices or column.known
        if column.references == spec.name:
            key = xl_col_to_name(spec.header.index(spec.key[0]))
            _drop_down(data, place, column, f"=${key}$2:${key}${ROWS + 1}")
        elif choices:
            letters = xl_col_to_name(used)
            lists.write_column(0, used, (column.name, *choices))
            _drop_down(data, place, column, f"=Lists!${letters}$2:${letters}${len(choices) + 1}")
            used += 1
        else:
            _numbers(data, column, (1, place, ROWS, place))


def _drop_down(sheet: Worksheet, place: int, column: Column, source: str) -> None:
    """Offer a list in a column; a reference may name what the list does not have."""
    complaint = {
        "error_title": column.name,
        "error_message": "Choose from the list.",
        "error_type": "stop" if column.choices else "warning",
    }
    rule = {"validate": "list", "source": source, "show_error": column.type != "reference"}
    sheet.data_validation(1, place, ROWS, place, rule | complaint)


def _numbers(sheet: Worksheet, column: Column, area: tuple[int, int, int, int]) -> None:
    if column.type in {"number", "money", "integer"}:
        low = column.at_least if column.at_least is not None else column.above
        kind = "integer" if column.type == "integer" else "decimal"
        if low is not None:
            sheet.data_validation(
                *area,
                {
                    "validate": kind,
                    "criteria": ">=",
                    "value": float(low),
                    "error_message": meaning(column)[:255],
                },
            )


def _examples(book: Workbook, spec: ObjectSpec) -> None:
    sheet = book.add_worksheet("Examples")
    head = book.add_format({"bold": True, "bottom": 1})
    for place, column in enumerate(spec.columns):
        sheet.set_column(place, place, min(WIDEST, max(len(column.example), len(column.name)) + 2))
        sheet.write_string(0, place, column.name, head)
        sheet.write_string(1, place, column.example)

"""The round trip: a template goes out, filled lines come back, mistakes are marked in it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from phaseline.errors import PhaselineError
from phaseline.files.data import annotate_workbook, specs, tables, workbook, xlsx_guard, xlsx_tables
from phaseline.files.paths import kit_dir
from phaseline.flows.data.template import csv_header
from phaseline.masterdata.parsing.text import tidy
from phaseline.masterdata.parsing.values import Reading
from phaseline.masterdata.validation import references, validate

SPECS = {spec.name: spec for spec in specs.read_all(kit_dir())}
NAUGHTY = Path(__file__).parents[3] / "port" / "naughty_strings.json.gz"


def book_of(rows, sheet="Data", **cells):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    for row, line in enumerate(rows):
        page.write_row(row, 0, line)
    for address, formula in cells.items():
        page.write_formula(address, formula, None, 5)
    book.close()
    return target.getvalue()


def read(body, **options):
    defaults = {"sheet": None, "cached_formulas": False, "template": ""}
    return xlsx_tables.read("book.xlsx", body, **{**defaults, **options})


def repacked(body, change):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(target, "w", 8) as copy:
        for member in source.infolist():
            name, content = change(member.filename, source.read(member))
            copy.writestr(name, content)
    return target.getvalue()


def refused(body, **options):
    with pytest.raises(PhaselineError) as caught:
        read(body, **options)
    return caught.value.faults


def fill(name, lines):
    book = openpyxl.load_workbook(io.BytesIO(workbook.template(SPECS[name])))
    for row, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            cell = book["Data"].cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("name", sorted(SPECS))
def test_a_template_carries_its_columns_and_its_identity(name):
    spec = SPECS[name]
    book = openpyxl.load_workbook(io.BytesIO(workbook.template(spec)))
    assert book.sheetnames == ["Read me", "Data", "Lists", "Examples"]
    assert book["Lists"].sheet_state == "hidden"
    assert [cell.value for cell in book["Data"][1]] == list(spec.header)
    assert all(cell.comment for cell in book["Data"][1])
    properties = book.custom_doc_props  # type: ignore[attr-defined]
    assert properties["phaseline_template"].value == spec.template_id
    assert book["Data"].freeze_panes in {"A2", "B2"}


@pytest.mark.parametrize("name", sorted(SPECS))
def test_the_template_in_the_tree_is_the_one_of_the_spec(name):
    folder = specs.folder(kit_dir()) / name
    assert (folder / "template.csv").read_text() == csv_header(SPECS[name])
    assert (folder / "template.xlsx").read_bytes() == workbook.template(SPECS[name])


def drop_downs(name):
    """The drop-down of each column that has one: what it offers, and whether others are refused."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.template(SPECS[name])))
    found = {}
    for rule in book["Data"].data_validations.dataValidation:
        if rule.type != "list":
            continue
        (area,) = rule.sqref.ranges
        sheet, _, cells = rule.formula1.rpartition("!")
        offered = book["Lists"][cells.replace("$", "")] if sheet else ()
        column = book["Data"].cell(1, area.min_col).value
        values = tuple(cell.value for (cell,) in offered) or rule.formula1
        found[column] = (values, bool(rule.showErrorMessage) and rule.errorStyle != "warning")
    return found


def test_choices_are_a_drop_down_that_takes_nothing_else():
    assert drop_downs("products")["kind"] == (("goods", "service"), True)


def test_a_reference_offers_what_every_odoo_has_and_takes_other_names():
    offered, only = drop_downs("products")["unit"]
    assert offered[:2] == ("Units", "Hours")
    assert not only


def test_a_reference_to_lines_of_the_same_file_offers_their_keys():
    place = SPECS["categories"].header.index("category")
    assert place == 0
    assert drop_downs("categories")["parent"] == ("$A$2:$A$20001", False)


def test_twelve_mistakes_come_back_as_twelve_marked_cells(tmp_path):
    good = ["OK-1", "Mug", "Goods", "goods", "Units", 7.5]
    bad = [
        (1, 123), (1, "4.2E+10"), (2, None), (2, "CafÃ©"), (3, "Nowhere"), (4, "thing"),
        (5, "pcs"), (6, "1.234,56"), (6, -1), (6, 1.005), (6, "#N/A"), (1, "ok-1"),
    ]  # fmt: skip
    lines = [good]
    for place, (column, value) in enumerate(bad):
        line = [f"BAD-{place}", "Mug", "Goods", "goods", "Units", 7.5]
        line[column - 1] = value
        lines.append(line)
    path = tmp_path / "products.xlsx"
    path.write_bytes(fill("products", lines))
    spec = SPECS["products"]
    verdict = validate.check(spec, tables.read(path, template=spec.template_id), Reading())
    keys = {"units": ("Units",), "categories": ("Goods",), "products": ()}
    more = tuple(references.references(verdict, keys, {}, strict=False))
    verdict = verdict.with_findings(more)
    assert verdict.rejected == len(bad)
    book = openpyxl.load_workbook(
        io.BytesIO(annotate_workbook.annotate(path.read_bytes(), verdict))
    )
    marked = {
        (cell.row, cell.column)
        for row in book["Data"].iter_rows(min_row=2)
        for cell in row
        if cell.comment
    }
    assert marked == {(row, column) for row, (column, _) in enumerate(bad, 3)}
    assert book["Errors"].max_row == len(bad) + 1


def test_a_clean_second_delivery_has_no_finding(tmp_path):
    path = tmp_path / "products.xlsx"
    path.write_bytes(fill("products", [["OK-1", "Mug", "Goods", "goods", "Units", 7.5]]))
    verdict = validate.check(SPECS["products"], tables.read(path), Reading())
    assert (verdict.findings, verdict.faults, verdict.score) == ((), (), 100.0)


def test_every_naughty_string_survives_or_is_refused_and_never_changes():
    strings = json.loads(gzip.decompress(NAUGHTY.read_bytes()))
    spec = SPECS["products"]
    from phaseline.masterdata.findings import Table  # noqa: PLC0415

    rows = tuple((row, (f"N-{row}", text)) for row, text in enumerate(strings, 2))
    verdict = validate.check(spec, Table("n.csv", ("sku", "name"), rows), Reading())
    refused_rows = verdict.rejected_rows
    for row in verdict.rows:
        said = strings[row.number - 2]
        if row.number not in refused_rows:
            assert row.values["name"] == tidy(said, Counter())


def test_what_we_write_back_is_never_run_as_a_formula():
    for value in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        assert annotate_workbook.escaped(value).startswith("'")


def test_a_formula_is_refused_with_its_cell_and_read_when_told():
    body = book_of([["sku", "price"], ["A", None]], B2="=2+3")
    (fault,) = refused(body)
    assert (fault.code, str(fault.place)) == ("D028", "book.xlsx [Data]:2:B")
    assert read(body, cached_formulas=True).rows[0][1][1] == 5.0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda name, body: (name, b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + body), "D027"),
        (lambda name, body: (name.replace("xl/styles.xml", "xl/vbaProject.bin"), body), "D026"),
        (
            lambda name, body: (
                name.replace("xl/styles.xml", "xl/externalLinks/externalLink1.xml"),
                body,
            ),
            "D026",
        ),
        (lambda name, body: (name, body + b" " * 50_000_000 * ("sheet1.xml" in name)), "D026"),
        (lambda name, body: (name, body.replace(b'r="A2"', b'r="XFD1048576"')), "D026"),
        (lambda name, body: (name, body[: len(body) // 2]), "D026"),
    ],
    ids=["entity", "macro", "external link", "bomb", "absurd area", "damaged"],
)
def test_a_dangerous_workbook_is_refused_before_it_is_opened(change, code):
    body = repacked(book_of([["sku", "name"], ["A", "b"]]), change)
    assert refused(body)[0].code == code


def test_a_workbook_without_the_data_sheet_asks_for_a_name():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name in ("One", "Two"):
        book.add_worksheet(name).write_row(0, 0, ["sku"])
    book.close()
    (fault,) = refused(target.getvalue())
    assert fault.code == "D008"
    assert "One, Two" in fault.hint


def test_hidden_rows_are_read_and_told():
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet("Data")
    for row, text in enumerate(["sku", "A", "B"]):
        page.write_string(row, 0, text)
    page.set_row(2, None, None, {"hidden": True})
    book.close()
    table = read(target.getvalue())
    assert len(table.rows) == 2
    assert table.notes == ("1 hidden rows are included",)


def test_the_workbook_of_another_object_is_refused():
    body = fill("customers", [["C-1", "Somebody"]])
    (fault,) = refused(body, template=SPECS["products"].template_id)
    assert fault.code == "D035"


def test_a_csv_file_comes_back_as_a_workbook_with_marks(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,name,list_price\nA-1,=1+1,abc\n")
    verdict = validate.check(SPECS["products"], tables.read(path), Reading())
    book = openpyxl.load_workbook(io.BytesIO(annotate_workbook.annotate_csv(verdict)))
    assert book["Data"]["C2"].comment
    assert book["Data"]["B2"].data_type == "s"
    text = annotate_workbook.rejected_csv(verdict)
    assert "'=1+1" in text


def test_a_cell_beside_the_header_is_not_passed_over_in_silence():
    (fault,) = refused(book_of([["sku", "name"], ["A", "x"], ["B", "y", "lost"]]))
    assert (fault.code, fault.place.line) == ("D006", 3)


def test_a_formula_under_prefixed_tags_is_found_too():
    def prefixed(name, content):
        if name == "xl/worksheets/sheet1.xml":
            content = content.replace(b"<c ", b"<x:c ").replace(b"<f>", b"<x:f>")
        return name, content

    body = repacked(book_of([["sku"], ["A"]], A3="=1+1"), prefixed)
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert xlsx_guard.facts("b.xlsx", archive, "xl/worksheets/sheet1.xml").formulas == (("A", 3),)


def test_a_workbook_with_a_broken_part_is_told_as_damaged():
    body = bytearray(book_of([["sku"], ["A"]]))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        part = archive.getinfo("xl/workbook.xml")
    at = part.header_offset + 30 + len(part.filename) + 20
    body[at : at + 8] = b"\xff" * 8
    assert [fault.code for fault in refused(bytes(body))] == ["D026"]


def test_a_control_character_comes_back_spelt_out(tmp_path):
    path = tmp_path / "units.csv"
    path.write_bytes(b"unit,holds,of_unit\nA\x0bB,1,Units\n")
    verdict = validate.check(SPECS["units"], tables.read(path), Reading())
    assert {one.code for one in verdict.findings} == {"D004"}
    book = openpyxl.load_workbook(io.BytesIO(annotate_workbook.annotate_csv(verdict)))
    assert book["Data"]["A2"].value == "A\\u000bB"
    assert "\x0b" not in annotate_workbook.rejected_csv(verdict)

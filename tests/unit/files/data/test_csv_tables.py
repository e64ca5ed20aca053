"""CSV files are read exactly, or refused with the line that is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.data import csv_tables, tables

DATA = Path(__file__).parents[3] / "data"
SPECTRUM = sorted((DATA / "csv_spectrum" / "csvs").glob("*.csv"))


def read(body, **options):
    return csv_tables.read("file.csv", body.encode() if isinstance(body, str) else body, **options)


def refused(body, **options):
    with pytest.raises(PhaselineError) as caught:
        read(body, **options)
    return caught.value.faults


@pytest.mark.parametrize("path", SPECTRUM, ids=[path.stem for path in SPECTRUM])
def test_a_file_of_csv_spectrum_gives_what_its_json_says(path):
    wanted = json.loads((DATA / "csv_spectrum" / "json" / f"{path.stem}.json").read_text())
    table = csv_tables.read(path.name, path.read_bytes())
    found = [dict(zip(table.header, cells, strict=True)) for _, cells in table.rows]
    assert found == [one for one in wanted if any(one.values())]


@pytest.mark.parametrize(
    ("body", "cell", "mended"),
    [
        (b"\xef\xbb\xbfid,name\n1,caf\xc3\xa9\n", "café", "byte order mark"),
        ("id,name\n1,café\n".encode("utf-16"), "café", "encoding utf-16"),
        (b"id,name\n1,caf\xe9\n", "café", "encoding windows-1252"),
    ],
)
def test_the_encoding_is_found_and_told(body, cell, mended):
    table = read(body)
    assert table.rows[0][1][1] == cell
    assert table.mended[mended] == 1


def test_a_declared_encoding_is_used():
    assert read("id,name\n1,ßß\n".encode("latin-1"), encoding="latin-1").rows[0][1][1] == "ßß"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator):
    table = read(f"id{separator}name\n1{separator}a b\n")
    assert table.header == ("id", "name")


def test_commas_in_numbers_do_not_hide_the_semicolon():
    assert read("id;price\n1;1,5\n2;2,5\n").rows[0][1] == ("1", "1,5")


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("", "D008", None),
        ("id,name\n", "D008", 1),
        ('id,name\n1,"open\n2,b\n', "D006", 2),
        ("id,name\n1,a\n2\n", "D006", 3),
        ("id,name\n1,a,b\n", "D006", 2),
        ("id,name\n1," + "x" * 1_000_001 + "\n", "D006", 2),
        (b"id,name\n1,caf\xc3\xa9\n2,caf\xe9\n", "D002", 3),
        (b"id,name\n1,\x81\n", "D002", 2),
        ("a,b;c\n1,2;3\n", "D005", 1),
    ],
)
def test_a_broken_file_is_refused_with_its_line(body, code, line):
    (fault, *_) = refused(body)
    assert (fault.code, fault.place.line) == (code, line)
    assert fault.hint


def test_every_ragged_line_is_told_at_once():
    assert [fault.place.line for fault in refused("a,b\n1\n2,3\n4,5,6\n")] == [2, 4]


def test_blank_lines_are_counted_and_line_numbers_stay_true():
    table = read('a,b\n1,"x\ny"\n\n,,\n2,z\n'.replace(",,", ","))
    assert [number for number, _ in table.rows] == [2, 6]
    assert table.mended["blank line"] == 2


def test_a_file_of_another_kind_is_refused_whatever_its_name(tmp_path):
    for name, body in (
        ("a.csv", b"PK\x03\x04rest"),
        ("a.xlsx", b"id,name\n"),
        ("b.csv", b"\xd0\xcf\x11\xe0rest"),
        ("a.xls", b"x"),
        ("a.ods", b"x"),
        ("a.xlsm", b"PK\x03\x04"),
    ):
        path = tmp_path / name
        path.write_bytes(body)
        with pytest.raises(PhaselineError) as caught:
            tables.read(path)
        assert caught.value.faults[0].code == "D026", name


def test_a_file_name_or_link_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")
    link = tmp_path / "in" / "data.csv"
    link.symlink_to(outside)
    dash = tmp_path / "-rf.csv"
    dash.write_text("a\n1\n")
    for path in (link, dash, tmp_path / ("x" * 130 + ".csv")):
        with pytest.raises(PhaselineError) as caught:
            tables.read(path)
        assert caught.value.faults[0].code == "D033"
    with pytest.raises(PhaselineError) as caught:
        tables.read(tmp_path / "absent.csv")
    assert caught.value.faults[0].code == "D001"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("defective-rows.csv", "D006"),
        ("empty.csv", "D008"),
        ("without-rows.csv", "D008"),
        ("table.xls", "D026"),
        ("table.ods", "D026"),
        ("merged-cells.xlsx", "D007"),
    ],
)
def test_a_broken_file_of_frictionless_is_refused(name, code):
    with pytest.raises(PhaselineError) as caught:
        tables.read(DATA / "frictionless" / name)
    assert caught.value.faults[0].code == code


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("bom.csv", ("id", "name")),
        ("delimiter.csv", ("id", "name")),
        ("leading-zeros.csv", ("value",)),
    ],
)
def test_a_good_file_of_frictionless_is_read(name, header):
    assert tables.read(DATA / "frictionless" / name).header == header


def test_leading_zeros_survive():
    table = tables.read(DATA / "frictionless" / "leading-zeros.csv")
    assert [cells[0] for _, cells in table.rows] == ["01", "002", "00003"]


def test_blank_lines_on_top_are_no_header():
    table = csv_tables.read("units.csv", b"\n , \nunit,factor\nkg,1\n")
    assert (table.header, table.rows) == (("unit", "factor"), ((4, ("kg", "1")),))
    assert table.mended["blank line"] == 2


def test_a_file_of_blank_cells_is_empty():
    with pytest.raises(PhaselineError) as caught:
        csv_tables.read("units.csv", b'"",""\n')
    assert caught.value.faults[0].code == "D008"

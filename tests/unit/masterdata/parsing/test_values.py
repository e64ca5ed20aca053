"""Cells become values, or the reason why not."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from phaseline.masterdata.findings import CellError
from phaseline.masterdata.parsing.values import Reading, parse
from phaseline.masterdata.spec import Column


def column(kind, **more):
    return Column("it", kind, "says", **more)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("code", "00123", "00123"),
        ("code", "0503E000", "0503E000"),
        ("text", " Tea\u00a0pot ", "Tea pot"),
        ("text", "=1+1", "=1+1"),
        ("money", "12.50", Decimal("12.50")),
        ("money", 7.5, Decimal("7.50")),
        ("number", 0.30000000000000004, Decimal("0.30")),
        ("integer", "14", 14),
        ("boolean", "yes", True),
        ("boolean", False, False),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", datetime(2024, 2, 29, 0, 0), date(2024, 2, 29)),  # noqa: DTZ001
        ("gtin", "4006381333931", "4006381333931"),
        ("country", "gb", "GB"),
        ("money", "", None),
        ("money", None, None),
    ],
)
def test_a_good_cell_becomes_its_value(kind, cell, value):
    assert parse(column(kind), cell, Reading()) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("code", 123.0, "D009"),
        ("code", True, "D011"),
        ("code", datetime(2024, 3, 1, 0, 0), "D011"),  # noqa: DTZ001
        ("code", "4.00638E+12", "D010"),
        ("gtin", 4006381333931.0, "D010"),
        ("gtin", "4006381333930", "D010"),
        ("gtin", "400638133393", "D010"),
        ("text", "MÃ¼ller", "D003"),
        ("text", "a\x00b", "D004"),
        ("text", "a\u202eb", "D004"),
        ("code", "a\u200bb", "D004"),
        ("code", "MUG-\u0410", "D019"),
        ("date", "31/12/2024", "D012"),
        ("date", "2023-02-29", "D012"),
        ("date", "45352", "D012"),
        ("money", "1.234,56", "D013"),
        ("money", "1'234.56", "D013"),
        ("money", "1 234", "D013"),
        ("money", "(5.00)", "D013"),
        ("money", "5-", "D013"),
        ("money", "12%", "D013"),
        ("money", "€ 5", "D013"),
        ("money", "1,5", "D013"),
        ("money", "NaN", "D014"),
        ("money", "inf", "D014"),
        ("money", float("nan"), "D014"),
        ("money", "1e400", "D014"),
        ("money", "1_000", "D014"),
        ("money", "\u0663", "D014"),
        ("money", "\uff11", "D014"),
        ("money", "#N/A", "D014"),
        ("money", "#REF!", "D014"),
        ("money", "-", "D014"),
        ("money", "1.005", "D015"),
        ("money", "12345678901234", "D015"),
        ("integer", "2.5", "D015"),
        ("money", True, "D011"),
        ("currency", "XXX", "D018"),
        ("currency", "DEM", "D018"),
        ("email", "a@b@c.com", "D023"),
        ("phone", "call me", "D023"),
        ("country", "UK", "D023"),
        ("boolean", "maybe", "D051"),
    ],
)
def test_a_bad_cell_is_refused_and_never_coerced(kind, cell, code):
    with pytest.raises(CellError) as refused:
        parse(column(kind), cell, Reading())
    assert refused.value.code == code
    assert refused.value.hint


@pytest.mark.parametrize("cell", ["1.234", "1.234,50", "0.5"])
def test_a_point_under_a_declared_comma_is_nobodys_guess(cell):
    with pytest.raises(CellError) as caught:
        parse(column("money"), cell, Reading(decimal_comma=True))
    assert caught.value.code == "D013"
    assert "leave --decimal-comma out" in caught.value.hint


def test_a_default_is_read_as_the_spec_writes_it():
    how = Reading(decimal_comma=True, date_format="%d/%m/%Y")
    assert parse(column("money", default="1.50"), "", how) == Decimal("1.50")
    assert parse(column("date", default="2026-03-31"), None, how) == date(2026, 3, 31)


AFTERNOON = datetime(2024, 3, 1, 14, 30)  # noqa: DTZ001 (a workbook's cells have no zone)


@pytest.mark.parametrize("cell", [AFTERNOON, "\u0662\u0660\u0662\u0664-\u0660\u0663-\u0660\u0661"])
def test_a_date_loses_no_time_and_has_plain_digits(cell):
    with pytest.raises(CellError) as caught:
        parse(column("date"), cell, Reading())
    assert caught.value.code == "D012"


def test_a_declared_decimal_comma_is_read():
    assert parse(column("money"), "1234,50", Reading(decimal_comma=True)) == Decimal("1234.50")


def test_a_declared_date_format_is_the_only_one_read():
    reading = Reading(date_format="%d/%m/%Y")
    assert parse(column("date"), "03/04/2024", reading) == date(2024, 4, 3)
    with pytest.raises(CellError):
        parse(column("date"), "2024-04-03", reading)


def test_what_is_mended_is_counted():
    reading = Reading()
    parse(column("text"), "a\u00a0b\r\nc ", reading)
    parse(column("number"), 0.1 + 0.2, reading)
    assert dict(reading.mended) == {
        "no-break space": 1,
        "line end": 1,
        "outer blanks": 1,
        "float noise": 1,
    }


def test_an_empty_cell_takes_the_default():
    assert parse(column("choice", choices=("auto",), default="auto"), "", Reading()) == "auto"

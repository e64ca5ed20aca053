"""An opening balance is right as a whole, or its file is refused."""

from __future__ import annotations

import pytest

from phaseline.files.data import specs
from phaseline.files.paths import kit_dir
from phaseline.masterdata.findings import Table
from phaseline.masterdata.parsing.values import Reading
from phaseline.masterdata.validation import validate, verdict

SPEC = specs.lookup(kit_dir(), "opening_stock")
GOOD = [("A", "S-01", "5"), ("A", "S-02", "7.5"), ("B", "", "1")]


def faults(*lines: tuple[str, ...]) -> list[str]:
    rows = tuple(enumerate((*GOOD, *lines), 2))
    table = Table("stock.csv", ("sku", "location", "quantity"), rows)
    return [f"{one.row} {one.code} {one.message}" for one in check(table).faults]


def check(table: Table) -> verdict.Verdict:
    return validate.check(SPEC, table, Reading())


def test_a_whole_file_is_fine() -> None:
    assert faults() == []


def test_the_same_article_in_the_same_place_is_counted_once() -> None:
    assert faults(("A", "S-01", "2")) == [
        "5 D024 sku, location of row 2 again: which of the two is right?"
    ]


def test_an_empty_place_is_the_main_stock_and_counted_once() -> None:
    assert len(faults(("B", "", "2"))) == 1


def test_less_than_nothing_stops_the_file() -> None:
    assert faults(("C", "S-03", "-2")) == [
        "5 D024 quantity is negative: the rest would be booked without it"
    ]


def test_a_total_that_the_lines_do_not_reach_stops_the_file() -> None:
    assert faults(("Total", "", "14")) == ["5 D024 the lines add up to 13.5, this total says 14"]


@pytest.mark.parametrize("told", ["13.5", "13.50", ""])
def test_a_total_that_agrees_rejects_only_its_line(told: str) -> None:
    assert faults(("Total", "", told)) == []


def test_with_a_line_that_cannot_be_read_no_total_is_judged() -> None:
    assert faults(("C", "S-03", "many"), ("Total", "", "99")) == []

"""A source's lines pass stated rules and become our files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from phaseline.masterdata.migration import mapping, transforms
from phaseline.masterdata.migration.mapping import LineRule, Output, SourceMap

COLUMNS = ("No", "Code", "Text", "Pieces", "Price", "Who", "Land")
RULES = (
    LineRule("broken", "", {"test": "broken", "columns": ["Code", "Pieces", "Price"]}, "leave_out"),
    LineRule(
        "case", "", {"test": "not_matches", "column": "Code", "pattern": "[^a-z]*"}, "mend",
        column="Code", transform="upper",
    ),
    LineRule("again", "", {"test": "repeated"}, "leave_out"),
    LineRule(
        "cancel", "", {"test": "matches", "column": "No", "pattern": "C.*"}, "mark",
        mark="cancelled",
    ),
    LineRule(
        "off", "",
        {"test": "below", "column": "Pieces", "number": "0", "unless": "cancelled"}, "mark",
        mark="written_off",
    ),
)  # fmt: skip
OUTPUTS = (
    Output(
        "products", "Code", frozenset({"cancelled", "written_off"}),
        columns=(
            ("sku", {"key": True}),
            ("name", {"most_frequent": "Text"}),
            ("list_price", {"median": "Price"}),
            ("cost", {"share_of": "list_price", "share": "0.5"}),
        ),
    ),
    Output(
        "stock", "Code", frozenset({"written_off"}), among="products",
        columns=(
            ("sku", {"key": True}),
            ("pieces", {"cover": "Pieces", "more_days": "5"}),
            ("cost", {"from": "products", "column": "cost"}),
        ),
    ),
)  # fmt: skip
LINES = [
    ["1", "a1", "CUP", "10", "2.00", "", ""],
    ["1", "a1", "CUP", "10", "2.00", "", ""],
    ["2", "A1", "TEA CUP", "4", "3.00", "", ""],
    ["3", "A1", "CUP", "6", "2.50", "", ""],
    ["C4", "A1", "CUP", "-10", "2.00", "", ""],
    ["5", "A1", "lost", "-99", "0", "", ""],
    ["6", "", "x", "1", "1", "", ""],
    ["7", "B2", "x", "one", "1", "", ""],
]


@pytest.fixture
def plan():
    return SourceMap("s", "", "f.csv", COLUMNS, Decimal(10), RULES, {}, OUTPUTS)


def test_every_rule_tells_how_many_lines_it_touched(plan):
    kept, touched = mapping.sift(plan, [list(line) for line in LINES])
    assert dict(touched) == {"broken": 2, "case": 2, "again": 1, "cancel": 1, "off": 1}
    assert len(kept) == 5


def test_the_outputs_are_made_of_the_lines_they_may_use(plan):
    kept, _ = mapping.sift(plan, [list(line) for line in LINES])
    products, stock = mapping.make(plan, kept)
    assert products.rows == (("A1", "CUP", "2.50", "1.25"),)
    assert products.several == {"Text": 1}
    assert stock.rows == (("A1", "5", "1.25"),)


def test_a_cancelled_sale_lowers_demand_and_stock_is_never_none(plan):
    lines = [["1", "A1", "CUP", "5", "1", "", ""], ["C1", "A1", "CUP", "-5", "1", "", ""]]
    _, stock = mapping.make(plan, mapping.sift(plan, lines)[0])
    assert stock.rows[0][1] == "1"


@pytest.mark.parametrize(
    ("name", "code"),
    [("EIRE", "IE"), ("RSA", "ZA"), ("Channel Islands", "JE"), ("Unspecified", ""), ("?", "?")],
)
def test_countries_become_codes_and_no_country_becomes_nothing(name, code):
    assert transforms.country_code(name) == code


def test_a_customer_number_loses_its_decimals():
    assert transforms.whole_number("17850.0") == "17850"

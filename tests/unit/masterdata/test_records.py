"""Lines become records with stable external ids; parents come first and only differences count."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from phaseline.masterdata.loading import batches, comparison
from phaseline.masterdata.loading.comparison import FieldKind
from phaseline.masterdata.records import (
    Combination,
    Link,
    Match,
    Record,
    Row,
    external_id,
    records,
    reference,
)
from phaseline.masterdata.spec import Column, ObjectSpec, RecordTemplate


def spec(*shapes):
    columns = (
        Column("sku", "code", "", field="default_code"),
        Column("unit", "reference", "", references="units", found_by=("uom.uom", "name")),
        Column("price", "money", ""),
        Column("group", "code", ""),
    )
    return ObjectSpec("goods", "1", "", "", "", 1, ("sku",), columns, (), shapes)


def test_an_external_id_keeps_keys_apart_and_spells_odd_signs():
    assert external_id("goods", ("A-1",)) == "phaseline_data.goods.A-1"
    assert external_id("goods", ("a.b,c",)) == "phaseline_data.goods.a~2eb~2cc"
    assert external_id("p", ("a", "")) != external_id("p", ("a",))


def test_the_same_number_gives_the_same_key_however_it_is_written():
    one, other = Row(2, {"n": Decimal("10.00")}), Row(3, {"n": Decimal("1E+1")})
    assert one.key(("n",)) == other.key(("n",)) == ("10",)


def test_a_line_becomes_a_record_with_links_and_constants():
    shape = RecordTemplate(
        "goods",
        "product.product",
        ("sku",),
        (("default_code", "sku"), ("uom_id", "unit")),
        always=(("route_id", "ref:stock.route"), ("active", True)),
    )
    (record,) = records(spec(shape), shape, [Row(2, {"sku": "A", "unit": "Box"})])
    assert dict(record.values) == {
        "default_code": "A",
        "uom_id": Match("uom.uom", "name", "Box", "phaseline_data.units.Box"),
        "route_id": Link("phaseline.stock.route", "stock.route"),
        "active": True,
    }


def test_a_column_the_file_does_not_have_is_not_owned():
    shape = RecordTemplate(
        "goods", "m", ("sku",), (("default_code", "sku"), ("list_price", "price"))
    )
    (record,) = records(spec(shape), shape, [Row(2, {"sku": "A"})])
    assert dict(record.values) == {"default_code": "A"}


def test_lines_of_one_group_are_one_record_with_all_their_values():
    shape = RecordTemplate(
        "groups", "m", ("group",), (("value_ids", {"links": "goods", "of": ["sku"]}),)
    )
    rows = [Row(2, {"sku": "A", "group": "G"}), Row(3, {"sku": "B", "group": "G"})]
    (record,) = records(spec(shape), shape, rows)
    assert dict(record.values)["value_ids"] == (
        Link("phaseline_data.goods.A"),
        Link("phaseline_data.goods.B"),
    )


def test_a_reference_may_name_a_record_of_the_blueprint():
    assert reference("units", None, "ref:unit.box") == Link("phaseline.unit.box", "unit.box")


def record(name, *parents):
    return Record(name, 1, tuple((f"p{i}", Link(parent)) for i, parent in enumerate(parents)))


def test_parents_are_sent_before_their_children():
    waves = batches.waves([record("c", "b"), record("a"), record("b", "a"), record("x", "other")])
    assert [[one.xmlid for one in wave] for wave in waves] == [["a", "x"], ["b"], ["c"]]


def test_links_tell_everything_a_record_points_to():
    values = (
        ("v", Combination("t", ("a", "b"))),
        ("f", Match("m", "name", "x", "own")),
        ("l", Link("one", "other")),
    )
    found = list(batches.links(Record("r", 1, values)))
    assert found == ["t", "a", "b", "own", "one", "other"]


@pytest.mark.parametrize(
    ("count", "size"), [(1, 1), (2, 1), (10, 5), (2000, 1000), (2001, 501), (3277, 820)]
)
def test_batches_keep_both_clients_busy_and_stay_small(count, size):
    assert batches.even(count, 1000, 2) == size


@pytest.mark.parametrize(
    ("kind", "wanted", "actual", "differs"),
    [
        (FieldKind("float"), Decimal("0.30"), 0.30000000000000004, False),
        (FieldKind("float"), Decimal("2.55"), 2.56, True),
        (FieldKind("float", 2), Decimal("2.5501"), 2.55, False),
        (FieldKind("float"), None, 0.0, False),
        (FieldKind("char"), None, False, False),
        (FieldKind("char"), "a", "A", True),
        (FieldKind("boolean"), False, False, False),
        (FieldKind("many2one"), 7, 7, False),
        (FieldKind("many2one"), None, False, False),
        (FieldKind("many2many"), (2, 1), [1, 2], False),
        (FieldKind("many2many"), (), [1], True),
        (FieldKind("date"), date(2026, 1, 1), "2026-01-01", False),
        (FieldKind("integer"), None, 0, False),
        (FieldKind("selection"), "auto", "manual", True),
    ],
)
def test_values_are_compared_by_the_type_of_their_field(kind, wanted, actual, differs):
    assert comparison.differs(wanted, actual, kind) is differs


def test_cells_for_load_go_by_database_id_and_clear_with_empty_text():
    assert comparison.column("uom_id", FieldKind("many2one")) == "uom_id/.id"
    assert comparison.cell(None, FieldKind("many2one")) == ""
    assert comparison.cell((3, 4), FieldKind("many2many")) == "3,4"
    assert comparison.cell(Decimal("1.50"), FieldKind("float")) == "1.50"
    assert comparison.cell(False, FieldKind("boolean")) == "0"

"""Opening stock is booked once: a lost answer is waited for and never sent again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from phaseline.masterdata.records import Link, Record
from phaseline.odoo import lost_calls
from phaseline.odoo.data import opening_stock
from phaseline.odoo.data.loader import Loader
from phaseline.odoo.memory.port import MemoryOdoo

QUANT = {
    "product_id": {"type": "many2one", "relation": "product.product"},
    "location_id": {"type": "many2one", "relation": "stock.location"},
    "inventory_quantity": {"type": "float"},
}
MOVE = {
    "product_id": {"type": "many2one", "relation": "product.product"},
    "location_dest_id": {"type": "many2one", "relation": "stock.location"},
    "quantity": {"type": "float"},
    "is_inventory": {"type": "boolean"},
    "state": {"type": "char"},
    "inventory_name": {"type": "char"},
}
LINE = Record(
    "phaseline_data.opening_stock.MUG|WH",
    2,
    (
        ("product_id", Link("phaseline_data.products.MUG")),
        ("location_id", Link("phaseline_data.locations.WH")),
        ("inventory_quantity", Decimal(5)),
    ),
)


def book(port, ids):
    """What Odoo does with counts that are applied: a done move each."""
    for quant in port.call("stock.quant", "read", list(ids), fields=list(QUANT), load=None):
        port.create(
            "stock.move",
            [
                {
                    "product_id": quant["product_id"],
                    "location_dest_id": quant["location_id"],
                    "quantity": quant["inventory_quantity"],
                    "is_inventory": True,
                    "state": "done",
                    "inventory_name": opening_stock.NAME,
                }
            ],
        )
    return False


@pytest.fixture
def odoo(monkeypatch):
    monkeypatch.setattr(lost_calls, "PATIENCE", 0.5)
    memory = MemoryOdoo()
    for model in ("product.product", "stock.location"):
        memory.declare(model, {"name": {"type": "char"}})
    memory.declare("stock.quant", QUANT)
    memory.declare("stock.move", MOVE)
    memory.method("stock.quant", "action_apply_inventory", book)
    memory.seed("phaseline_data.products.MUG", "product.product", {"name": "Mug"})
    memory.seed("phaseline_data.locations.WH", "stock.location", {"name": "Shelf"})
    return memory


def load(odoo):
    loader = Loader([odoo])
    opening_stock.load(loader, [LINE])
    return loader.outcome


def test_stock_is_booked_once_and_another_quantity_is_refused(odoo):
    assert load(odoo).created == 1
    assert load(odoo).unchanged == 1
    odoo.call("stock.move", "write", [1], vals={"quantity": 7})
    assert [(one.row, one.code) for one in load(odoo).refused] == [(2, "D061")]


def test_a_lost_answer_is_settled_by_what_was_booked(odoo):
    odoo.fail_next("action_apply_inventory", "lost")
    outcome = load(odoo)
    assert (outcome.created, outcome.unknown, outcome.stopped) == (1, 0, None)


def test_a_booking_that_comes_through_late_is_waited_for(odoo):
    late, questions = [], []

    def later(port, ids):
        late.extend(ids)
        return False

    def arrive(port, ids, *, domain, fields, load, **_):
        """Show what was booked from the third question on."""
        questions.append(domain)
        if len(questions) == 3:
            book(port, late)
        rows = port.model("stock.move").rows
        return [{"id": one, **{name: row[name] for name in fields}} for one, row in rows.items()]

    odoo.method("stock.quant", "action_apply_inventory", later)
    odoo.method("stock.move", "search_read", arrive)
    odoo.fail_next("action_apply_inventory", "lost")
    outcome = load(odoo)
    assert (outcome.created, outcome.unknown) == (1, 0)
    applied = [call for call in odoo.calls if call.method == "action_apply_inventory"]
    assert len(applied) == 1


def test_what_never_arrives_is_unknown_and_the_load_stops(odoo):
    odoo.method("stock.quant", "action_apply_inventory", lambda port, ids: False)
    odoo.fail_next("action_apply_inventory", "lost")
    outcome = load(odoo)
    assert (outcome.created, outcome.unknown, outcome.stopped.code) == (0, 1, "O007")

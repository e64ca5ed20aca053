"""One reader of `fields_get`: what a plan, a proof and a load know of a field."""

from __future__ import annotations

from typing import Any

import pytest

from phaseline.core.plan.actual import FieldInfo
from phaseline.masterdata.loading.comparison import FieldKind
from phaseline.odoo import field_types
from phaseline.odoo.memory.port import MemoryOdoo

FIELDS: dict[str, dict[str, Any]] = {
    "name": {"type": "char", "readonly": True},
    "price": {"type": "float", "digits": [16, 2]},
    "state": {"type": "selection", "selection": [["draft", "Draft"], ["done", "Done"]]},
    "line_ids": {"type": "one2many", "relation": "x.line", "relation_field": "thing_id"},
    "partner_id": {"type": "many2one", "relation": "res.partner"},
    "email": {"type": "char", "related": "partner_id.email", "store": False},
    "kept": {"type": "char", "related": "partner_id.kept", "store": True},
}


@pytest.fixture
def odoo():
    memory = MemoryOdoo()
    memory.declare("x.thing", FIELDS)
    memory.calls.clear()
    return memory


def test_a_plan_knows_relations_digits_choices_and_what_is_readonly(odoo):
    found = field_types.infos(odoo, "x.thing", ["name", "price", "state", "line_ids"])
    assert found == {
        "name": FieldInfo("char", readonly=True),
        "price": FieldInfo("float", digits=2),
        "state": FieldInfo("selection", choices=("draft", "done")),
        "line_ids": FieldInfo("one2many", "x.line", "thing_id"),
    }
    assert len(odoo.calls) == 1


def test_fields_that_are_not_there_are_left_out_and_all_names_are_told(odoo):
    assert field_types.infos(odoo, "x.thing", ["nmae"]) == {}
    assert "line_ids" in field_types.names(odoo, "x.thing")


def test_a_proof_asks_for_all_fields_by_type_and_relation_only(odoo):
    found = field_types.infos(odoo, "x.thing", None, field_types.OF_PROOF)
    assert found["line_ids"] == FieldInfo("one2many", "x.line")
    assert found["price"] == FieldInfo("float")


def test_a_load_learns_the_link_of_an_inherited_field_with_it(odoo):
    assert field_types.kinds(odoo, "x.thing", ["price", "email", "kept"]) == {
        "price": FieldKind("float", 2),
        "email": FieldKind("char", through="partner_id"),
        "kept": FieldKind("char"),
        "partner_id": FieldKind("many2one", relation="res.partner"),
    }

"""External ids are looked up in bulk, each in its own module."""

from __future__ import annotations

from phaseline.odoo import external_ids
from phaseline.odoo.memory.port import MemoryOdoo

TAG = "res.partner.category"


def test_a_name_is_found_in_its_own_module_only():
    odoo = MemoryOdoo()
    one = odoo.seed("phaseline.tag.a", TAG, {"name": "A"})
    odoo.seed("base.tag.b", TAG, {"name": "B"})
    found = external_ids.lookup(odoo, ["phaseline.tag.a", "phaseline.tag.b", "base.tag.a"])
    assert found == {"phaseline.tag.a": (TAG, one)}


def test_refs_of_ours_and_of_odoo_are_found_in_one_call():
    odoo = MemoryOdoo()
    one = odoo.seed("phaseline.tag.a", TAG, {"name": "A"})
    odoo.calls.clear()
    found = external_ids.find_refs(odoo, ["tag.a", "base.USD", "tag.none"], ["tag.a", "tag.none"])
    assert found == {"tag.a": (TAG, one), "base.USD": ("res.currency", 1)}
    assert len(odoo.calls) == 1


def test_nothing_wanted_is_no_call():
    odoo = MemoryOdoo()
    assert external_ids.lookup(odoo, []) == {}
    assert odoo.calls == []

"""What only the double has: declared models and methods, trouble on demand, counted calls."""

from __future__ import annotations

import pytest

from phaseline.errors import PhaselineError
from phaseline.odoo.memory.port import MemoryOdoo


@pytest.fixture
def odoo():
    return MemoryOdoo()


def test_a_declared_model_behaves_like_the_others(odoo):
    odoo.declare("x.thing", {"name": {"type": "char", "required": True}})
    made = odoo.call("x.thing", "create", vals_list=[{"name": "One"}])
    assert odoo.call("x.thing", "read", made, fields=["name"]) == [{"id": 1, "name": "One"}]
    found = odoo.call("ir.model", "search_count", domain=[["model", "=", "x.thing"]])
    assert found == 1


def test_a_required_field_left_empty_is_refused_and_rolled_back(odoo):
    with pytest.raises(PhaselineError, match="name"):
        odoo.call("res.partner", "create", vals_list=[{"name": "A"}, {"email": "x"}])
    assert odoo.call("res.partner", "search_count", domain=[]) == 0


def test_a_declared_method_is_called_with_the_port_and_the_ids(odoo):
    odoo.method("res.partner", "greet", lambda port, ids, word: f"{word} {ids} by {port.uid}")
    assert odoo.call("res.partner", "greet", [3], word="hi") == "hi (3,) by 2"


def test_a_lost_answer_is_lost_after_the_work_is_done(odoo):
    odoo.fail_next("create", "lost")
    with pytest.raises(PhaselineError) as caught:
        odoo.call("res.partner", "create", vals_list=[{"name": "A"}])
    assert caught.value.faults[0].code == "O007"
    assert odoo.call("res.partner", "search_count", domain=[]) == 1


def test_an_undelivered_call_did_nothing(odoo):
    odoo.fail_next("create", "undelivered")
    with pytest.raises(PhaselineError) as caught:
        odoo.call("res.partner", "create", vals_list=[{"name": "A"}])
    assert caught.value.faults[0].code == "O001"
    assert odoo.call("res.partner", "search_count", domain=[]) == 0


def test_ids_for_a_method_of_the_model_are_refused_as_they_would_break_a_driver(odoo):
    with pytest.raises(PhaselineError, match="with ids"):
        odoo.call("res.partner", "search", [], domain=[])


def test_answers_are_copies_that_a_caller_may_change(odoo):
    made = odoo.call("res.partner", "create", vals_list=[{"name": "A"}])
    odoo.call("res.partner", "read", made, fields=["name"])[0]["name"] = "changed"
    assert odoo.call("res.partner", "read", made, fields=["name"])[0]["name"] == "A"


def test_every_call_is_counted(odoo):
    odoo.call("res.partner", "search", domain=[])
    assert [(call.model, call.method) for call in odoo.calls] == [("res.partner", "search")]


def test_child_of_finds_the_whole_tree(odoo):
    top, other = odoo.call("res.partner", "create", vals_list=[{"name": "Top"}, {"name": "Other"}])
    (mid,) = odoo.call("res.partner", "create", vals_list=[{"name": "Mid", "parent_id": top}])
    (low,) = odoo.call("res.partner", "create", vals_list=[{"name": "Low", "parent_id": mid}])
    assert odoo.call("res.partner", "search", domain=[["id", "child_of", top]]) == [top, mid, low]
    assert odoo.call("res.partner", "search", domain=[["parent_id", "child_of", top]]) == [mid, low]
    assert odoo.call("res.partner", "search", domain=[["id", "child_of", [other]]]) == [other]

"""Many records in one run: made once, with their external ids, or not at all."""

from __future__ import annotations

import pytest

from phaseline.errors import PhaselineError
from phaseline.odoo import external_ids, lost_calls
from phaseline.odoo.data import bulk_create as makers
from phaseline.odoo.server_action import CREATE_RECORDS
from port.proxy import proxied

ACTIONS = [["name", "=", CREATE_RECORDS]]
REAL = pytest.mark.parametrize(
    "doors", [pytest.param("json2", marks=pytest.mark.odoo)], indirect=True
)


def rows(mark, count):
    return [{"name": f"Row {number}", "ref": mark, "color": 3} for number in range(count)]


def names(mark, count):
    return [f"phaseline_test.{mark}.{number}" for number in range(count)]


def count(port, mark):
    return port.call("res.partner", "search_count", domain=[["ref", "=", mark]])


def test_few_records_are_not_worth_a_maker(port):
    with makers.bulk_creator(port, makers.MANY - 1) as maker:
        assert maker is None


@REAL
def test_records_are_made_in_order_each_with_its_external_id(port, mark):
    wanted = names(mark, 150)
    with makers.bulk_creator(port, 150) as maker:
        made = maker.make(port, "res.partner", wanted, rows(mark, 150), {"lang": "en_US"})
    read = port.call("res.partner", "read", made, fields=["name", "ref", "color"])
    assert [row["name"] for row in read] == [f"Row {number}" for number in range(150)]
    found = external_ids.lookup(port, wanted)
    assert [found[name] for name in wanted] == [("res.partner", one) for one in made]
    assert port.call("ir.actions.server", "search_count", domain=ACTIONS) == 0


@REAL
def test_defaults_are_those_that_create_gives(port, mark):
    fields = ["uom_id", "type", "sale_ok", "taxes_id", "website_sequence", "lot_sequence_id"]
    (plain,) = port.call("product.product", "create", vals_list=[{"name": mark}])
    with makers.bulk_creator(port, makers.MANY) as maker:
        made = maker.make(
            port, "product.product", names(mark, 2), [{"name": mark}, {"name": mark}], {}
        )
    one, *others = port.call("product.product", "read", [plain, *made], fields=fields)
    for other in others:
        assert {key: other[key] for key in fields[:4]} == {key: one[key] for key in fields[:4]}
        assert other["lot_sequence_id"] == one["lot_sequence_id"]
        assert other["website_sequence"] > 0


@REAL
def test_one_row_odoo_refuses_leaves_nothing_of_the_batch(port, mark):
    wrong = [*rows(mark, 2), {"name": "Bad", "ref": mark, "color": "no number"}]
    with makers.bulk_creator(port, makers.MANY) as maker, pytest.raises(PhaselineError) as caught:
        maker.make(port, "res.partner", names(mark, 3), wrong, {})
    assert caught.value.faults[0].code == "O005"
    assert count(port, mark) == 0
    assert external_ids.lookup(port, names(mark, 3)) == {}


@REAL
def test_a_batch_that_is_sent_twice_makes_nothing_twice(port, mark):
    with makers.bulk_creator(port, makers.MANY) as maker:
        maker.make(port, "res.partner", names(mark, 3), rows(mark, 3), {})
        with pytest.raises(PhaselineError) as caught:
            maker.make(port, "res.partner", names(mark, 3), rows(mark, 3), {})
    assert caught.value.faults[0].code == "O005"
    assert count(port, mark) == 3


@REAL
def test_a_batch_whose_answer_is_lost_is_unknown_and_found_by_external_id(real_odoo, port, mark):
    with proxied(real_odoo.url) as proxy, makers.bulk_creator(port, makers.MANY) as maker:
        through = real_odoo.port("json2", url=proxy.url)
        proxy.mode, proxy.only = "lose", mark
        with pytest.raises(PhaselineError) as caught:
            maker.make(through, "res.partner", names(mark, 3), rows(mark, 3), {})
        through.close()
    assert caught.value.faults[0].code == "O007"
    assert set(lost_calls.settle(port, names(mark, 3))) == set(names(mark, 3))
    assert count(port, mark) == 3


@REAL
def test_who_may_not_make_actions_gets_no_maker(doors):
    with makers.bulk_creator(doors.clerk(("ir.actions.server", "create")), makers.MANY) as maker:
        assert maker is None


@REAL
def test_an_action_left_by_a_killed_run_is_taken_away(port):
    model = port.call("ir.model", "search", domain=[["model", "=", "res.company"]])
    left = {"name": CREATE_RECORDS, "model_id": model[0], "state": "code", "code": "action = {}"}
    port.call("ir.actions.server", "create", vals_list=[left])
    with makers.bulk_creator(port, makers.MANY):
        assert port.call("ir.actions.server", "search_count", domain=ACTIONS) == 1
    assert port.call("ir.actions.server", "search_count", domain=ACTIONS) == 0

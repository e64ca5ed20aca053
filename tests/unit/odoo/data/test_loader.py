"""The loader sends differences only, keeps both sides honest and never sends a lost write again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.masterdata.records import Link, Match, Record
from phaseline.masterdata.spec import RecordTemplate
from phaseline.odoo import field_types, lost_calls
from phaseline.odoo.data import load_tables, sender
from phaseline.odoo.data.loader import Loader
from phaseline.odoo.data.outcome import LoadOutcome
from phaseline.odoo.memory.port import MemoryOdoo

if TYPE_CHECKING:
    from phaseline.odoo.data.bulk_create import BulkCreator

FIELDS: dict[str, dict[str, Any]] = {
    "name": {"type": "char", "required": True},
    "barcode": {"type": "char"},
    "price": {"type": "float"},
    "parent_id": {"type": "many2one", "relation": "x.thing"},
    "tag_ids": {"type": "many2many", "relation": "res.partner.category"},
}
SHAPE = RecordTemplate(
    "things",
    "x.thing",
    ("code",),
    (("name", "name"), ("barcode", "b"), ("price", "p"), ("parent_id", "q"), ("tag_ids", "t")),
    adopt=("name",),
    ask=("barcode",),
)


def load(port, ids, *, fields, data):
    """What Odoo's `load` does: all of it or nothing, and the rows it refuses by their place."""
    del ids
    messages = [
        {"type": "error", "record": place, "message": "no such name"}
        for place, row in enumerate(data)
        if "bad" in map(str, row)
    ]
    if messages:
        return {"ids": False, "messages": messages}
    made = []
    for row in data:
        values = {name: _cell(name, cell) for name, cell in zip(fields, row, strict=True)}
        xmlid = values.pop("id")
        module, _, name = xmlid.partition(".")
        found = [
            one["res_id"]
            for one in port.model("ir.model.data").rows.values()
            if (one["module"], one["name"]) == (module, name)
        ]
        values = {name.removesuffix("/.id"): value for name, value in values.items()}
        if found:
            port.call("x.thing", "write", found, vals=values)
            made += found
        else:
            made.append(port.seed(xmlid, "x.thing", values))
    return {"ids": made, "messages": []}


def _cell(name, cell):
    if name == "tag_ids/.id":
        return [[6, 0, [int(one) for one in cell.split(",") if one]]]
    if name == "price":
        return float(cell or 0)
    return cell or False


@pytest.fixture
def odoo(monkeypatch):
    monkeypatch.setattr(lost_calls, "PATIENCE", 0.2)
    memory = MemoryOdoo()
    memory.declare("x.thing", FIELDS)
    memory.method("x.thing", "load", load)
    return memory


def things(count=10, **more):
    return [
        Record(
            f"phaseline_data.things.T{n}",
            n + 2,
            (("name", f"Thing {n}"), ("price", Decimal("1.50")), *more.items()),
        )
        for n in range(count)
    ]


def run(odoo, records, **options):
    loader = Loader([odoo, odoo], **options)
    loader.load(SHAPE, records)
    return loader.outcome


def sent(odoo):
    return [call for call in odoo.calls if call.method in {"load", "create", "write"}]


def test_a_first_load_makes_every_record_with_its_external_id(odoo):
    outcome = run(odoo, things())
    assert (outcome.created, outcome.updated, outcome.unchanged) == (10, 0, 0)
    assert len(odoo.model("x.thing").rows) == 10


def test_a_second_load_of_the_same_lines_sends_nothing(odoo):
    run(odoo, things())
    before = len(sent(odoo))
    outcome = run(odoo, things())
    assert (outcome.unchanged, outcome.writes) == (10, 0)
    assert len(sent(odoo)) == before


def test_only_the_changed_columns_of_the_changed_lines_are_sent(odoo):
    run(odoo, things())
    changed = things()
    changed[3] = Record(changed[3].xmlid, 5, (("name", "Thing 3"), ("price", Decimal("2.00"))))
    outcome = run(odoo, changed)
    assert (outcome.updated, outcome.unchanged) == (1, 9)
    last = [call for call in sent(odoo) if call.method == "load"][-1]
    assert last.arguments == {"fields": ["id", "price"], "data": [[changed[3].xmlid, "2.00"]]}


def test_the_calls_of_a_reload_do_not_grow_with_the_lines(odoo):
    run(odoo, things(400))
    before = len(odoo.calls)
    run(odoo, things(400))
    assert len(odoo.calls) - before <= 6


def test_children_find_the_parents_of_the_same_file(odoo):
    records = things(2)
    child = Record(
        "phaseline_data.things.C", 9, (("name", "C"), ("parent_id", Link(records[0].xmlid)))
    )
    outcome = run(odoo, [child, *records])
    assert (outcome.created, outcome.refused) == (3, [])


def test_a_line_that_points_nowhere_is_refused_alone(odoo):
    odd = Record("phaseline_data.things.O", 44, (("name", "O"), ("parent_id", Link("a.b"))))
    lost = Record("phaseline_data.things.F", 45, (("parent_id", Match("x.thing", "name", "?")),))
    outcome = run(odoo, [*things(3), odd, lost])
    assert outcome.created == 3
    assert [(one.row, one.code) for one in outcome.refused] == [(44, "D021"), (45, "D021")]


def test_a_row_odoo_refuses_is_left_out_and_the_rest_of_its_batch_is_loaded(odoo):
    records = things(50)
    records[20] = Record(records[20].xmlid, 22, (("name", "bad"), ("price", Decimal(1))))
    outcome = run(odoo, records)
    assert outcome.created == 49
    assert [(one.row, one.code) for one in outcome.refused] == [(22, "D060")]


class Refuser:
    """A maker that refuses every batch with the bad row in it, as Odoo does, and names none."""

    def __init__(self):
        self.asked = []

    def make(self, port, model, names, rows, context):
        self.asked.append(len(rows))
        if any(row["name"] == "bad" for row in rows):
            raise PhaselineError(Fault("O005", "some value is wrong"))
        for name, row in zip(names, rows, strict=True):
            port.seed(name, model, row)


def test_load_never_sees_more_rows_than_it_can_retry_in_time(odoo):
    refuser = Refuser()
    records = things(1000)
    records[700] = Record(records[700].xmlid, 702, (("name", "bad"), ("price", Decimal(1))))
    kinds = field_types.kinds(odoo, SHAPE.model, {"name", "price"})
    new = [(one, dict(one.values)) for one in records]
    outcome = LoadOutcome()
    sending = sender.Sender([odoo], SHAPE, kinds, outcome, cast("BulkCreator", refuser))
    sending.send(load_tables.creations(odoo, new, kinds, (1000, 1)))
    assert outcome.created == 999
    assert [(one.row, one.code) for one in outcome.refused] == [(702, "D060")]
    loads = [len(call.arguments["data"]) for call in odoo.calls if call.method == "load"]
    assert loads == [125, 124]
    assert refuser.asked == [1000, 500, 500, 250, 125, 125, 250]


def test_changes_go_to_load_in_parts_it_can_retry_in_time(odoo):
    run(odoo, things(900))
    dearer = [Record(one.xmlid, one.row, (("price", Decimal(9)),)) for one in things(900)]
    outcome = run(odoo, dearer)
    assert outcome.updated == 900
    loads = [len(call.arguments["data"]) for call in odoo.calls if call.method == "load"]
    assert max(loads) <= sender.AT_MOST


def test_a_server_that_is_down_means_nothing_was_loaded(odoo):
    odoo.fail_next("load", "undelivered")
    odoo.fail_next("load", "undelivered")
    outcome = run(odoo, things(4))
    assert (outcome.created, outcome.not_sent) == (0, 4)
    assert outcome.stopped.code == "O001"
    assert odoo.model("x.thing").rows == {}


def test_a_lost_answer_is_settled_by_reading_and_nothing_is_sent_twice(odoo):
    odoo.fail_next("load", "lost")
    outcome = run(odoo, things(1))
    assert (outcome.created, outcome.unknown, outcome.stopped) == (1, 0, None)
    assert len(odoo.model("x.thing").rows) == 1
    assert len([call for call in odoo.calls if call.method == "load"]) == 1


def test_a_lost_change_is_unknown_and_the_next_run_finds_it_done(odoo):
    run(odoo, things(1))
    dearer = [Record(things(1)[0].xmlid, 2, (("price", Decimal("9.00")),))]
    odoo.fail_next("load", "lost")
    assert run(odoo, dearer).unknown == 1
    again = run(odoo, dearer)
    assert (again.unchanged, again.writes) == (1, 0)


def test_a_record_with_the_same_natural_key_is_taken_over(odoo):
    odoo.create("x.thing", [{"name": "Thing 0"}])
    outcome = run(odoo, things(2))
    assert (outcome.created, outcome.updated) == (1, 1)
    assert len(odoo.model("x.thing").rows) == 2


@pytest.mark.parametrize(
    ("taking", "created", "updated", "refused"),
    [("refuse", 0, 0, ["D020"]), ("update", 0, 1, []), ("new", 1, 0, [])],
)
def test_the_same_barcode_asks_what_to_do(odoo, taking, created, updated, refused):
    odoo.create("x.thing", [{"name": "Other", "barcode": "4006381333931"}])
    line = Record("phaseline_data.things.B", 2, (("name", "B"), ("barcode", "4006381333931")))
    outcome = run(odoo, [line], taking=taking)
    assert (outcome.created, outcome.updated) == (created, updated)
    assert [one.code for one in outcome.refused] == refused


def test_lists_of_links_are_compared_as_sets(odoo):
    tags = [odoo.seed(f"x.tag{n}", "res.partner.category", {"name": f"t{n}"}) for n in (1, 2)]
    line = [
        Record(
            "phaseline_data.things.L",
            2,
            (("name", "L"), ("tag_ids", (Link("x.tag2"), Link("x.tag1")))),
        )
    ]
    run(odoo, line)
    assert odoo.value("x.thing", 1, "tag_ids") == tags
    assert run(odoo, line).writes == 0


def test_a_lock_that_is_lost_ends_the_load_between_two_batches(odoo):
    calls = []

    def guard():
        calls.append(1)
        if len(calls) > 2:  # once before the first, once for the first
            raise PhaselineError(Fault("O009", "the lock was lost"))

    loader = Loader([odoo], batch=4, guard=guard)
    loader.load(SHAPE, things(10))
    outcome = loader.outcome
    assert (outcome.created, outcome.not_sent) == (4, 6)
    assert outcome.stopped.code == "O009"

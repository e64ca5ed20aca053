"""How operations are cut into batches."""

from __future__ import annotations

from phaseline.core.blueprint.desired import Desired
from phaseline.core.blueprint.records import Record
from phaseline.core.plan.batches import AT_ONCE, next_batch, whole
from phaseline.core.plan.model import Plan
from phaseline.core.plan.operations import CreateRecord
from phaseline.errors import Place

PLACE = Place("10_file.yml", 1, 1)


def plan_of(*families: int) -> tuple[Plan, Desired]:
    """New records one after the other, each followed by as many lines as its number says."""
    records = []
    for number, lines in enumerate(families):
        ref = f"term.{number}"
        records.append(Record(ref, "term", "one", PLACE))
        for line in range(lines):
            name = f"line.{number}_{line}"
            records.append(Record(name, "line", "one", PLACE, parent=(ref, "line_ids")))
    changes = tuple(CreateRecord(one.ref, one.model, "one", PLACE, "new") for one in records)
    return Plan(("one",), changes, 0, 0), Desired(tuple(records), {}, {})


def test_a_step_takes_so_many_records_at_once() -> None:
    plan, desired = plan_of(*[0] * 700)
    assert len(next_batch(plan, desired)) == AT_ONCE


def test_a_new_record_and_its_lines_are_not_parted() -> None:
    plan, desired = plan_of(*[0] * 498, 3, 0)
    batch = next_batch(plan, desired)
    assert len(batch) == 498
    assert batch[-1].ref == "term.497"


def test_a_record_with_more_lines_than_a_step_has_goes_whole() -> None:
    plan, desired = plan_of(600, 0, 0)
    assert len(next_batch(plan, desired)) == 601


def test_families_that_are_woven_into_each_other_stay_together() -> None:
    plan, desired = plan_of(*[0] * 400, 99, 2)
    assert whole(plan.changes, desired) == AT_ONCE
    lines = [one for one in plan.changes if one.ref == "line.400_98"]
    woven = (*(one for one in plan.changes if one not in lines), *lines)
    assert whole(woven, desired) == 400

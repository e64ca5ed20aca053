"""A server action of ours is there while it is used, and none of them stays."""

from __future__ import annotations

import pytest

from phaseline.errors import PhaselineError
from phaseline.odoo.data import bulk_create
from phaseline.odoo.server_action import CREATE_RECORDS, MODEL, WRITE_PLAN, server_action
from unit.memory_project import EngineOdoo

NAME = "Phaseline: a test"
PROGRAM = "action = {'said': env.context['word']}"


@pytest.fixture
def odoo():
    return EngineOdoo()


def test_a_run_answers_with_what_the_program_makes_of_its_context(odoo):
    with server_action(odoo, NAME, PROGRAM) as action:
        assert odoo.count(MODEL) == 1
    assert odoo.count(MODEL) == 0
    with server_action(odoo, NAME, "action = {'made': 3}") as action:
        assert action.run(odoo, {}) == {"made": 3}


def test_what_a_killed_run_left_is_taken_away_and_other_actions_stay(odoo):
    values = {"name": NAME, "model_id": 1, "state": "code", "code": PROGRAM}
    kinds = [values, values, {**values, "name": CREATE_RECORDS}, {**values, "name": WRITE_PLAN}]
    odoo.create(MODEL, [*kinds, {**values, "name": "The client's own"}])
    with server_action(odoo, NAME, PROGRAM):
        assert odoo.count(MODEL) == 2
    assert [row["name"] for row in odoo.model(MODEL).rows.values()] == ["The client's own"]


def test_an_action_that_cannot_be_taken_away_is_told_and_hides_no_result(odoo, caplog):
    with server_action(odoo, NAME, "action = {'made': 1}") as action:
        odoo.fail_next("unlink", "undelivered")
        assert action.run(odoo, {}) == {"made": 1}
    assert odoo.count(MODEL) == 1
    assert f"{NAME!r} (id {action.id}) may still be in Odoo" in caplog.text


def test_who_may_not_make_actions_makes_records_without_one(odoo):
    odoo.deny(odoo.uid, MODEL, "create")
    with bulk_create.bulk_creator(odoo, bulk_create.MANY) as maker:
        assert maker is None


def test_an_odoo_that_is_away_is_an_error_of_its_own(odoo):
    odoo.fail_next("create", "undelivered")
    with pytest.raises(PhaselineError), bulk_create.bulk_creator(odoo, bulk_create.MANY):
        pass

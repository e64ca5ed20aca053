"""A copied database carries our markers and our lock along; in the copy they are not believed."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.files.render.apply import render as render_apply
from phaseline.files.render.plan import render as render_plan
from phaseline.files.render.state import render_drift, render_status
from phaseline.flows.stages import apply, drift, plan, status
from phaseline.flows.stages.apply import Permission, apply_in
from phaseline.flows.stages.plan import make
from phaseline.odoo import lock
from phaseline.odoo.stages import markers
from unit.memory_project import EngineOdoo, Workshop, opened, workshop

if TYPE_CHECKING:
    from pathlib import Path

ONE = """\
    phase: one
    sets:
      - {ref: location.a, model: location, values: {name: A, capacity: "5"}}
"""
TWO = "phase: two\nsets: [{ref: location.b, model: location, values: {name: B}}]\n"
OWN, OTHER = "11111111-aaaa", "22222222-bbbb"


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    (tmp_path / "project").mkdir()
    made = workshop(tmp_path / "project", ("10_one", "20_two"))
    made.write("10_one", "10_file.yml", ONE)
    made.write("20_two", "10_file.yml", TWO)
    made.odoo.create("ir.config_parameter", [{"key": "database.uuid", "value": OWN}])
    return made


class Heard:
    """Progress that keeps what it hears."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def step(self, name: str, detail: str = "") -> None:
        self.names.append(f"{name}{detail}")


def copied(shop: Workshop, uuid: str) -> Workshop:
    """The workshop with a copy of its Odoo, which has this uuid."""
    twin = EngineOdoo()
    twin.state.models = copy.deepcopy(shop.odoo.state.models)
    twin.settings = dict(shop.odoo.settings)
    rows = twin.call("ir.config_parameter", "search", domain=[["key", "=", "database.uuid"]])
    twin.call("ir.config_parameter", "write", rows, vals={"value": uuid})
    return replace(shop, odoo=twin)


def go(shop: Workshop, name: str = "testing", **allowed: Any) -> Any:
    environment = shop.environment(name=name)
    return apply_in(shop.project, environment, "one", Permission(**allowed))


def seen(shop: Workshop, name: str = "testing") -> Any:
    return make(shop.project, shop.environment(name=name), ("one",))


def edit(shop: Workshop) -> None:
    found = shop.odoo.of("location.a")["id"]
    shop.odoo.call("location", "write", [found], vals={"capacity": 9})


def marker(shop: Workshop) -> dict[str, Any]:
    domain = [["key", "=", f"{markers.MARKER}one"]]
    rows = shop.odoo.call("ir.config_parameter", "search_read", domain=domain, fields=["value"])
    return dict(json.loads(rows[0]["value"]))


def mark(shop: Workshop, value: str) -> None:
    """Edit the marker as it stands in Odoo."""
    domain = [["key", "=", f"{markers.MARKER}one"]]
    rows = shop.odoo.call("ir.config_parameter", "search", domain=domain)
    shop.odoo.call("ir.config_parameter", "write", rows, vals={"value": value})


def test_a_marker_names_environment_tenant_and_database(shop: Workshop) -> None:
    go(shop, "testing/acme")
    said = marker(shop)
    artifact = said.pop("artifact")
    assert said == {"environment": "testing", "tenant": "acme", "database": OWN}
    assert journal.fetch(shop.folder, artifact) is not None


@pytest.mark.parametrize(
    ("uuid", "name"),
    [(OTHER, "testing"), (OWN, "uat"), (OWN, "testing/acme"), (OTHER, "uat")],
)
def test_a_copied_database_is_not_believed(shop: Workshop, uuid: str, name: str) -> None:
    go(shop)
    twin = copied(shop, uuid)
    actual = seen(twin, name).actual
    assert actual.markers == {}
    assert [(one.kind, one.subject, one.identity.database) for one in actual.foreign] == [
        ("marker", "one", OWN)
    ]


def test_the_original_is_still_believed_after_it_was_copied(shop: Workshop) -> None:
    go(shop)
    go(copied(shop, OTHER))
    reading = seen(shop)
    assert set(reading.actual.markers) == {"one"}
    assert reading.actual.foreign == ()
    assert not go(shop).applied


def test_in_a_copy_nothing_is_overwritten_unless_it_is_named(shop: Workshop) -> None:
    go(shop)
    twin = copied(shop, OTHER)
    edit(twin)
    with pytest.raises(PhaselineError, match="was changed in Odoo perhaps") as error:
        go(twin)
    assert error.value.faults[0].code == "E004"
    assert go(twin, overwrite={"location.a.capacity"}).applied
    assert marker(twin)["database"] == OTHER
    assert seen(twin).actual.foreign == ()


def test_an_apply_gives_the_copy_its_own_marker_though_nothing_differs(shop: Workshop) -> None:
    go(shop)
    twin = copied(shop, OTHER)
    assert go(twin).applied
    assert marker(twin)["database"] == OTHER
    assert not go(twin).applied


def test_a_stage_before_that_was_applied_elsewhere_keeps_the_gate_shut(shop: Workshop) -> None:
    go(shop)
    twin = copied(shop, OTHER)
    with pytest.raises(PhaselineError, match="stage 'one' is not applied in this database"):
        apply_in(twin.project, twin.environment(), "two", Permission())


def test_a_marker_of_an_earlier_version_is_believed_and_written_anew(shop: Workshop) -> None:
    go(shop)
    plain = marker(shop)["artifact"]
    mark(shop, plain)
    assert seen(shop).actual.markers == {"one": plain}
    assert go(shop).applied
    assert marker(shop)["database"] == OWN
    assert not go(shop).applied


@pytest.mark.parametrize("lost", ["environment", "tenant", "database"])
def test_a_marker_that_lost_its_identity_is_not_one_of_an_earlier_version(
    shop: Workshop, lost: str
) -> None:
    go(shop)
    said = marker(shop)
    del said[lost]
    mark(shop, json.dumps(said))
    actual = seen(shop).actual
    assert (actual.markers, actual.nameless) == ({}, frozenset())
    assert [(one.kind, one.subject) for one in actual.foreign] == [("marker", "one")]


def test_a_lock_edited_by_hand_does_not_stop_a_plan(shop: Workshop) -> None:
    row = {"key": lock.KEY, "value": '{"pid": "mine"}'}
    shop.odoo.create("ir.config_parameter", [row])
    assert seen(shop).actual.foreign == ()


def test_the_lock_of_the_original_does_not_stop_a_copy_with_another_uuid(shop: Workshop) -> None:
    identity = seen(shop).actual.identity
    with lock.hold(shop.odoo, "apply one", identity=identity):
        twin = copied(shop, OTHER)
        assert [str(one) for one in seen(twin).actual.foreign] == [
            "the lock of apply one belongs to 'testing' (database 11111111), not to this database"
        ]
        heard = Heard()
        apply_in(twin.project, twin.environment(), "one", Permission(), heard)
        assert any("the lock of apply one belongs to" in name for name in heard.names)
    assert lock.inspect(twin.odoo) is None


def test_the_same_database_under_a_second_name_stays_locked(shop: Workshop) -> None:
    with lock.hold(shop.odoo, "apply one", identity=seen(shop).actual.identity):
        with pytest.raises(PhaselineError) as error:
            go(shop, "uat")
        assert error.value.faults[0].code == "O008"


def test_a_copied_lock_under_another_name_gives_way_when_its_lease_is_over(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "GRACE", -2.0)
    with lock.hold(shop.odoo, "apply one", lease=1.0, identity=seen(shop).actual.identity):
        twin = copied(shop, OWN)
    assert go(twin, "uat").applied


def test_plan_apply_drift_and_status_say_what_belongs_to_another_database(
    shop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    said = "stage 'one' was applied to 'testing' (database 11111111), not to this database"
    go(shop)
    twin = copied(shop, OTHER)
    with opened(twin, monkeypatch, {"testing": "testing"}):
        planned = plan.run(twin.folder, "one", "testing")
        assert said in render_plan(planned, colour=False)
        assert said in render_status(status.run(twin.folder, "testing"), colour=False)
        assert said in render_drift(drift.run(twin.folder, "one", "testing"), colour=False)
        applied = apply.run(twin.folder, "one", "testing", Permission())
        assert said in render_apply(applied, colour=False)
        assert said not in render_status(status.run(twin.folder, "testing"), colour=False)

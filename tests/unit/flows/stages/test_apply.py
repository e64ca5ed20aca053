"""Apply against an Odoo in memory: what it writes, what it refuses, and how it goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.flows.stages import apply
from phaseline.flows.stages.apply import Permission, apply_in
from phaseline.flows.stages.plan import make
from phaseline.odoo import lock
from phaseline.odoo.memory.models import new_model
from unit.memory_project import Workshop, workshop

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.plan.results import ApplyResult

STAGE = """\
    phase: one
    decisions:
      racks: {type: list, ask: "Which racks?", fields: {key: text, size: number}}
    sets:
      - ref: location.child
        model: location
        values: {name: Child, parent_id: ref:location.parent, rule: [[x, "=", "ref:tag.a"]]}
      - ref: location.parent
        model: location
        values:
          name: Parent
          tag_ids: ["ref:tag.a", "ref:tag.b"]
          line_ids:
            lines:
              - {ref: line.one, values: {name: One}}
              - {ref: line.two, values: {name: Two}}
        initial: {note: "secret:door"}
      - {ref: tag.a, model: tag, values: {name: A}}
      - {ref: tag.b, model: tag, values: {name: B}}
      - ref: location.old
        model: location
        adopt: [[name, "=", Old]]
        create: false
        values: {kind: dock}
      - ref: location.finished
        model: location
        call: finish
        with: {kind: bin}
        until: {model: location, domain: [[name, "=", Old]], expect: {count: 7}}
      - ref: location.rack_${rack.key}
        model: location
        each: {rack: "${tenant.racks}"}
        values: {name: "Rack ${rack.key}", capacity: "${rack.size}", parent_id: ref:location.parent}
"""
GONE = "phase: one\nsets: [{ref: location.a, model: location, absent: true}]\n"
RACKS = 'racks: [{key: a, size: "1.5"}, {key: b, size: "2"}, {key: c, size: "3"}]\n'


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    made = workshop(tmp_path)
    made.write("10_one", "10_file.yml", STAGE)
    made.tenant(RACKS)
    made.odoo.seed("x.old", "location", {"name": "Old", "kind": "bin"})
    made.odoo.method("location", "finish", finish)
    return made


def finish(odoo: Any, ids: tuple[int, ...], kind: str) -> bool:
    assert kind == "bin"
    found = odoo.call("location", "search", domain=[["name", "=", "Old"]])
    return bool(odoo.call("location", "write", found, vals={"count": 7}))


def go(shop: Workshop, **allowed: Any) -> ApplyResult:
    return apply_in(shop.project, shop.environment(), "one", Permission(**allowed))


def plan(shop: Workshop) -> Any:
    return make(shop.project, shop.environment(), ("one",)).plan


def test_apply_makes_the_plan_empty(shop: Workshop) -> None:
    assert plan(shop).changes
    assert go(shop).applied
    assert plan(shop).changes == ()


def test_records_get_their_values_links_lines_and_external_ids(shop: Workshop) -> None:
    go(shop)
    parent = shop.odoo.of("location.parent")
    child = shop.odoo.of("location.child")
    assert child["parent_id"] == parent["id"]
    assert child["rule"] == f"[['x', '=', {shop.odoo.of('tag.a')['id']}]]"
    assert set(parent["tag_ids"]) == {shop.odoo.of("tag.a")["id"], shop.odoo.of("tag.b")["id"]}
    assert [shop.odoo.of(ref)["name"] for ref in ("line.one", "line.two")] == ["One", "Two"]
    assert shop.odoo.of("location.old")["kind"] == "dock"
    assert shop.odoo.of("location.rack_b")["capacity"] == 2


def test_a_second_apply_only_reads(shop: Workshop) -> None:
    go(shop)
    shop.odoo.calls.clear()
    entries = len(journal.read(shop.folder))
    result = go(shop)
    reads = {"search_read", "read", "fields_get", "onchange"}
    assert {call.method for call in shop.odoo.calls} <= reads
    assert not result.applied
    assert len(journal.read(shop.folder)) == entries


def test_a_plan_of_many_records_takes_no_more_calls_than_one_of_few(shop: Workshop) -> None:
    go(shop)
    few = len(shop.odoo.calls)
    shop.odoo.calls.clear()
    plan(shop)
    few = len(shop.odoo.calls)
    shop.tenant("racks: [" + ", ".join(f'{{key: r{n}, size: "1"}}' for n in range(40)) + "]\n")
    go(shop, max_changes=100)
    shop.odoo.calls.clear()
    plan(shop)
    assert len(shop.odoo.calls) == few


def test_nothing_of_ours_stays_behind_in_odoo(shop: Workshop) -> None:
    go(shop)
    assert shop.odoo.count("ir.actions.server") == 0
    assert lock.inspect(shop.environment().port) is None


def test_a_secret_is_made_and_never_told(shop: Workshop) -> None:
    go(shop)
    secret = shop.environment().secrets.get("door")
    assert shop.odoo.of("location.parent")["note"] == secret
    told = [path.read_text() for path in (shop.folder / "journal").rglob("*") if path.is_file()]
    assert secret not in "".join(told)
    assert secret not in json.dumps([change.data() for change in plan(shop).changes])


def test_started_and_finished_are_in_the_journal(shop: Workshop) -> None:
    go(shop)
    entries = journal.read(shop.folder)
    assert [entry.kind for entry in entries] == ["apply_started", "apply_finished"]
    values = journal.fetch(shop.folder, entries[-1].payload["artifact"])
    assert values
    assert values["values"]["location.rack_a"]["capacity"] == 1.5


def test_a_change_made_in_odoo_is_refused(shop: Workshop) -> None:
    go(shop)
    rack = shop.odoo.of("location.rack_a")["id"]
    shop.odoo.call("location", "write", [rack], vals={"capacity": 9})
    with pytest.raises(PhaselineError, match="was changed in Odoo") as error:
        go(shop)
    fault = error.value.faults[0]
    assert fault.code == "E004"
    assert str(fault.place).endswith("10_file.yml:33:50")
    assert "--overwrite location.rack_a.capacity" in fault.hint


@pytest.mark.parametrize(
    "name", ["location.rack_a.capacity", "location.capacity", "location.rack_a"]
)
def test_a_named_field_is_overwritten(shop: Workshop, name: str) -> None:
    go(shop)
    rack = shop.odoo.of("location.rack_a")["id"]
    shop.odoo.call("location", "write", [rack], vals={"capacity": 9})
    go(shop, overwrite={name})
    assert shop.odoo.of("location.rack_a")["capacity"] == 1.5


def test_a_field_we_do_not_own_stays_as_people_set_it(shop: Workshop) -> None:
    go(shop)
    rack = shop.odoo.of("location.rack_a")["id"]
    shop.odoo.call("location", "write", [rack], vals={"note": "by hand"})
    assert not go(shop).applied
    assert shop.odoo.of("location.rack_a")["note"] == "by hand"


def test_a_new_answer_is_no_change_made_in_odoo(shop: Workshop) -> None:
    go(shop)
    shop.tenant(RACKS.replace("1.5", "4"))
    go(shop)
    assert shop.odoo.of("location.rack_a")["capacity"] == 4


def test_a_plan_that_moved_is_refused(shop: Workshop) -> None:
    reviewed = plan(shop).fingerprint
    shop.tenant(RACKS.replace("1.5", "4"))
    with pytest.raises(PhaselineError, match="the plan is now") as error:
        go(shop, fingerprint=reviewed)
    assert error.value.faults[0].code == "E001"


def test_a_reviewed_plan_is_applied(shop: Workshop) -> None:
    assert go(shop, fingerprint=plan(shop).fingerprint[:16]).applied


def test_too_many_changes_are_refused(shop: Workshop) -> None:
    keys = [f"r{number}" for number in range(12)]
    shop.tenant("racks: [" + ", ".join(f'{{key: {key}, size: "1"}}' for key in keys) + "]\n")
    go(shop)
    shop.tenant("racks: [" + ", ".join(f'{{key: {key}, size: "2"}}' for key in keys) + "]\n")
    with pytest.raises(PhaselineError, match="12 of 19 records change, at most 5 may"):
        go(shop)
    assert go(shop, max_changes=12).applied


@pytest.mark.parametrize(
    ("kind", "allowed", "codes"),
    [
        ("testing", Permission(), []),
        ("testing", Permission(max_destroy=0), ["E003"]),
        ("production", Permission(), ["E003", "C011"]),
        ("production", Permission(max_destroy=1), ["C011"]),
        ("production", Permission(max_destroy=1, confirm="testing"), ["C011"]),
        ("production", Permission(max_destroy=0, confirm="live"), ["E003"]),
        ("production", Permission(max_destroy=1, confirm="live"), []),
    ],
)
def test_production_loses_only_what_is_counted_and_confirmed(
    tmp_path: Path, kind: str, allowed: Permission, codes: list[str]
) -> None:
    made = workshop(tmp_path)
    made.odoo.seed("phaseline.location.a", "location", {"name": "A"})
    made.write("10_one", "10_file.yml", GONE)
    environment = made.environment(kind, "live" if kind == "production" else "testing")
    plan = make(made.project, environment, ("one",)).plan
    assert [one.code for one in apply.check_limits(plan, environment, allowed)] == codes


def test_another_run_holds_the_lock(shop: Workshop) -> None:
    with lock.hold(shop.environment().port, "somebody"), pytest.raises(PhaselineError) as error:
        go(shop)
    assert error.value.exit_code == 11


def test_a_refusal_of_odoo_names_the_record_and_keeps_nothing(shop: Workshop) -> None:
    shop.write("10_one", "20_more.yml", """\
        phase: one
        sets:
          - {ref: location.good, model: location, values: {name: Good}}
          - {ref: location.bad, model: location, values: {count: 3}}
    """)  # fmt: skip
    with pytest.raises(PhaselineError) as error:
        go(shop)
    fault = error.value.faults[0]
    assert "location.bad" in fault.message
    assert str(fault.place).endswith("20_more.yml:4:5")
    names = [row["name"] for row in shop.odoo.state.models["location"].rows.values()]
    assert "Good" not in names


def test_a_call_that_does_not_do_its_work_is_made_once(shop: Workshop) -> None:
    made: list[int] = []
    shop.odoo.method("location", "finish", lambda odoo, ids, kind: made.append(1))
    with pytest.raises(PhaselineError, match="'until' does not hold") as error:
        go(shop)
    assert error.value.faults[0].code == "E006"
    assert made == [1]


def test_a_value_odoo_does_not_keep_is_told(shop: Workshop) -> None:
    def keep_ten(odoo: Any, ids: tuple[int, ...], vals: dict[str, Any]) -> bool:
        for one in ids:
            row = odoo.state.models["location"].rows[one]
            row.update({**vals, "capacity": 10} if "capacity" in vals else vals)
        return True

    go(shop)
    shop.odoo.method("location", "write", keep_ten)
    shop.tenant(RACKS.replace("1.5", "4"))
    with pytest.raises(PhaselineError, match=r"has 10.* in capacity after we wrote it") as error:
        go(shop)
    assert error.value.faults[0].code == "E005"


def test_a_lost_answer_to_a_write_is_decided_by_its_external_ids(shop: Workshop) -> None:
    shop.odoo.fail_next("run", "lost")
    assert go(shop).applied
    assert shop.odoo.count("location") == 6


def test_a_lost_answer_to_a_call_is_unknown(shop: Workshop) -> None:
    shop.odoo.fail_next("finish", "lost")
    with pytest.raises(PhaselineError) as error:
        go(shop)
    assert error.value.exit_code == 8
    assert go(shop).applied


def around_writes(shop: Workshop) -> list[int]:
    """The calls of one whole apply before and after which it is worth to be killed."""
    seen: list[str] = []
    shop.odoo.before = lambda model, method: seen.append(method)
    go(shop)
    shop.odoo.before = None
    writes = {"create", "write", "unlink", "run", "finish"}
    found = {index + after for index, method in enumerate(seen) for after in (0, 1)
             if method in writes}  # fmt: skip
    return sorted(found - {len(seen)})


def state_of(shop: Workshop) -> Any:
    skipped = ("ir.model", "ir.config_parameter", "ir.actions.server", "ir.model.data")
    stamps = ("write_date", "create_date")
    return {
        name: [
            {key: value for key, value in row.items() if key not in stamps and key != "id"}
            for row in model.rows.values()
        ]
        for name, model in shop.odoo.state.models.items()
        if name not in skipped
    }


def test_killed_anywhere_the_next_apply_ends_in_the_same_state(
    shop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moments = around_writes(shop)
    wanted = state_of(shop)
    secret = shop.environment().secrets.get("door")
    for last in moments:
        again = workshop(tmp_path_factory.mktemp("killed"))
        again.write("10_one", "10_file.yml", STAGE)
        again.tenant(RACKS)
        again.odoo.seed("x.old", "location", {"name": "Old", "kind": "bin"})
        again.odoo.method("location", "finish", finish)
        again.environment().secrets.put("door", secret)
        kill_after(again, last)
        with pytest.raises(KeyboardInterrupt):
            go(again)
        again.odoo.before = None
        forget_lock(again)
        go(again)
        assert state_of(again) == wanted, f"killed before call {last}"
        assert plan(again).changes == ()
        assert again.odoo.count("ir.actions.server") == 0


def test_an_apply_killed_before_its_marker_is_taken_up_though_nothing_differs(
    shop: Workshop,
) -> None:
    go(shop)

    def die(model: str, method: str) -> None:
        if (model, method) == ("ir.actions.server", "unlink"):  # all is written, no marker yet
            raise KeyboardInterrupt

    shop.tenant(RACKS.replace("1.5", "7"))
    shop.odoo.before = die
    with pytest.raises(KeyboardInterrupt):
        go(shop)
    shop.odoo.before = None
    forget_lock(shop)
    assert plan(shop).changes == ()
    assert go(shop).applied
    assert not go(shop).applied
    shop.tenant(RACKS.replace("1.5", "8"))
    assert plan(shop).edited == ()


def kill_after(shop: Workshop, calls: int) -> None:
    left = [calls]

    def die(model: str, method: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    shop.odoo.before = die


def forget_lock(shop: Workshop) -> None:
    """A dead run's lease runs out; the test does not wait for it."""
    domain = [["key", "=", lock.KEY]]
    found = shop.odoo.call("ir.config_parameter", "search", domain=domain)
    shop.odoo.call("ir.config_parameter", "unlink", found)


def test_a_reset_database_is_no_edited_one(shop: Workshop, tmp_path: Path) -> None:
    go(shop)
    fresh = workshop(tmp_path)
    fresh.write("10_one", "10_file.yml", STAGE)
    fresh.tenant(RACKS)
    fresh.odoo.seed("x.old", "location", {"name": "Old", "kind": "bin"})
    fresh.odoo.method("location", "finish", finish)
    fresh.odoo.seed("phaseline.location.rack_a", "location", {"name": "Other"})
    assert apply_in(fresh.project, fresh.environment(), "one", apply.Permission()).applied


def test_without_the_journal_of_the_last_apply_nothing_is_overwritten(
    shop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    go(shop)
    elsewhere = workshop(tmp_path_factory.mktemp("elsewhere"))
    elsewhere.write("10_one", "10_file.yml", STAGE)
    elsewhere.tenant(RACKS.replace("1.5", "4"))
    elsewhere.odoo = shop.odoo
    with pytest.raises(PhaselineError, match="is not in this project's journal") as error:
        go(elsewhere)
    assert error.value.faults[0].code == "E004"
    assert go(elsewhere, overwrite={"location.capacity"}).applied
    assert not go(elsewhere).applied


EVERYTHING = """\
    phase: one
    modules: [shelf]
    settings: {group_a: true}
    sets:
      - {ref: shelf.a, model: shelf, values: {name: A}}
      - {ref: field.x, model: ir.model.fields, values: {name: x_colour, model: location}}
      - {ref: location.a, model: location, values: {name: A, x_colour: red}}
"""


@pytest.fixture
def whole(tmp_path: Path) -> Workshop:
    made = workshop(tmp_path)
    made.write("10_one", "10_file.yml", EVERYTHING)
    made.odoo.seed("base.module_shelf", "ir.module.module", {"name": "shelf", "state": "to do"})
    made.odoo.declare("ir.model.fields", {"name": {"type": "char"}, "model": {"type": "char"}})
    made.odoo.method("ir.model.fields", "create", add_field)
    return made


def add_field(odoo: Any, ids: tuple[int, ...], vals_list: list[dict[str, Any]]) -> list[int]:
    for values in vals_list:
        new = new_model("new", {values["name"]: {"type": "char"}}, ())
        odoo.state.models[values["model"]].fields[values["name"]] = new.fields[values["name"]]
        for row in odoo.state.models[values["model"]].rows.values():
            row.setdefault(values["name"], False)
    made: list[int] = odoo.create("ir.model.fields", vals_list)
    return made


def test_modules_settings_and_new_fields_go_before_what_needs_them(whole: Workshop) -> None:
    kinds = [change.kind for change in plan(whole).changes]
    assert kinds == ["install", "setting", "create", "create", "create"]
    go(whole)
    assert whole.odoo.settings["group_a"] is True
    assert whole.odoo.of("shelf.a")["name"] == "A"
    assert whole.odoo.of("location.a")["x_colour"] == "red"
    assert plan(whole).changes == ()


def test_a_module_that_is_not_installed_afterwards_is_a_fault(whole: Workshop) -> None:
    whole.odoo.method("ir.module.module", "button_immediate_install", lambda odoo, ids: {})
    with pytest.raises(PhaselineError, match="'shelf' is 'to do' instead of installed") as error:
        go(whole)
    assert error.value.faults[0].code == "E012"


def test_a_busy_odoo_is_asked_again(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phaseline.odoo.stages.writer.PAUSES", (0.0, 0.0))
    busy = [2]
    run = shop.odoo.run

    def sometimes(odoo: Any, ids: tuple[int, ...]) -> Any:
        busy[0] -= 1
        if busy[0] >= 0:
            raise PhaselineError(Fault("O011", "busy"))
        return run(odoo, ids)

    shop.odoo.method("ir.actions.server", "run", sometimes)
    assert go(shop).applied


@pytest.fixture
def switched(tmp_path: Path) -> Workshop:
    """A setting that was off is on since our apply."""
    made = workshop(tmp_path)
    made.write("10_one", "10_file.yml", "phase: one\nsettings: {group_a: true, group_b: true}\n")
    go(made)
    return made


def test_a_setting_changed_in_odoo_is_not_overwritten(switched: Workshop) -> None:
    switched.odoo.settings["group_a"] = False
    with pytest.raises(PhaselineError, match="settings: group_a was changed in Odoo") as error:
        go(switched)
    fault = error.value.faults[0]
    assert fault.code == "E004"
    assert "--overwrite settings.group_a" in fault.hint
    assert switched.odoo.settings["group_a"] is False


@pytest.mark.parametrize("name", ["settings.group_a", "res.config.settings.group_a"])
def test_a_named_setting_is_overwritten(switched: Workshop, name: str) -> None:
    switched.odoo.settings["group_a"] = False
    assert go(switched, overwrite={name}).applied
    assert switched.odoo.settings["group_a"] is True


def test_a_new_answer_to_a_setting_is_no_change_made_in_odoo(switched: Workshop) -> None:
    switched.write("10_one", "10_file.yml", "phase: one\nsettings: {group_a: false}\n")
    assert go(switched).applied
    assert switched.odoo.settings["group_a"] is False


def test_a_plan_of_two_stages_knows_the_settings_of_both(tmp_path: Path) -> None:
    made = workshop(tmp_path, ("10_one", "20_two"))
    made.write("10_one", "10_file.yml", "phase: one\nsettings: {group_a: true}\n")
    made.write("20_two", "10_file.yml", "phase: two\nsettings: {group_b: false}\n")
    go(made)
    apply_in(made.project, made.environment(), "two", Permission(override="a test"))
    made.odoo.settings |= {"group_a": False, "group_b": True}
    both = make(made.project, made.environment(), ("one", "two")).plan
    assert [one.name for _, one in both.edited] == ["group_a", "group_b"]

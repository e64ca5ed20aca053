"""From plan to signature: verify, sign, the gate, status, history, drift and init in memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import journal, signing
from phaseline.files.render import plan as render_plan
from phaseline.files.render.state import render_drift
from phaseline.flows import init
from phaseline.flows.evidence import history, report
from phaseline.flows.stages import apply, drift, plan, sign, status, verify
from phaseline.flows.stages.apply import Permission
from unit.memory_project import Workshop, opened, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phaseline.core.proofs.results import VerifyResult

STAGES = ("10_one", "20_two")
ONE = """\
    phase: one
    decisions:
      name: {type: text, ask: "Which name?"}
    sets:
      - {ref: location.a, model: location, values: {name: "${tenant.name}", kind: bin}}
    proves:
      - id: the_location_is_a_bin
        says: The location is a bin.
        covers: [A1]
        reads:
          - {model: location, domain: [[id, "=", "ref:location.a"]], expect: {kind: bin}}
      - id: a_dock_can_be_made
        says: A dock can be made.
        acts:
          - create:
              location: {name: {unique: D}, parent_id: ref:location.a, tag_ids: [{name: x}]}
            keep: dock
          - expect: {$dock.parent_id: ref:location.a, $dock.tag_ids.name: x}
          - expect_refused: {create: {location: {count: 3}}, because: name}
"""
TWO = """\
    phase: two
    sets:
      - {ref: location.b, model: location, values: {name: B, parent_id: ref:location.a}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    (tmp_path / "project").mkdir()
    made = workshop(tmp_path / "project", STAGES)
    made.write("10_one", "10_file.yml", ONE)
    made.write("20_two", "10_file.yml", TWO)
    made.tenant("name: First\n")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    with opened(made, monkeypatch, {"testing": "testing", "live": "production"}):
        yield made


def prove(shop: Workshop, env: str = "testing") -> VerifyResult:
    apply.run(shop.folder, "one", env, Permission())
    return verify.run(shop.folder, "one", env)


def code(error: pytest.ExceptionInfo[PhaselineError]) -> str:
    return error.value.faults[0].code


def test_a_stage_is_planned_applied_verified_and_signed(shop: Workshop) -> None:
    assert plan.run(shop.folder, "one", "testing").plan.counts["create"] == 1
    verdict = prove(shop)
    assert verdict.verdict == "passed", verdict
    signed = sign.run(shop.folder, "one", "testing", "Ada").data()
    assert signed["person"] == "Ada"
    lines = status.run(shop.folder, "testing").stages
    assert all(step is not None and step.current for step in lines[0].steps)
    assert history.check(shop.folder) == ()


def test_every_step_leaves_evidence(shop: Workshop) -> None:
    proofs = prove(shop).proofs
    told = [evidence.text for proof in proofs for evidence in proof.evidence]
    assert told[0] == "location.kind is bin"
    assert "refused as it should be" in told[-1]
    entry = journal.read(shop.folder)[-1]
    assert entry.payload["proofs"][1]["id"] == "a_dock_can_be_made"


def test_a_failed_proof_says_what_was_found_and_where(shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", ONE.replace("expect: {kind: bin}", "expect: {kind: dock}"))
    verdict = prove(shop)
    assert verdict.verdict == "failed"
    evidence = verdict.proofs[0].evidence[-1]
    assert evidence.text.startswith("location.kind is bin in 1 of 1, expected dock (")
    with pytest.raises(PhaselineError) as error:
        sign.run(shop.folder, "one", "testing", "Ada")
    assert code(error) == "E007"


def test_what_is_not_applied_cannot_be_verified(shop: Workshop) -> None:
    with pytest.raises(PhaselineError) as error:
        verify.run(shop.folder, "one", "testing")
    assert code(error) == "E013"


def test_a_stage_waits_for_the_signature_of_the_one_before(shop: Workshop) -> None:
    prove(shop)
    with pytest.raises(PhaselineError) as error:
        apply.run(shop.folder, "two", "testing", Permission())
    assert (code(error), error.value.exit_code) == ("E002", 5)
    sign.run(shop.folder, "one", "testing", "Ada")
    assert apply.run(shop.folder, "two", "testing", Permission()).applied


def test_a_changed_answer_closes_the_gate_again(shop: Workshop) -> None:
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    shop.tenant("name: Second\n")
    with pytest.raises(PhaselineError, match="is signed on another input"):
        apply.run(shop.folder, "two", "testing", Permission())


def test_data_is_part_of_what_is_signed(shop: Workshop) -> None:
    prove(shop)
    (shop.folder / "data").mkdir()
    (shop.folder / "data" / "products.csv").write_text("sku\n1\n")
    with pytest.raises(PhaselineError, match="changed since stage 'one' was verified"):
        sign.run(shop.folder, "one", "testing", "Ada")


def test_a_later_stage_does_not_touch_an_earlier_signature(shop: Workshop) -> None:
    prove(shop)
    before = shop.project.input_hash("one")
    shop.write("20_two", "10_file.yml", TWO.replace("name: B", "name: C"))
    assert shop.project.input_hash("one") == before


def test_an_override_opens_the_gate_and_is_journalled(shop: Workshop) -> None:
    prove(shop)
    apply.run(shop.folder, "two", "testing", Permission(override="the client is on the phone"))
    (entry,) = [one for one in journal.read(shop.folder) if one.kind == "override"]
    assert entry.payload["reason"] == "the client is on the phone"


def test_production_takes_only_what_testing_signed(shop: Workshop) -> None:
    with pytest.raises(PhaselineError) as error:
        apply.run(shop.folder, "one", "live", Permission())
    assert code(error) == "E009"
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    assert apply.run(shop.folder, "one", "live", Permission()).applied


DANGEROUS = """\
    phase: one
    sets:
      - ref: action.a
        model: ir.actions.server
        dangerous: The second order of a marketplace is refused inside the save.
        values: {name: A, state: code, code: pass}
    proves:
      - id: the_action_is_there
        says: The action is there.
        reads: [{model: ir.actions.server, domain: [[name, "=", A]], count: 1}]
"""


def test_what_is_dangerous_opens_production_with_two_persons(shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", DANGEROUS)
    shop.tenant("")
    prove(shop)
    for name in ("Ada", "ada "):
        sign.run(shop.folder, "one", "testing", name)
        with pytest.raises(PhaselineError, match="signed it in testing") as error:
            apply.run(shop.folder, "one", "live", Permission())
        assert (code(error), error.value.exit_code) == ("E014", 5)
    sign.run(shop.folder, "one", "testing", "Grace")
    assert apply.run(shop.folder, "one", "live", Permission()).applied


def test_what_is_dangerous_opens_the_next_stage_with_one_person(shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", DANGEROUS)
    shop.write("20_two", "10_file.yml", "phase: two\n")
    shop.tenant("")
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    assert apply.run(shop.folder, "two", "testing", Permission()).applied


def test_a_plan_shows_what_is_dangerous(shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", DANGEROUS)
    shop.tenant("")
    planned = plan.run(shop.folder, "one", "testing")
    reason = "The second order of a marketplace is refused inside the save."
    assert planned.plan.changes[0].dangerous == reason
    text = render_plan.render(planned, colour=False)
    assert f"      dangerous: {reason}" in text
    assert "1 dangerous, production wants two persons' signatures: action.a" in text
    assert journal.read(shop.folder)[-1].payload["changes"][0]["dangerous"] == reason


def test_a_rehearsal_in_the_sandbox_opens_no_production(shop: Workshop) -> None:
    prove(shop)
    for entry in journal.read(shop.folder):  # the same, as if it had been done in a sandbox
        journal.append(shop.folder, entry.kind, "sandbox", entry.payload)
    sign.run(shop.folder, "one", "sandbox", "Ada")
    with pytest.raises(PhaselineError) as error:
        apply.run(shop.folder, "one", "live", Permission())
    assert code(error) == "E009"


def test_nothing_is_written_on_production_to_prove_it(shop: Workshop) -> None:
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    count = shop.odoo.count("location")
    verdict = prove(shop, "live")
    assert verdict.skipped == ("a_dock_can_be_made",)
    assert shop.odoo.count("location") == count


def test_data_that_changes_while_it_is_proven_gets_no_verdict(shop: Workshop) -> None:
    apply.run(shop.folder, "one", "testing", Permission())
    (shop.folder / "data").mkdir()

    class Writer:
        """Somebody who writes a data file while proofs run."""

        def step(self, name: str, detail: str = "") -> None:
            (shop.folder / "data" / "products.csv").write_text("sku\n1\n")

    with pytest.raises(PhaselineError, match="changed while stage 'one' was verified") as error:
        verify.run(shop.folder, "one", "testing", (), Writer())
    assert (code(error), error.value.exit_code) == ("E013", 5)
    assert not [one for one in journal.read(shop.folder) if one.kind == "verify"]


def test_a_user_whose_login_is_not_ours_is_in_no_proofs_way(shop: Workshop) -> None:
    shop.odoo.seed("x.bob", "res.users", {"name": "Bob", "login": "bob"})
    bob = (
        "      - {ref: user.bob, model: res.users, create: false,"
        " adopt: [[login, '=', bob]], values: {name: Robert}}\n"
    )
    shop.write("10_one", "10_file.yml", ONE.replace("    proves:\n", f"{bob}    proves:\n"))
    assert prove(shop).verdict == "passed"
    acting = ONE.replace(
        "      - id: a_dock",
        "      - id: bob_acts\n        says: Bob acts.\n"
        "        acts: [{create: {tag: {name: x}}, as: bob}]\n      - id: a_dock",
    )
    shop.write("10_one", "10_file.yml", acting.replace("    proves:\n", f"{bob}    proves:\n"))
    evidence = prove(shop).proofs[1].evidence[-1]
    assert "no record user.bob of res.users with a login" in evidence.text


def test_a_verdict_that_was_edited_is_not_signed(shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", ONE.replace("expect: {kind: bin}", "expect: {kind: dock}"))
    assert prove(shop).verdict == "failed"
    path = shop.folder / "journal" / "journal.jsonl"
    path.write_text(path.read_text().replace('"verdict":"failed"', '"verdict":"passed"'))
    with pytest.raises(PhaselineError, match="the journal was changed by somebody") as error:
        sign.run(shop.folder, "one", "testing", "Ada")
    assert [fault.code for fault in error.value.faults] == ["E007", "J001"]
    assert error.value.exit_code == 5


def test_a_torn_last_line_is_no_edit(shop: Workshop) -> None:
    prove(shop)
    with (shop.folder / "journal" / "journal.jsonl").open("a") as file:
        file.write('{"seq": 9')
    sign.run(shop.folder, "one", "testing", "Ada")
    assert journal.check(shop.folder) == ()


def test_a_forged_signature_is_found(shop: Workshop) -> None:
    prove(shop)
    signed = sign.run(shop.folder, "one", "testing", "Ada").data()
    journal.append(shop.folder, "sign", "testing", {**signed, "person": "Eve"})
    assert [fault.message for fault in history.check(shop.folder)] == [
        f"the signature of entry {len(journal.read(shop.folder))} does not hold"
    ]


def test_a_forged_signature_opens_no_gate(shop: Workshop) -> None:
    prove(shop)
    signed = sign.run(shop.folder, "one", "testing", "Ada").data()
    shop.tenant("name: Second\n")
    forged = {**signed, "input_hash": shop.project.input_hash("one")}
    journal.append(shop.folder, "sign", "testing", forged)
    with pytest.raises(PhaselineError, match="is signed on another input"):
        apply.run(shop.folder, "two", "testing", Permission())


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ("reads: [{model: location, domain: [[name, '=', X]], expect: {note: false}}]",
         "no location was found, expected note False"),
        ("acts: [{expect_refused: {call: location.action_misspelt}}]", "does not exist"),
    ],
)  # fmt: skip
def test_a_proof_about_nothing_does_not_pass(shop: Workshop, proof: str, said: str) -> None:
    text = f"      - {{id: a_hollow_proof, says: It is hollow., {proof}}}\n"
    shop.write("10_one", "10_file.yml", ONE + text)
    hollow = prove(shop).proofs[-1]
    assert not hollow.passed
    assert said in hollow.evidence[-1].text


def test_a_check_may_name_an_order_and_a_limit(shop: Workshop) -> None:
    read = "{model: location, domain: [], order: id, limit: 1, expect: {kind: bin}}"
    text = f"      - {{id: the_first_is_a_bin, says: It is., reads: [{read}]}}\n"
    shop.write("10_one", "10_file.yml", ONE + text)
    assert prove(shop).proofs[-1].passed


@pytest.mark.parametrize("field", ["person", "environment_kind", "input_hash", "verdict", "time"])
def test_a_signature_binds_all_that_a_gate_reads(shop: Workshop, field: str) -> None:
    prove(shop)
    signed = sign.run(shop.folder, "one", "testing", "Ada").data()
    assert signing.holds(signed)
    assert not signing.holds({**signed, field: "other"})


def test_a_forged_signature_shows_in_the_report(shop: Workshop) -> None:
    prove(shop)
    signed = sign.run(shop.folder, "one", "testing", "Ada").data()
    journal.append(shop.folder, "sign", "testing", {**signed, "person": "Eve"})
    written = report.write(shop.folder)
    assert written.data()["verdict"] == "bad"
    assert "does not hold" in written.path.read_text(encoding="utf-8")


def test_a_report_is_of_the_environment_that_is_asked_for(shop: Workshop) -> None:
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    journal.append(shop.folder, "verify", "sandbox", {"stage": "one", "verdict": "failed"})
    of_all = report.write(shop.folder).data()["stages"]
    assert [(one["environment"], one["stage"], one["signed"]) for one in of_all] == [
        ("testing", "one", "done"),
        ("testing", "two", "open"),
        ("sandbox", "one", "open"),
        ("sandbox", "two", "open"),
    ]
    told = report.write(shop.folder, env="testing").data()["stages"]
    assert [one["environment"] for one in told] == ["testing", "testing"]
    with pytest.raises(PhaselineError, match="there is no environment 'tesing'"):
        report.write(shop.folder, env="tesing")


def test_a_signature_without_its_verdict_is_found(shop: Workshop) -> None:
    journal.append(shop.folder, "sign", "testing", {"stage": "one", "person": "Eve"})
    assert [fault.code for fault in history.check(shop.folder)] == ["J001"]


def test_a_proof_that_writes_is_not_called_one_this_tenant_lacks(shop: Workshop) -> None:
    prove(shop)
    sign.run(shop.folder, "one", "testing", "Ada")
    prove(shop, "live")
    page = report.write(shop.folder).path.read_text(encoding="utf-8")
    assert "Not tried here, because they write" in page


@pytest.mark.parametrize("name", ["products.csv", "products.tsv", "products.XLSX"])
def test_a_signature_binds_every_file_that_can_be_loaded(shop: Workshop, name: str) -> None:
    before = shop.project.input_hash("one")
    (shop.folder / "data").mkdir()
    (shop.folder / "data" / name).write_text("sku")
    assert shop.project.input_hash("one") != before


def test_an_interrupted_apply_shows_in_the_status(shop: Workshop) -> None:
    prove(shop)
    journal.append(shop.folder, "apply_started", "testing", {"stage": "one"})
    assert status.run(shop.folder, "testing").stages[0].unfinished


def test_drift_names_what_changed_and_what_is_missing(shop: Workshop) -> None:
    prove(shop)
    one = shop.odoo.of("location.a")["id"]
    shop.odoo.call("location", "write", [one], vals={"kind": "dock"})
    found = drift.run(shop.folder, "one", "testing")
    assert found.changed[0].operation.fields[0].edited
    assert found.changed[0].who == "Administrator"
    shop.odoo.call("location", "unlink", [one])
    assert [one.operation.ref for one in drift.run(shop.folder, "one", "testing").missing] == [
        "location.a"
    ]


def test_drift_lists_what_people_made_and_leaves_it_alone(shop: Workshop) -> None:
    prove(shop)
    person = shop.odoo.seed("x.bob", "res.users", {"name": "Bob", "login": "bob"})
    shop.odoo.sign_in(person).call("location", "create", vals_list=[{"name": "Bob's"}])
    (stranger,) = drift.run(shop.folder, "one", "testing").unmanaged
    assert (stranger.name, stranger.who) == ("Bob's", "Bob")


def test_drift_says_when_there_are_more_than_it_lists(shop: Workshop) -> None:
    prove(shop)
    person = shop.odoo.seed("x.bob", "res.users", {"name": "Bob", "login": "bob"})
    many = [{"name": f"Bob's {number}"} for number in range(drift.SHOWN + 1)]
    shop.odoo.sign_in(person).call("location", "create", vals_list=many)
    found = drift.run(shop.folder, "one", "testing")
    assert (len(found.unmanaged), found.cut) == (drift.SHOWN, ("location",))
    assert "50 or more not ours" in render_drift(found, colour=False)


def test_results_are_json(shop: Workshop) -> None:
    results = [
        plan.run(shop.folder, None, "testing").data(),
        prove(shop).data(),
        status.run(shop.folder, "testing").data(),
        history.run(shop.folder, None).data(),
        drift.run(shop.folder, None, "testing").data(),
    ]
    assert json.loads(json.dumps(results))


def test_a_new_project_has_what_a_plan_needs(tmp_path: Path) -> None:
    result = init.run(tmp_path / "new")
    assert {"tenant.yml", "inventory.ini", "data", "journal"} <= set(result.files)
    with pytest.raises(PhaselineError, match="not empty"):
        init.run(tmp_path / "new")


def test_an_environment_nobody_knows_is_no_empty_one(shop: Workshop) -> None:
    for look in (status.run, history.run):
        with pytest.raises(PhaselineError) as error:
            look(shop.folder, "tesing")
        assert code(error) == "C002"
        assert "testing" in error.value.faults[0].hint
        look(shop.folder, "sandbox")


def test_a_stage_nobody_knows_is_told_before_odoo_is_asked(shop: Workshop) -> None:
    shop.odoo.before = lambda model, method: pytest.fail(f"{model}.{method}")
    with pytest.raises(PhaselineError) as error:
        plan.run(shop.folder, "ones", "testing")
    assert code(error) == "C004"


def test_a_retired_tenant_has_a_history_still(shop: Workshop) -> None:
    journal.append(shop.folder, "verify", "testing/gone", {"stage": "one", "verdict": "passed"})
    (entry,) = history.run(shop.folder, "testing/gone").events
    assert entry.kind == "verify"

"""What a journal proves is read off it the same way by everyone."""

from __future__ import annotations

from dataclasses import replace

from phaseline.core.evidence import summary
from unit import sample_journal


def gathered(*, failing: bool = False) -> summary.Evidence:
    return summary.gather(sample_journal.events(failing=failing), sample_journal.STAGES)


def test_a_stage_with_its_signature_has_passed_its_gate() -> None:
    assert [stage.signed for stage in gathered().stages] == [True, True]


def test_a_signature_does_not_hold_when_a_proof_fails() -> None:
    stage = gathered(failing=True).stages[1]
    assert not stage.signed
    assert stage.failed


def test_a_signature_does_not_hold_on_another_input() -> None:
    events = list(sample_journal.events())
    verdict = sample_journal.event(
        40, "verify", stage="foundation", input_hash="new", verdict="passed", proofs=[]
    )
    stage = summary.gather([*events, verdict]).stages[0]
    assert not stage.signed


def test_an_apply_without_an_end_is_a_failure() -> None:
    again = sample_journal.event(41, "apply_started", stage="foundation", fingerprint="x")
    stage = summary.gather([*sample_journal.events(), again]).stages[0]
    assert stage.steps[1].state == "failed"
    assert stage.steps[1].note == "interrupted"


def test_everybody_who_signed_the_same_input_is_named() -> None:
    events = list(sample_journal.events())
    (first, *_) = (one for one in events if one.kind == "sign" and one.stage == "foundation")
    again = sample_journal.event(43, "sign", **{**first.payload, "person": "Second Person"})
    note = summary.gather([*events, again]).stages[0].steps[-1].note
    assert note == f"by {first.payload['person']} and Second Person"


def test_rows_are_ordered_as_people_count() -> None:
    assert [row.id for row in gathered().rows] == ["A2", "A10", "T1d", "T1e", "W2", "X2"]


def test_a_plan_that_was_never_applied_is_not_shown_as_done() -> None:
    plan = sample_journal.event(
        42, "plan", stage="foundation", fingerprint="other", changes=[{"kind": "create"}], counts={}
    )
    stage = summary.gather([*sample_journal.events(), plan]).stages[0]
    assert len(stage.changes) == 32


def test_the_first_and_the_last_load_of_an_object_stand_side_by_side() -> None:
    products = gathered().loads[0]
    assert [label for label, _ in products.runs] == ["first", "again"]
    assert gathered().rows_loaded == 2948 + 4372


def test_a_stage_that_was_not_begun_is_open() -> None:
    stages = summary.gather((), ("foundation",)).stages
    assert [step.state for step in stages[0].steps] == ["open"] * 4


def test_a_promised_row_without_a_proof_is_told_and_not_proven() -> None:
    rows = summary.gather(sample_journal.events(), promised=["A2", "Z9"]).rows
    assert [row.id for row in rows if not row.proven] == ["Z9"]


def test_each_environment_has_gates_of_its_own() -> None:
    """A rehearsal that failed takes nothing from testing, and is not signed by it."""
    testing = [replace(event, env="testing") for event in sample_journal.events()]
    rehearsed = [
        event
        for event in sample_journal.events(failing=True)
        if event.kind in {"verify", "reconcile"} and event.stage != "foundation"
    ]
    both = summary.gather([*testing, *rehearsed], sample_journal.STAGES)
    assert [env for env, _ in both.grouped] == ["testing", "sandbox"]
    (_, signed), (_, rehearsal) = both.grouped
    assert [stage.signed for stage in signed] == [True, True]
    assert [stage.steps[-1].note for stage in rehearsal] == ["nobody has signed"] * 2
    assert both.verdict == "bad"
    assert "Core operations in sandbox: no plan yet." in both.trouble
    assert both.reconciliation is not None
    assert [check["env"] for check in both.reconciliation["checks"]] == ["testing"] * 2 + [
        "sandbox"
    ] * 2


def test_one_environment_is_told_alone_with_what_belongs_to_none() -> None:
    testing = [
        replace(event, env="" if event.kind == "migrate" else "testing")
        for event in sample_journal.events()
    ]
    events = [*testing, *sample_journal.events(failing=True)]
    only = summary.gather(events, sample_journal.STAGES, env="testing")
    assert (only.verdict, only.environments) == ("good", ("testing",))
    assert (len(only.migrations), only.events) == (1, len(events))
    assert {load.env for load in only.loads} == {"testing"}


def test_an_environment_without_a_history_has_every_stage_open() -> None:
    fresh = summary.gather(sample_journal.events(), sample_journal.STAGES, env="live")
    assert [(stage.env, stage.first_open) for stage in fresh.stages] == [
        ("live", "no plan yet"),
        ("live", "no plan yet"),
    ]

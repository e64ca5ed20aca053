"""What a journal proves is read off it the same way by everyone."""

from __future__ import annotations

from phaseline.core import evidence
from unit import sample_journal


def gathered(*, failing: bool = False) -> evidence.Evidence:
    return evidence.gather(sample_journal.events(failing=failing), sample_journal.STAGES)


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
    stage = evidence.gather([*events, verdict]).stages[0]
    assert not stage.signed


def test_an_apply_without_an_end_is_a_failure() -> None:
    again = sample_journal.event(41, "apply_started", stage="foundation", fingerprint="x")
    stage = evidence.gather([*sample_journal.events(), again]).stages[0]
    assert stage.steps[1].state == "failed"
    assert stage.steps[1].note == "interrupted"


def test_everybody_who_signed_the_same_input_is_named() -> None:
    events = list(sample_journal.events())
    (first, *_) = (one for one in events if one.kind == "sign" and one.stage == "foundation")
    again = sample_journal.event(43, "sign", **{**first.payload, "person": "Second Person"})
    note = evidence.gather([*events, again]).stages[0].steps[-1].note
    assert note == f"by {first.payload['person']} and Second Person"


def test_rows_are_ordered_as_people_count() -> None:
    assert [row.id for row in gathered().rows] == ["A2", "A10", "T1d", "T1e", "W2", "X2"]


def test_a_plan_that_was_never_applied_is_not_shown_as_done() -> None:
    plan = sample_journal.event(
        42, "plan", stage="foundation", fingerprint="other", changes=[{"kind": "create"}], counts={}
    )
    stage = evidence.gather([*sample_journal.events(), plan]).stages[0]
    assert len(stage.changes) == 32


def test_the_first_and_the_last_load_of_an_object_stand_side_by_side() -> None:
    products = gathered().loads[0]
    assert [label for label, _ in products.runs] == ["first", "again"]
    assert gathered().rows_loaded == 2948 + 4372


def test_a_stage_that_was_not_begun_is_open() -> None:
    stages = evidence.gather((), ("foundation",)).stages
    assert [step.state for step in stages[0].steps] == ["open"] * 4


def test_a_promised_row_without_a_proof_is_told_and_not_proven() -> None:
    rows = evidence.gather(sample_journal.events(), promised=["A2", "Z9"]).rows
    assert [row.id for row in rows if not row.proven] == ["Z9"]

"""Gates and limits."""

from __future__ import annotations

from phaseline.core import gate
from phaseline.core.gate import Signature

SIGNED = Signature("foundation", "testing", "aa", "Ada", "2026-01-01")


def test_a_signed_predecessor_opens_the_gate() -> None:
    assert list(gate.judge("core", "testing", [("foundation", "aa")], [SIGNED])) == []


def test_a_signature_on_another_input_does_not() -> None:
    (fault,) = gate.judge("core", "testing", [("foundation", "bb")], [SIGNED])
    assert fault.code == "E002"
    assert "is signed on another input" in fault.message


def test_a_signature_of_another_environment_does_not() -> None:
    (fault,) = gate.judge("core", "live", [("foundation", "aa")], [SIGNED])
    assert "is not signed in 'live'" in fault.message


def test_the_first_stage_waits_for_nothing() -> None:
    assert list(gate.judge("foundation", "testing", [], [])) == []


def test_production_takes_what_testing_signed() -> None:
    assert list(gate.judge_production("foundation", "aa", [SIGNED], ["testing"])) == []


def test_production_refuses_another_input() -> None:
    (fault,) = gate.judge_production("foundation", "bb", [SIGNED], ["testing"])
    assert fault.code == "E009"


def test_a_production_signature_is_no_testing_signature() -> None:
    live = Signature("foundation", "live", "aa", "Ada", "2026-01-01")
    assert list(gate.judge_production("foundation", "aa", [live], ["testing"]))

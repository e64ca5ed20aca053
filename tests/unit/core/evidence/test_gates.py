"""Gates and limits."""

from __future__ import annotations

import pytest

from phaseline.core.evidence import gates
from phaseline.core.evidence.gates import Signature

SIGNED = Signature("foundation", "testing", "aa", "Ada", "2026-01-01")


def test_a_signed_predecessor_opens_the_gate() -> None:
    assert list(gates.evaluate("core", "testing", [("foundation", "aa")], [SIGNED])) == []


def test_a_signature_on_another_input_does_not() -> None:
    (fault,) = gates.evaluate("core", "testing", [("foundation", "bb")], [SIGNED])
    assert fault.code == "E002"
    assert "is signed on another input" in fault.message


def test_a_signature_of_another_environment_does_not() -> None:
    (fault,) = gates.evaluate("core", "live", [("foundation", "aa")], [SIGNED])
    assert "is not signed in 'live'" in fault.message


def test_the_first_stage_waits_for_nothing() -> None:
    assert list(gates.evaluate("foundation", "testing", [], [])) == []


def test_production_takes_what_testing_signed() -> None:
    assert list(gates.check_production("foundation", "aa", [SIGNED], ["testing"])) == []


def test_production_refuses_another_input() -> None:
    (fault,) = gates.check_production("foundation", "bb", [SIGNED], ["testing"])
    assert fault.code == "E009"


def test_a_production_signature_is_no_testing_signature() -> None:
    live = Signature("foundation", "live", "aa", "Ada", "2026-01-01")
    assert list(gates.check_production("foundation", "aa", [live], ["testing"]))


def by(person: str, env: str = "testing", input_hash: str = "aa") -> Signature:
    return Signature("foundation", env, input_hash, person, "2026-01-01")


def test_what_is_dangerous_wants_a_second_person() -> None:
    (fault,) = gates.check_production(
        "foundation", "aa", [SIGNED], ["testing"], ["action.x", "b.c"]
    )
    assert fault.code == "E014"
    told = "holds what is dangerous (action.x and 1 more) and only Ada signed it in testing"
    assert fault.message == f"stage 'foundation' {told}"
    assert not list(gates.check_production("foundation", "aa", [SIGNED], ["testing"]))


def test_two_persons_open_production_for_what_is_dangerous() -> None:
    signed = [SIGNED, by("Grace")]
    assert not list(gates.check_production("foundation", "aa", signed, ["testing"], ["action.x"]))


@pytest.mark.parametrize(
    "second",
    [by("Ada"), by(" ADA "), by("\uff21da"), by("Grace", "live"), by("Grace", input_hash="bb")],
    ids=["the same", "by case and space", "by form of letters", "elsewhere", "another input"],
)
def test_one_person_is_not_two(second: Signature) -> None:
    found = gates.check_production("foundation", "aa", [SIGNED, second], ["testing"], ["action.x"])
    assert [fault.code for fault in found] == ["E014"]

"""What runs beside the tests fails the run as they do, and its output comes after theirs."""

from __future__ import annotations

import subprocess

import pytest

from kit.tree import ROOT


def beside(check: str, command: str) -> subprocess.CompletedProcess[str]:
    words = [str(ROOT / ".ci" / "beside"), check, command]
    return subprocess.run(words, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("check", "command", "status"),
    [("true", "true", 0), ("exit 3", "true", 3), ("true", "exit 5", 5), ("exit 3", "exit 5", 5)],
)
def test_a_run_ends_with_the_first_status_that_is_not_good(
    check: str, command: str, status: int
) -> None:
    assert beside(check, command).returncode == status


def test_only_a_check_that_failed_is_shown() -> None:
    assert beside("echo fine", "echo tests").stdout.splitlines() == ["tests"]
    shown = beside("echo wrong; exit 1", "echo tests").stdout.splitlines()
    assert shown == ["tests", "wrong", "failed: echo wrong; exit 1"]

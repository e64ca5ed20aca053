"""The commit-msg hook takes `area: imperative sentence` of at most 60 characters, nothing else."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kit.tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def judge(folder: Path, message: str) -> subprocess.CompletedProcess[str]:
    file = folder / "COMMIT_EDITMSG"
    file.write_text(message, encoding="utf-8")
    command = [sys.executable, str(ROOT / ".ci" / "commit-msg"), str(file)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    "subject",
    [
        "plan: refuse when the fingerprint moved",
        "env verify: wait until Prometheus has loaded its targets",
        "docs, tests: fix findings of the second review",
        "hosts/releases: build a release in its own module",
        "odoo/memory, masterdata: open the circles of imports",
        "host_base: keep access for the connecting user",
        "lab: bring the hosts up side by side",
        "data: need a signature for production",
        'Revert "plan: refuse when the fingerprint moved"',
        "fixup! plan: refuse when the fingerprint moved",
    ],
)
def test_an_imperative_with_its_area_is_taken(tmp_path: Path, subject: str) -> None:
    answer = judge(tmp_path, f"# a comment\n{subject}\n\nWhy: a body may be as long as it likes.\n")
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        ("", "it is not `area: imperative sentence`"),
        ("refuse a moved plan", "it is not `area: imperative sentence`"),
        ("Plan: refuse a moved plan", "it is not `area: imperative sentence`"),
        ("docs, tests: what a second reading found", "'what' is no imperative"),
        ("host_base: nobody is shut out", "'nobody' is no imperative"),
        ("docs: the test run as measured", "'the' is no imperative"),
        ("plan: refusing a moved plan", "'refusing' is no imperative"),
        ("plan: refused a moved plan", "'refused' is no imperative"),
        ("plan: refuse a moved plan.", "it ends with a full stop"),
        (f"plan: refuse {'x' * 48}", "it has 61 characters, at most 60 are allowed"),
    ],
)
def test_any_other_subject_is_refused_with_the_reason(
    tmp_path: Path, subject: str, reason: str
) -> None:
    answer = judge(tmp_path, f"{subject}\n")
    assert answer.returncode == 1
    assert reason in answer.stderr

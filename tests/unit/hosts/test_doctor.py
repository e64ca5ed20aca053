"""The doctor names what is missing and the command that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.flows import doctor
from phaseline.hosts import doctor as machine
from phaseline.hosts.local import disk, run
from phaseline.hosts.sandbox import postgres_server

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_is_looked_at_and_what_is_missing_can_be_mended(tmp_path: Path) -> None:
    findings = doctor.examine(tmp_path).findings
    names = {one.name for one in findings}
    assert names >= {"python", "pip", "postgresql", "apt-get", "chromium", "state", "memory"}
    assert all(one.mend for one in findings if not one.fine)


def test_a_missing_postgresql_is_unhealthy_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "LIBRARY", tmp_path)
    found = next(one for one in doctor.examine(tmp_path).findings if one.name == "postgresql")
    assert not found.fine
    assert found.mend == "apt-get install postgresql"
    assert not doctor.DoctorResult((found,)).healthy


def test_what_only_tests_need_does_not_make_it_unhealthy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "CHROMIUM", ())
    found = next(one for one in doctor.examine(tmp_path).findings if one.name == "chromium")
    assert not found.fine
    assert doctor.DoctorResult((found,)).healthy


def test_too_little_room_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(PhaselineError) as stopped:
        disk.need_room(tmp_path / "not made yet", 1 << 20)
    assert stopped.value.faults[0].code == "H016"
    assert "PHASELINE_CACHE_HOME" in stopped.value.faults[0].hint


def test_children_see_nothing_of_the_callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("ODOO_DATA_DIR", "/elsewhere")
    assert not {"PGPASSWORD", "ODOO_DATA_DIR"} & set(run.clean_environment())

"""Secrets: only the owner reads them, the environment goes before the file, nothing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files.environments.secret_store import Secrets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    return Secrets(tmp_path / "state" / "secrets.json", "testing")


def test_a_secret_is_made_once(secrets: Secrets) -> None:
    made = secrets.get_or_make("users.buyer")
    assert len(made) >= 20
    assert secrets.get_or_make("users.buyer") == made
    assert secrets.path.stat().st_mode & 0o777 == 0o600


def test_the_environment_goes_before_the_file(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.put("odoo_api_key", "from the file")
    monkeypatch.setenv("PHASELINE_SECRET_TESTING_ODOO_API_KEY", "from outside")
    assert secrets.get("odoo_api_key") == "from outside"


def test_a_missing_secret_says_where_to_put_it(secrets: Secrets) -> None:
    with pytest.raises(PhaselineError) as error:
        secrets.get("users.buyer")
    assert error.value.exit_code == 12
    assert "PHASELINE_SECRET_TESTING_USERS_BUYER" in error.value.faults[0].hint


def test_a_file_others_can_read_is_refused(secrets: Secrets) -> None:
    secrets.put("a", "b")
    secrets.path.chmod(0o644)
    with pytest.raises(PhaselineError, match="read by others"):
        secrets.get("a")


def test_a_repr_shows_no_value(secrets: Secrets) -> None:
    secrets.put("a", "hush-hush")
    assert "hush-hush" not in repr(secrets)

"""Who PostgreSQL and Odoo run as."""

from __future__ import annotations

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.local import accounts


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root alone, on a machine where no sandbox ever was."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(accounts, "SYSTEM_ACCOUNT", "phaseline-nobody-made-it")
    monkeypatch.delenv("SUDO_UID", raising=False)


@pytest.mark.usefixtures("root")
def test_root_without_a_sandbox_is_told_that_none_runs() -> None:
    with pytest.raises(PhaselineError, match="the sandbox is not running") as error:
        accounts.choose()
    assert (error.value.faults[0].code, error.value.exit_code) == ("H013", 13)
    assert "phaseline sandbox up" in error.value.faults[0].hint


@pytest.mark.usefixtures("root")
def test_an_account_that_cannot_be_made_is_told_as_such() -> None:
    with pytest.raises(PhaselineError, match="could not be made") as error:
        accounts.choose("/bin/false")
    assert error.value.faults[0].code == "H015"

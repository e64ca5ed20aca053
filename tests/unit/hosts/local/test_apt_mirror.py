"""The Debian mirror is the one this machine already uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.local import apt_mirror

if TYPE_CHECKING:
    from pathlib import Path

SECURITY = "deb http://security.example.org/debian-security bookworm-security main\n"


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(apt_mirror.VARIABLE, raising=False)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n", encoding="utf-8")
    return tmp_path


def find(apt: Path, given: str | None = None) -> str:
    return apt_mirror.lookup(given, apt, apt / "os-release")


def test_it_is_read_from_the_old_one_line_form(apt: Path) -> None:
    lines = "# deb http://wrong.example.org/debian bookworm main\n" + SECURITY
    lines += "deb [arch=amd64 signed-by=/x.gpg] http://mirror.example.org/debian/ bookworm main\n"
    (apt / "sources.list").write_text(lines, encoding="utf-8")
    assert find(apt) == "http://mirror.example.org/debian"


def test_it_is_read_from_the_newer_stanza_form(apt: Path) -> None:
    stanzas = "Types: deb\nURIs: http://security.example.org/debian-security\n"
    stanzas += "Suites: bookworm-security\nComponents: main\n\n"
    stanzas += "Types: deb\n# a note\nURIs: http://mirror.example.org/debian\n"
    stanzas += "Suites: bookworm bookworm-updates\nComponents: main\n"
    (apt / "sources.list.d/debian.sources").write_text(stanzas, encoding="utf-8")
    assert find(apt) == "http://mirror.example.org/debian"


def test_other_archives_are_not_taken_for_debian(apt: Path) -> None:
    (apt / "sources.list").write_text("deb http://x.example.org/apt nodistro main\n", "utf-8")
    with pytest.raises(PhaselineError) as stopped:
        find(apt)
    assert stopped.value.faults[0].code == "H018"


def test_what_the_caller_names_goes_first(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(apt_mirror.VARIABLE, "http://own.example.org/debian/")
    assert find(apt) == "http://own.example.org/debian"
    assert find(apt, "http://given.example.org/debian") == "http://given.example.org/debian"

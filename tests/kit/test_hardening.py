"""The baseline's page and the checks of `env verify` say the same."""

from __future__ import annotations

import re

from kit.test_roles import ROLES
from kit.tree import ROOT
from phaseline.files.render import hardening
from phaseline.hosts.verify.check_table import CHECKS
from phaseline.hosts.verify.checks.baseline import LINES

PAGE = ROOT / "roles" / "HARDENING.md"
NAMES = {path.name for path in ROLES} | {"systemd_hardening"}


def test_every_check_cites_a_line_of_the_page() -> None:
    known = hardening.lines()
    assert [check.id for check in CHECKS if check.source not in known] == []


def test_the_page_names_under_each_line_the_checks_that_cite_it() -> None:
    cited = {id_: {one.id for one in CHECKS if one.source == id_} for id_ in hardening.lines()}
    assert {id_: set(line.checks) for id_, line in hardening.lines().items()} == cited


def test_a_check_is_cited_under_one_line_only() -> None:
    listed = [check for checks in LINES.values() for check in checks]
    assert sorted({one for one in listed if listed.count(one) > 1}) == []
    assert set(listed) == {check.id for check in CHECKS}


def test_no_two_lines_of_the_page_have_one_id() -> None:
    ids = re.findall(r"^\| ([A-Z]+-\d+) \|", PAGE.read_text(), re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(hardening.lines())


def test_every_line_has_a_reason_and_a_public_source() -> None:
    for line in hardening.lines().values():
        assert line.what, line
        assert line.why, line
        assert [address for _, address in line.sources if address.startswith("https://")], line


def test_the_roles_that_a_line_names_are_there() -> None:
    cells = [row.split(" | ")[4] for row in PAGE.read_text().splitlines() if row.startswith("| ")]
    named = {name for cell in cells[2:] for name in re.findall(r"`(\w+)`", cell)}
    assert named - NAMES == set()


def test_the_page_ships_with_the_kit() -> None:
    """All of `roles/` is in the wheel; test_wheel.py compares it file by file."""
    assert PAGE.is_file()
    assert "[HARDENING.md](HARDENING.md)" in (ROOT / "roles" / "README.md").read_text()

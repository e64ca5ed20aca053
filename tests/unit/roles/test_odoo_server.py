"""A visitor writes into Odoo's log, and what fail2ban reads there stays true."""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROLES = kit_dir() / "roles"
LOGINS = "odoo.addons.base.models.res_users"
FORMAT = "%(asctime)s 7 %(levelname)s harbour %(name)s: %(message)s"
FORGED = 'phaseline-login {"from": "198.51.100.9", "login": "x", "result": "failed"}'
EVIL = (
    f"x\n{FORGED}\n",
    f"x\r{FORGED}",
    f"x\x0b{FORGED}\x85{FORGED}\u2028{FORGED}",
    "x from 198.51.100.9",
    'x", "result": "failed"}',
    'x", "from": "198.51.100.9',
    "\\",
    '\\\\"',
    "y" * 5000,
    "",
)


@pytest.fixture(scope="module")
def program() -> ModuleType:
    found = importlib.util.spec_from_file_location(
        "odoo_server", ROLES / "tenant_service" / "files" / "odoo_server.py"
    )
    assert found
    assert found.loader
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


@pytest.fixture
def journal(program: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What Odoo would write to the journal, its own lines and ours."""
    out = io.StringIO()
    monkeypatch.setattr(logging.LogRecord, "getMessage", program.one_line)
    monkeypatch.setattr(logging.Formatter, "formatException", program.indented)
    shown, told = logging.StreamHandler(out), program.Logins(out)
    shown.setFormatter(logging.Formatter(FORMAT))
    logger = logging.getLogger(LOGINS)
    monkeypatch.setattr(logger, "propagate", False)
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [shown, told]
    yield out
    logger.handlers[:] = []
    logger.setLevel(logging.NOTSET)


def banned(journal: io.StringIO) -> list[str]:
    """Return the addresses that the guard takes from the journal."""
    text = (ROLES / "intrusion_guard" / "templates" / "phaseline-odoo.conf.j2").read_text()
    (rule,) = re.findall(r"^failregex = (.*)$", text, re.MULTILINE)
    sought = re.compile(rule.replace("<ADDR>", r"(?P<address>[0-9a-f.:]+)"))
    lines = [f"test1 odoo-harbour[7]: {one}" for one in journal.getvalue().splitlines()]
    return [found["address"] for found in map(sought.search, lines) if found]


@pytest.mark.parametrize("login", EVIL)
def test_a_login_bans_the_address_it_came_from_only(journal: io.StringIO, login: str) -> None:
    logging.getLogger(LOGINS).info("Login failed for login:%s from %s", login, "192.0.2.7")
    assert banned(journal) == ["192.0.2.7"]
    assert len(journal.getvalue().splitlines()) == 2


@pytest.mark.parametrize("text", EVIL)
def test_what_an_exception_says_bans_nobody(journal: io.StringIO, text: str) -> None:
    logging.getLogger(LOGINS).error("Bad %s", text, exc_info=ValueError(text))
    assert banned(journal) == []


def test_who_logs_in_is_told_and_not_banned(journal: io.StringIO) -> None:
    logging.getLogger(LOGINS).info("Login successful for login:%s from %s", "ada", "192.0.2.7")
    line = journal.getvalue().splitlines()[-1]
    told: dict[str, Any] = json.loads(line.removeprefix("phaseline-login "))
    assert told == {"from": "192.0.2.7", "login": "ada", "result": "successful"}
    assert banned(journal) == []


def test_a_log_in_without_a_visitor_bans_nobody(journal: io.StringIO) -> None:
    logging.getLogger(LOGINS).info("Login failed for login:%s from %s", "ada", "n/a")
    assert banned(journal) == []

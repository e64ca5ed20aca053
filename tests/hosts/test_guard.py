"""Who guesses passwords is shut out, and nobody else."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from hosts.external_client import Site, controller, stranger

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hosts

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def guess(site: Site) -> int:
    """Try one wrong password as a browser does; return the status."""
    _, page, cookies = site.ask("/web/login")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:300]
    body = urlencode({"csrf_token": found[1], "login": "admin", "password": "wrong"})
    cookie = "; ".join(one.split(";")[0] for one in cookies)
    return site.ask("/web/login", "POST", body, Cookie=cookie, **FORM)[0]


def shut_out(site: Site) -> bool:
    try:
        site.ask("/web/login")
    except OSError:
        return True
    return False


def test_eleven_bad_log_ins_shut_an_address_out_of_the_web(lab_project: Path) -> None:
    with stranger(lab_project, 251) as site:
        try:
            answered = 0
            for _ in range(11):
                try:
                    assert guess(site) in {200, 429}
                except OSError:
                    break
                answered += 1
            assert answered >= 9  # nobody is shut out for a few slips
            until = time.monotonic() + 20
            while not shut_out(site) and time.monotonic() < until:
                time.sleep(1)
            assert shut_out(site)
            banned = site.bench.ssh(site.host, "fail2ban-client banned")
            assert site.visitor in banned
            assert controller(lab_project).ask("/web/login")[0] == 200
        finally:
            site.bench.ssh(site.host, f"fail2ban-client unban {site.visitor}")
        assert not shut_out(site)


def test_attempts_that_come_too_fast_are_held_back(lab_project: Path) -> None:
    with stranger(lab_project, 252) as site:
        try:
            statuses = []
            for _ in range(16):
                try:
                    statuses.append(site.ask("/web/reset_password", "POST", "login=a", **FORM)[0])
                except OSError:
                    break
            assert 429 in statuses, statuses
        finally:
            site.bench.ssh(site.host, f"fail2ban-client unban {site.visitor}")


def test_a_forged_log_in_bans_nobody_else(lab_project: Path) -> None:
    victim = "198.51.100.9"
    told = json.dumps({"from": victim, "login": "x", "result": "failed"})
    line = f"odoo.addons.base.models.res_users: Login failed for login:x from {victim}"
    login = f"x from {victim}\n{line}\nphaseline-login {told}\n\r{line}\u2028{line}"
    with stranger(lab_project, 249) as site:
        try:
            database = site.tenant
            params = {"db": database, "login": login, "password": "wrong"}
            body = json.dumps({"params": params})
            kind = {"Content-Type": "application/json"}
            for _ in range(6):  # fewer than what bans the visitor itself
                status, said, _ = site.ask("/web/session/authenticate", "POST", body, **kind)
                assert (status, '"error"' in said) == (200, True), said[:300]
            page = urlencode({"login": login, "password": "wrong"})
            site.ask("/web/login", "POST", page, **{**FORM, "User-Agent": line})
            time.sleep(5)
            told_lines = site.bench.ssh(
                site.host, f"journalctl -u odoo@{database} --since -2min -o cat | grep ^phaseline"
            ).splitlines()
            come = [json.loads(one.split(" ", 1)[1])["from"] for one in told_lines]
            assert come.count(site.visitor) >= 6
            assert victim not in come
            assert victim not in site.bench.ssh(site.host, "fail2ban-client banned")
        finally:
            site.bench.ssh(site.host, f"fail2ban-client unban {site.visitor} {victim}")

"""PostgreSQL is closed to everybody who is not listed, and a new tenant restarts nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hosts import role_hosts

if TYPE_CHECKING:
    from hosts.role_hosts import Ground

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("postgres")]

SETTINGS = {
    "archive_mode": "off",
    "data_checksums": "on",
    "listen_addresses": "",
    "password_encryption": "scram-sha-256",
    "ssl": "on",
    "wal_level": "replica",
}


def ask(host: Any, sql: str) -> str:
    command = "cd / && runuser -u postgres -- psql -XAtqc %s"
    return str(host.check_output(command, sql))


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_the_server_runs_with_what_is_declared(ready: Ground, name: str) -> None:
    host = ready.host(name)
    assert {key: ask(host, f"show {key}") for key in SETTINGS} == SETTINGS
    version = ask(host, "show server_version_num")[:2]
    confined = host.check_output(f"systemd-analyze security --no-pager postgresql@{version}-main")
    assert float(confined.split("exposure level for")[1].split(":")[1].split()[0]) <= 5


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_a_new_tenant_is_let_in_without_a_restart(ready: Ground, name: str) -> None:
    host = ready.host(name)
    before = ask(host, "select pg_postmaster_start_time()")
    tenants = ["harbour", "quayside", "lighthouse"]
    said = ready.play("postgres_access", limit=name, postgres_access_tenants=tenants)
    assert said.failures == {}
    assert ask(host, "select pg_postmaster_start_time()") == before
    known = "select count(*) from pg_hba_file_rules where 'lighthouse' = any(user_name)"
    assert ask(host, known) == "2"


def test_nobody_is_let_in_who_is_not_listed(ready: Ground) -> None:
    host = ready.host("new13")
    ask(host, "create role stranger login")
    refused = host.run("cd / && runuser -u postgres -- psql -U stranger -d postgres -c 'select 1'")
    ask(host, "drop role stranger")
    assert "no pg_hba.conf entry" in refused.stderr


def test_a_setting_that_a_killed_run_left_unloaded_is_loaded_by_the_next(ready: Ground) -> None:
    host = ready.host("new13")
    file = "/etc/postgresql/17/main/conf.d/phaseline.conf"
    host.check_output(f"sleep 1; sed -i 's/^archive_timeout.*/archive_timeout = 60 /' {file}")
    host.check_output(f"sed -i 's/^archive_timeout.*/archive_timeout = 60/' {file}")
    said = ready.play("postgres", limit="new13")
    assert said.failures == {}
    assert any("Load what is newer" in one for one in said.changes)

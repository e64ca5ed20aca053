"""The sandbox on this machine: copies, restarts and kills at any point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from phaseline.errors import PhaselineError
from phaseline.flows import init
from phaseline.flows.machines import sandbox as flow
from phaseline.hosts.local import accounts, processes, state_file
from phaseline.hosts.sandbox import clones, odoo_server, postgres_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.hosts.sandbox.sandbox import Running

pytestmark = pytest.mark.odoo


def count(running: Running, database: str, model: str = "res.users") -> int:
    """Return how many records of a model the database answers with, by its API key."""
    answer = httpx.post(
        f"{running.url}/json/2/{model}/search_count",
        json={"domain": []},
        headers={"Authorization": f"bearer {running.api_key}", "X-Odoo-Database": database},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text[:300]
    return int(answer.text)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A project whose sandbox the test may kill; it is down at the end."""
    project = tmp_path / "own"
    init.run(project)
    try:
        yield project
    finally:
        flow.down(project)


@pytest.fixture(scope="module")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project whose running sandbox several tests kill and mend again."""
    project = tmp_path_factory.mktemp("doomed") / "doomed"
    init.run(project)
    try:
        yield project
    finally:
        flow.down(project)
        assert left_over(project) == []


def begin_up(project: Path, *modules: str) -> subprocess.Popen[bytes]:
    """Start `up` as a process of its own, to be killed."""
    program = (
        "import sys; from pathlib import Path;"
        "from phaseline.flows.machines import sandbox as flow;"
        "flow.up(flow.SandboxRequest(Path(sys.argv[1]), modules=tuple(sys.argv[2:])))"
    )
    return subprocess.Popen([sys.executable, "-c", program, str(project), *modules])


def left_over(project: Path) -> list[str]:
    """Return what is left of a project's sandbox: processes and files."""
    home = flow.home_of(project)
    found = [one.command for one in processes.inside(home / "run", accounts.choose().uid)]
    return found + ([str(home)] if home.exists() else [])


def uuid_of(running: Running, database: str) -> str:
    """Return what a database is known by in markers and locks."""
    said = "SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'"
    return postgres_server.sql(running.server.cluster, said, database)


def test_a_copy_answers_apart_from_its_source(sandbox: Running) -> None:
    with flow.scratch(sandbox) as database:
        assert uuid.UUID(uuid_of(sandbox, database)) == uuid.UUID(uuid_of(sandbox, "sandbox"))
        assert count(sandbox, database) == count(sandbox, sandbox.database)
        assert database in clones.names(sandbox)
    assert database not in clones.names(sandbox)


def test_a_browser_is_not_asked_which_database_while_copies_exist(sandbox: Running) -> None:
    with flow.scratch(sandbox):
        page = httpx.get(f"{sandbox.url}/web/login", follow_redirects=True, timeout=60)
    assert page.status_code == 200
    assert 'name="password"' in page.text


def test_readers_get_on_after_a_copy_was_made_beside_them(sandbox: Running) -> None:
    stop, statuses = threading.Event(), list[int]()

    def read() -> None:
        headers = {"Authorization": f"bearer {sandbox.api_key}", "X-Odoo-Database": "sandbox"}
        url = f"{sandbox.url}/json/2/res.partner/search_count"
        with httpx.Client(timeout=60, headers=headers) as client:
            while not stop.is_set():
                statuses.append(client.post(url, json={"domain": []}).status_code)
                time.sleep(0.02)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with flow.scratch(sandbox):
            before = len(statuses)
            until = time.monotonic() + 120
            while len(statuses) < before + 5 and time.monotonic() < until:
                time.sleep(0.02)
    finally:
        stop.set()
        reader.join()
    assert statuses[before:][-5:] == [200] * 5
    # One request may meet the end of its session before its first query: Odoo answers 404 and has
    # done nothing (see clones.py). This reader does not ask again, as the JSON-2 driver does.
    assert sorted(statuses)[-2:] in ([200, 200], [200, 404])


def test_nobody_can_enter_with_the_first_password(sandbox: Running) -> None:
    order = {"params": {"db": "sandbox", "login": "admin", "password": "admin"}}
    answer = httpx.post(f"{sandbox.url}/web/session/authenticate", json=order, timeout=60)
    assert "AccessDenied" in answer.text


def test_the_secrets_can_only_be_read_by_the_caller(sandbox: Running) -> None:
    for name in ("admin_password", "api_key"):
        state = (sandbox.home / name).stat()
        assert state.st_mode & 0o777 == 0o600
        assert state.st_uid == os.geteuid()


def test_neither_odoo_nor_postgresql_runs_as_root(sandbox: Running) -> None:
    found = odoo_server.running(sandbox.server) + postgres_server.running(sandbox.server.cluster)
    owners = {Path(f"/proc/{one.pid}").stat().st_uid for one in found}
    assert owners == {accounts.choose().uid}
    assert 0 not in owners


def test_a_second_up_changes_nothing(sandbox_project: Path, sandbox: Running) -> None:
    before = {one.pid for one in odoo_server.running(sandbox.server)}
    again = flow.up(flow.SandboxRequest(sandbox_project))
    assert again.running.url == sandbox.url
    assert {one.pid for one in odoo_server.running(sandbox.server)} >= before


def test_two_sandboxes_do_not_meet_and_each_ends_alone(own: Path, sandbox: Running) -> None:
    other = flow.up(flow.SandboxRequest(own)).running
    assert other.url != sandbox.url
    assert other.api_key != sandbox.api_key
    assert uuid_of(other, other.database) != uuid_of(sandbox, sandbox.database)
    headers = {"Authorization": f"bearer {sandbox.api_key}", "X-Odoo-Database": "sandbox"}
    url = f"{other.url}/json/2/res.users/search_count"
    refused = httpx.post(url, json={"domain": []}, headers=headers, timeout=60)
    assert refused.status_code == 401
    flow.down(own)
    assert left_over(own) == []
    assert count(sandbox, "sandbox") > 0


@pytest.mark.parametrize("victim", ["odoo master", "postgres", "both"])
def test_up_mends_a_sandbox_whose_servers_were_killed(doomed: Path, victim: str) -> None:
    running = flow.up(flow.SandboxRequest(doomed)).running
    odoo = odoo_server.running(running.server)
    postgres = postgres_server.running(running.server.cluster)
    master = next(one for one in postgres if str(running.server.cluster.data) in one.command)
    killed = {
        "odoo master": [odoo[0]],
        "postgres": [master],
        "both": [odoo[0], master],
    }[victim]
    for process in killed:
        os.kill(process.pid, signal.SIGKILL)
    running = flow.up(flow.SandboxRequest(doomed)).running
    assert count(running, "sandbox") > 0


@pytest.mark.parametrize("after", [1.0, 2.5])
def test_a_killed_up_is_finished_by_the_next_one(own: Path, after: float) -> None:
    child = begin_up(own)
    time.sleep(after)
    child.kill()
    child.wait()
    running = flow.up(flow.SandboxRequest(own)).running
    assert count(running, "sandbox") > 0


@pytest.mark.parametrize("after", [0.3, 2.0])
def test_down_clears_away_what_a_killed_up_left(own: Path, after: float) -> None:
    child = begin_up(own)
    time.sleep(after)
    child.kill()
    child.wait()
    flow.down(own)
    assert left_over(own) == []


def test_an_up_that_was_killed_while_it_installs_is_finished(own: Path) -> None:
    order = flow.SandboxRequest(own, modules=("contacts",))
    child = begin_up(own, "contacts")
    home = flow.home_of(own)
    until = time.monotonic() + 60
    while not (home / "install.log").exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(2)
    child.kill()
    child.wait()
    running = flow.up(order).running
    assert count(running, "sandbox", "res.partner") > 0
    flow.down(own)
    assert left_over(own) == []


def test_two_runs_on_one_sandbox_do_not_race(own: Path) -> None:
    with state_file.alone(flow.home_of(own)), pytest.raises(PhaselineError) as stopped:
        flow.up(flow.SandboxRequest(own))
    assert stopped.value.faults[0].code == "H010"


def test_a_name_that_is_no_copy_is_never_dropped(sandbox: Running) -> None:
    with pytest.raises(PhaselineError):
        clones.drop(sandbox, "sandbox")
    assert count(sandbox, "sandbox") > 0

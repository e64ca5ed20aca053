"""Processes are known by folder and start time, never by name, and end for sure."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.local import accounts, processes, run
from phaseline.hosts.local.processes import Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the test's folder that does not care for SIGTERM."""
    program = (
        "import signal, time; signal.signal(15, signal.SIG_IGN);"
        "print(1, flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def test_what_works_in_a_folder_is_found_there(
    stubborn: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    found = processes.inside(tmp_path, os.geteuid())
    assert [one.pid for one in found] == [stubborn.pid]
    assert processes.inside(tmp_path / "other", os.geteuid()) == ()


def test_a_neighbour_folder_with_a_longer_name_is_not_ours(
    stubborn: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    shorter = tmp_path.with_name(tmp_path.name[:-1])
    assert processes.inside(shorter, os.geteuid()) == ()


def test_one_that_does_not_listen_is_killed(
    stubborn: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    found = processes.inside(tmp_path, os.geteuid())
    processes.end(found, signal.SIGTERM, 0.3)
    assert not any(processes.alive(one) for one in found)


def test_a_number_that_was_given_anew_is_left_alone(stubborn: subprocess.Popen[bytes]) -> None:
    now = processes.inspect(stubborn.pid)
    assert now
    processes.end([Process(now.pid, now.started - 1, now.command)], signal.SIGKILL, 0.2)
    assert processes.alive(now)


def test_a_helper_does_not_outlive_a_killed_caller(tmp_path: Path) -> None:
    program = (
        "from phaseline.hosts.local import run; from pathlib import Path; import sys;"
        "run.run(['sleep', '60'], cwd=Path(sys.argv[1]))"
    )
    caller = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    until = time.monotonic() + 20
    while not (found := processes.inside(tmp_path, os.geteuid())) and time.monotonic() < until:
        time.sleep(0.05)
    caller.kill()
    caller.wait()
    processes.end([], signal.SIGTERM, 0)
    time.sleep(0.3)
    assert found
    assert not any(processes.alive(one) for one in found)


def test_a_missing_program_names_the_package_that_brings_it() -> None:
    with pytest.raises(PhaselineError) as stopped:
        run.lookup("no-such-program", "no-such-package")
    assert stopped.value.faults[0].code == "H005"
    assert "apt-get install no-such-package" in stopped.value.faults[0].hint


def test_root_never_runs_the_servers_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        assert accounts.choose().uid == os.geteuid()
        return
    monkeypatch.setenv("SUDO_UID", "1")
    assert accounts.choose().uid == 1
    monkeypatch.setenv("SUDO_UID", "0")
    with contextlib.suppress(PhaselineError):  # nobody has made the account here yet
        assert accounts.choose().name == accounts.SYSTEM_ACCOUNT

"""Long-lived processes of ours: started detached, known for sure, ended for sure."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phaseline.hosts.local.account import Account

PROC = Path("/proc")
START_FIELD = 19  # of /proc/PID/stat behind the name: field 22, start time in clock ticks


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this machine; number and start time together never name another one."""

    pid: int
    started: int
    command: str


def spawn(
    argv: Sequence[str | Path],
    account: Account,
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that it outlives the caller's terminal."""
    with log.open("ab") as sink:
        return subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            umask=0o077,
            **account.drop(),
        )


def inspect(pid: int) -> Process | None:
    """Return what runs under a number now, or None; a zombie does not run."""
    try:
        rest = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        words = (PROC / str(pid) / "cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    if rest[0] == "Z":
        return None
    return Process(pid, int(rest[START_FIELD]), words.replace(b"\0", b" ").decode(errors="replace"))


def inside(folder: Path, uid: int) -> tuple[Process, ...]:
    """Return an account's processes whose working folder is this one or lies below it.

    Everything the sandbox starts works in its own folder and so do its children: this finds what
    a killed run left behind without asking for names.
    """
    found = []
    head = str(folder.resolve())
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if entry.stat().st_uid != uid:
                continue
            cwd = str((entry / "cwd").readlink()).removesuffix(" (deleted)")
        except OSError:
            continue
        if (cwd == head or cwd.startswith(f"{head}/")) and (one := inspect(int(entry.name))):
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.started, one.pid)))


def alive(process: Process) -> bool:
    """Return whether that very process still runs."""
    now = inspect(process.pid)
    return now is not None and now.started == process.started


def send_signal(process: Process, number: signal.Signals) -> None:
    """Send a signal to that very process; one that has gone meanwhile is fine."""
    with contextlib.suppress(OSError):
        handle = os.pidfd_open(process.pid)
        try:
            if alive(process):  # the handle now names it, whatever its number becomes
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def end(processes: Iterable[Process], number: signal.Signals, grace: float) -> None:
    """Ask processes to end, wait, and kill those that are left."""
    left = list(processes)
    for process in left:
        send_signal(process, number)
    left = _wait(left, grace)
    for process in left:
        send_signal(process, signal.SIGKILL)
    _wait(left, 5.0)


def let_go(child: subprocess.Popen[bytes]) -> None:
    """Stop watching a server that is up: it outlives this run, and nobody waits for its status."""
    child.returncode = 0


def _wait(processes: list[Process], seconds: float) -> list[Process]:
    until = time.monotonic() + seconds
    left = processes
    while left := [one for one in left if alive(one)]:
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    for process in processes:
        # Our own children would stay as zombies until this run ends.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
    return left

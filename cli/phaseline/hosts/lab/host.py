"""One host of a lab as processes: started, found, waited for, ended like a power cut."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.lab import network
from phaseline.hosts.local import processes, run
from phaseline.hosts.local.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.hosts.lab.disk import Place

CGROUP = Path("/sys/fs/cgroup")
LEGACY = ("systemd", "memory", "cpu", "pids")
PREFIX = "phaseline-"
STARTER = Path(__file__).with_name("starter.sh")
NSPAWN = Path("/run/systemd/nspawn")
ROOT = Account("root", 0, 0, dropped=False)
BOOT_SECONDS = 120.0
BIRTH_SECONDS = 5.0  # after that a host of which nothing runs has given up


def start(place: Place, bridge: str) -> None:
    """Switch the host on; what an earlier run left of it is ended first."""
    power_off(place)
    unshare = run.lookup("unshare", "util-linux")
    argv = [unshare, "--mount", "--propagation", "private", "/bin/sh", str(STARTER)]
    argv += [place.machine, place.name, bridge, *(str(one) for one in _groups(place.machine))]
    child = processes.spawn(
        argv,
        ROOT,
        log=place.folder / "console.log",
        cwd=place.folder,
        env={
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "SYSTEMD_NSPAWN_LOCK": "0",  # one starter a host: nobody else needs a lock file
        },
    )
    processes.let_go(child)


def runs(place: Place) -> bool:
    """Return whether anything of the host runs."""
    return any(_members(group) for group in _tree(_unified() / f"{PREFIX}{place.machine}"))


def answers(place: Place, timeout: float = 2.0) -> bool:
    """Return whether SSH of the host greets."""
    try:
        with socket.create_connection((place.address, 22), timeout) as line:
            line.settimeout(timeout)
            return line.recv(4) == b"SSH-"
    except OSError:
        return False


def wait(place: Place, seconds: float = BOOT_SECONDS) -> None:
    """Wait until SSH of the host greets; one that gives up or takes too long is a fault."""
    begun = time.monotonic()
    while not answers(place):
        waited = time.monotonic() - begun
        if waited > seconds or (waited > BIRTH_SECONDS and not runs(place)):
            log = place.folder / "console.log"
            lines = log.read_text(errors="replace").splitlines()[-8:] if log.is_file() else []
            message = f"{place.name} does not answer at {place.address}:22 after {waited:.0f} s"
            raise PhaselineError(
                Fault("H020", "\n".join([message, *lines]), hint=f"Read {log}, then try again.")
            )
        time.sleep(0.1)


def halt(place: Place, grace: float = 20.0) -> None:
    """Switch the host off in good order; one that takes too long is cut off."""
    for one in _starters(place):
        processes.send_signal(one, signal.SIGTERM)
    until = time.monotonic() + grace
    while runs(place) and time.monotonic() < until:
        time.sleep(0.1)
    power_off(place)


def power_off(place: Place) -> None:
    """End every process of the host at once, as a power cut would, and remove its cgroups."""
    # First the starter, which may not have reached its cgroup yet; then everything it started.
    processes.end(_starters(place), signal.SIGKILL, 2.0)
    wipe(place.machine)


def wipe(machine: str) -> None:
    """End whatever runs in the cgroups of a machine and remove them with its traces."""
    top = _unified() / f"{PREFIX}{machine}"
    until = time.monotonic() + 30.0
    while top.is_dir():
        with contextlib.suppress(OSError):
            (top / "cgroup.kill").write_text("1\n", encoding="ascii")
        if not any(_members(group) for group in _tree(top)):
            break
        if time.monotonic() > until:
            raise PhaselineError(Fault("H020", f"the processes of {machine} do not end"))
        time.sleep(0.02)
    # Groups that saw a kill must go: services of a next start in them would be killed at once.
    for group in _groups(machine):
        for one in reversed(list(_tree(group))):
            _remove(one)
    network.unplug(machine)
    for trace in NSPAWN.glob(f"*/{machine}"):
        with contextlib.suppress(OSError):
            trace.rmdir()


def machines(prefix: str) -> list[str]:
    """Return the machines whose cgroups are there and whose names begin so."""
    found = _unified().glob(f"{PREFIX}{prefix}*")
    return sorted(one.name.removeprefix(PREFIX) for one in found)


def _starters(place: Place) -> list[processes.Process]:
    # By folder and by name: somebody's shell may stand in that folder.
    there = processes.inside(place.folder, 0)
    return [one for one in there if place.machine in one.command.split()]


def _remove(group: Path) -> None:
    until = time.monotonic() + 5.0
    while group.is_dir():
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)  # the kernel counts the dead out a moment later


def _groups(machine: str) -> list[Path]:
    tops = [_unified(), *(CGROUP / name for name in LEGACY if _unified() != CGROUP)]
    return [top / f"{PREFIX}{machine}" for top in tops if top.is_dir()]


def _unified() -> Path:
    return CGROUP if (CGROUP / "cgroup.controllers").exists() else CGROUP / "unified"


def _tree(group: Path) -> Iterator[Path]:
    for folder, _, _ in os.walk(group):
        yield Path(folder)


def _members(group: Path) -> bool:
    with contextlib.suppress(OSError):
        return bool((group / "cgroup.procs").read_text(encoding="ascii").strip())
    return False

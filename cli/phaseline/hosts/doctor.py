"""What this machine has of all that Phaseline needs, and the command that fixes it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from phaseline.errors import PhaselineError
from phaseline.hosts.lab import lab
from phaseline.hosts.local import accounts, apt_mirror, run
from phaseline.hosts.local.disk import GIB
from phaseline.hosts.releases import wheels
from phaseline.hosts.releases.debian_archive import KEYRING
from phaseline.hosts.sandbox import odoo_server, postgres_server

DISK_GIB = 5
MEMORY_GIB = 2
PYTHONS = ("3.11", "3.13")
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


@dataclass(frozen=True, slots=True)
class MachineCheck:
    """One thing that was looked at; without it `needed` says whether the main path stops."""

    name: str
    fine: bool
    says: str
    mend: str = ""
    needed: bool = True


def inspect(state: Path, cache: Path) -> tuple[MachineCheck, ...]:
    """Return everything that was looked at, in the order in which it is needed."""
    return (
        _debian(),
        _python(),
        _pip(),
        _program("apt-get", "apt", "fetches Odoo from the Debian archive"),
        _program("dpkg-deb", "dpkg", "unpacks Debian packages"),
        _keyring(),
        _mirror(),
        _program("setpriv", "util-linux", "starts children that end with us"),
        _postgresql(),
        _account(),
        *_room(state, cache),
        _memory(),
        _ports(),
        _program("git", "git", "takes Odoo from a repository", needed=False),
        _chromium(),
        _lab(),
    )


def _debian() -> MachineCheck:
    name = apt_mirror.codename()
    known = name in {"bookworm", "trixie"}
    says = f"Debian {name or 'unknown'}"
    return MachineCheck(
        "system", known, says, "Use Debian 12 or 13; others are not tried.", needed=False
    )


def _python() -> MachineCheck:
    found = [one for one in PYTHONS if Path(f"/usr/bin/python{one}").exists()]
    ours = f"phaseline runs on {sys.version_info.major}.{sys.version_info.minor}"
    says = f"/usr/bin/python{found[0]}, {ours}" if found else f"none of Debian's own, {ours}"
    return MachineCheck("python", bool(found), says, "apt-get install python3")


def _pip() -> MachineCheck:
    try:
        command = wheels.pip()
    except PhaselineError:
        return MachineCheck("pip", fine=False, says="missing", mend="apt-get install python3-pip")
    return MachineCheck("pip", fine=True, says=" ".join(command[:3]))


def _program(name: str, package: str, purpose: str, *, needed: bool = True) -> MachineCheck:
    try:
        path = run.lookup(name, package)
    except PhaselineError:
        return MachineCheck(
            name, False, f"missing: {purpose}", f"apt-get install {package}", needed
        )
    return MachineCheck(name, True, path, needed=needed)


def _keyring() -> MachineCheck:
    says = str(KEYRING) if KEYRING.is_file() else "missing: packages could not be verified"
    return MachineCheck(
        "keyring", KEYRING.is_file(), says, "apt-get install debian-archive-keyring"
    )


def _mirror() -> MachineCheck:
    try:
        return MachineCheck("mirror", fine=True, says=apt_mirror.lookup())
    except PhaselineError as error:
        mend = f"Set the variable {apt_mirror.VARIABLE} to the address of a Debian mirror."
        return MachineCheck("mirror", fine=False, says=error.faults[0].message, mend=mend)


def _postgresql() -> MachineCheck:
    try:
        path = postgres_server.find_programs()
    except PhaselineError:
        return MachineCheck(
            "postgresql", fine=False, says="missing", mend="apt-get install postgresql"
        )
    return MachineCheck("postgresql", fine=True, says=str(path))


def _account() -> MachineCheck:
    try:
        account = accounts.choose()
    except PhaselineError:
        made = f"{accounts.SYSTEM_ACCOUNT}, made by the first `phaseline sandbox up`"
        return MachineCheck("account", fine=True, says=made)
    return MachineCheck("account", fine=True, says=f"PostgreSQL and Odoo run as {account.name}")


def _room(state: Path, cache: Path) -> list[MachineCheck]:
    found = []
    for name, folder in (("state", state), ("cache", cache)):
        there = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(there).free / GIB
        may = os.access(there, os.W_OK)
        says = f"{folder}: {free:.0f} GiB free" + ("" if may else ", not writable")
        mend = f"Free {DISK_GIB} GiB on that disk, or own the folder."
        found.append(MachineCheck(name, may and free >= DISK_GIB, says, mend))
    return found


def _memory() -> MachineCheck:
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    free = next(int(one.split()[1]) for one in lines if one.startswith("MemAvailable")) / (1 << 20)
    mend = f"Free memory: the sandbox needs {MEMORY_GIB} GiB."
    return MachineCheck("memory", free >= MEMORY_GIB, f"{free:.1f} GiB available", mend)


def _ports() -> MachineCheck:
    try:
        found = odoo_server.free_ports(2)
    except OSError as error:
        return MachineCheck(
            "ports", False, f"none free: {error}", "Check the network of this machine."
        )
    return MachineCheck("ports", fine=True, says=f"{odoo_server.HOST} has free ones, as {found[0]}")


def _chromium() -> MachineCheck:
    path = next((one for one in CHROMIUM if Path(one).exists()), None)
    says = path or "missing: only the browser tests need it"
    return MachineCheck(
        "chromium", path is not None, says, "apt-get install chromium", needed=False
    )


def _lab() -> MachineCheck:
    names = lab.missing()
    says = f"missing: {', '.join(names)}" if names else "the programs of `phaseline lab` are there"
    mend = f"apt-get install {' '.join(sorted({lab.PROGRAMS[name] for name in names}))}"
    return MachineCheck("lab", not names, says, mend, needed=False)

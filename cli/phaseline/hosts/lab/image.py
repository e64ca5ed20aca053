"""The base of a lab's hosts: one small Debian root a suite, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import apt_mirror, run

if TYPE_CHECKING:
    from phaseline.progress import Progress

RECIPE = 1
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
AUTHORITIES = Path("/usr/local/share/ca-certificates")
PACKAGES = (
    "acl,ca-certificates,dbus,iproute2,openssh-server,python3,python3-apt,sudo,systemd,systemd-sysv"
)
# A lab's host does not update itself in the middle of a test; the timers stay switched on.
QUIET = "[Timer]\nOnCalendar=\nOnCalendar=2099-01-01\nPersistent=false\n"
FILES = {
    "etc/systemd/system/apt-daily.timer.d/lab.conf": QUIET,
    "etc/systemd/system/apt-daily-upgrade.timer.d/lab.conf": QUIET,
    "etc/dpkg/dpkg.cfg.d/lab": "force-unsafe-io\n",
    "etc/apt/apt.conf.d/90lab": 'Acquire::Languages "none";\nAcquire::Retries "3";\n',
    "etc/machine-id": "uninitialized\n",
}


def make(cache: Path, suite: str, given: str | None, progress: Progress) -> Path:
    """Return the root of a suite, made when the cache has none; one run at a time makes it."""
    lines = _sources(suite, apt_mirror.lookup(given))
    folder = cache / "lab" / f"{suite}-{_key(lines)}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    what = f"the base image of Debian {suite}"
    lock = folder.parent / f".{suite}.lock"
    with durable.lock(lock, what, told=lambda holder: progress.step(f"waiting for {holder}")):
        if folder.is_dir():
            return folder
        for old in folder.parent.glob(f".{suite}.making*"):
            shutil.rmtree(old)
        progress.step(f"making the base image of Debian {suite}")
        making = folder.with_name(f".{suite}.making")
        _debootstrap(suite, making, lines)
        _settle(making)
        os.sync()
        making.rename(folder)
    return folder


def _debootstrap(suite: str, folder: Path, lines: list[str]) -> None:
    # A mount and process namespace of its own: if we are killed, nothing of it stays mounted.
    own = [run.lookup("unshare", "util-linux"), "--mount", "--pid", "--fork", "--kill-child"]
    make = [run.lookup("mmdebstrap", "mmdebstrap"), "--mode=root", "--variant=minbase"]
    argv = [*own, "--mount-proc", *make, f"--include={PACKAGES}", suite, str(folder), *lines]
    outcome = run.run(argv, env=run.clean_environment(TMPDIR=str(folder.parent)))
    run.must_succeed(outcome, "H020", f"the base image of Debian {suite} could not be made")


def _settle(root: Path) -> None:
    """Write what every host has: the machine's extra authorities, quiet timers, no keys."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    for file in _authorities():
        shutil.copyfile(file, root / "usr/local/share/ca-certificates" / file.name)
    chroot = run.lookup("chroot", "coreutils")
    for words in (
        ["update-ca-certificates"],
        ["systemctl", "enable", "systemd-networkd.service", "ssh.service"],
    ):
        outcome = run.run([chroot, root, *words], env=run.clean_environment())
        run.must_succeed(outcome, "H020", f"`{words[0]}` failed in the base image")
    # Package lists are empty: an old date makes every `cache_valid_time` fetch them.
    lists = root / "var/lib/apt/lists"
    os.utime(lists, (0, 0))
    if not (root / "usr/lib/systemd/systemd").exists():
        raise PhaselineError(Fault("H020", "the base image has no systemd"))


def _sources(suite: str, main: str) -> list[str]:
    signed = f"deb [signed-by={KEYRING}]"
    security = apt_mirror.security() or f"{main.rpartition('/')[0]}/debian-security"
    return [
        f"{signed} {main} {suite} main",
        f"{signed} {main} {suite}-updates main",
        f"{signed} {security} {suite}-security main",
    ]


def _authorities() -> list[Path]:
    return sorted(AUTHORITIES.rglob("*.crt")) if AUTHORITIES.is_dir() else []


def _key(lines: list[str]) -> str:
    marks = [hashlib.sha256(file.read_bytes()).hexdigest() for file in _authorities()]
    whole = json.dumps([RECIPE, PACKAGES, FILES, lines, marks], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]

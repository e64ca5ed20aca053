"""The lab of whole environments, kept once it is provisioned, and started again from there.

A kept lab is found by the hash of all that decides it. It proves nothing by itself: it is
provisioned once more, and that run must change nothing. It goes on as the machines it was, so only
one runs at a time: the one with its network's number. What a killed run left of it is ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import fingerprint
from hosts import environments
from phaseline import durable
from phaseline.files.paths import cache_dir, state_dir
from phaseline.flows.machines import lab as flow
from phaseline.hosts.lab import claims, ssh
from phaseline.hosts.lab import host as lab_host
from phaseline.hosts.lab import lab as lab_hosts
from phaseline.hosts.local import state_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from hosts.lab_client import Bench
    from phaseline.hosts.lab.disk import Place

MOST = 2  # kept labs, the newest
NUMBER = 207  # of the network: hosts know each other by address
SHARES = 2048  # of the processor; 1024 is one process
DISK = ("upper", "host_key", "host_key.pub")
KEYS = ("key", "key.pub")
MODULES = (
    "phaseline.flows.environments.provision",
    "phaseline.flows.init",
    "phaseline.flows.machines.lab",
)
FILES = (
    "ansible.cfg", "blueprints", "cli/phaseline/commands", "data_templates",
    "inventory.example.ini", "migration", "playbooks", "roles", "tests/fingerprint.py",
    "tests/hosts/environments.py", "tests/hosts/kept_lab.py", "tests/hosts/lab_client.py",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A project whose environments stand in a lab."""

    project: Path
    environments: tuple[str, ...]

    @cached_property
    def second(self) -> list[dict[str, Any]]:
        """What a provisioning says that finds everything done."""
        return environments.provision(self.project, *self.environments)


def stand(
    bench: Bench, tenants: Mapping[str, tuple[str, ...]], source: str, run: ExitStack
) -> Standing:
    """Have the environments of a fresh project stand: from a kept lab, else from bare hosts.

    The number is this run's until `run` ends; of two runs at once the second goes without.
    """
    found = Standing(bench.project, tuple(tenants))
    cache_dir().mkdir(parents=True, exist_ok=True)
    try:
        run.enter_context(durable.lock(cache_dir() / "test-labs.lock", str(bench.project), wait=0))
    except durable.HeldError as error:
        print(f"no kept lab: {error.holder}")
    else:
        left = claims.owner(NUMBER)
        if left is not None and left != bench.home:
            lab_hosts.down(left)
    state_file.write(_made(bench.home), {"number": NUMBER, "hosts": [], "suites": {}})
    bench.up(source, "--tmpfs")
    _prefer(bench)
    if fingerprint.cold() or bench.number() != NUMBER:
        environments.provision(found.project, *found.environments)
        return found
    store = folder(bench, tenants, source)
    if store.is_dir():
        good = False
        try:
            _restore(bench, store)
            good = not environments.changed(found.second)  # else a test says so
        finally:
            if not good:
                _discard(store)  # the next run makes it anew
        return found
    environments.provision(found.project, *found.environments)
    if not environments.changed(found.second):
        _keep(bench, store)
    return found


def folder(bench: Bench, tenants: Mapping[str, tuple[str, ...]], source: str) -> Path:
    """Return where a lab is kept that is the same in everything that decides it."""
    files = fingerprint.imported(*MODULES) | fingerprint.below(*FILES)
    images = [fingerprint.made((one.folder / "base").resolve()) for one in _places(bench)]
    texts = [*fingerprint.machine(), *images, source, repr(sorted(tenants.items()))]
    key = fingerprint.of(files, *texts)
    return cache_dir() / "test-labs" / key


def _keep(bench: Bench, store: Path) -> None:
    """Copy the disks of the hosts, switched off in good order, and what belongs to the project."""
    if shutil.disk_usage(cache_dir()).free < 20 << 30:
        return
    _halt(bench)
    part = store.with_name(f".{store.name}.part")
    store.parent.mkdir(mode=0o700, exist_ok=True)
    for left in store.parent.glob(".*.part"):  # of a run that was killed
        shutil.rmtree(left)
    for place in _places(bench):
        _copy((place.folder / name for name in DISK), part / "hosts" / place.name)
    _copy((bench.home / name for name in KEYS), part / "lab")
    _copy(_own(state_dir(bench.project), "lab"), part / "state")
    _copy(_own(bench.project, "inventory.ini", "source.ini"), part / "project")
    part.rename(store)
    kept = sorted(store.parent.glob("[!.]*"), key=lambda one: one.stat().st_mtime)
    for old in kept[:-MOST]:
        _discard(old)
    _start(bench)


def _discard(store: Path) -> None:
    """Remove a kept lab; a run that is killed at it leaves none that looks whole."""
    gone = store.with_name(f".{store.name}.part")
    store.rename(gone)
    shutil.rmtree(gone)


def _restore(bench: Bench, store: Path) -> None:
    os.utime(store)  # what is used stays
    for place in _places(bench):
        lab_host.power_off(place)
        shutil.rmtree(place.folder / "upper")
        _copy((store / "hosts" / place.name).iterdir(), place.folder)
    _copy((store / "lab").iterdir(), bench.home)
    _copy((store / "state").iterdir(), state_dir(bench.project))
    _copy((store / "project").iterdir(), bench.project)
    _start(bench)


def _start(bench: Bench) -> None:
    bench.up()
    _prefer(bench)
    for place in _places(bench):
        bench.ssh(place.name, "systemctl is-system-running --wait")


def _prefer(bench: Bench) -> None:
    """Give each host the processor as two processes get it: to the kernel it is one group."""
    for place in _places(bench):
        group = lab_host.PREFIX + place.machine
        file = lab_host.CGROUP / "cpu" / group / "cpu.shares"
        if file.exists():
            file.write_text(f"{SHARES}\n", encoding="ascii")


def _halt(bench: Bench) -> None:
    """Switch the hosts off: those with Odoo first, which would wait for its database."""
    ssh.close(flow.running(bench.project).sockets)
    last = [one for one in _places(bench) if one.name.startswith(("db", "backup"))]
    first = [one for one in _places(bench) if one not in last]
    with ThreadPoolExecutor(4) as pool:
        for some in (first, last):
            list(pool.map(lambda place: lab_host.halt(place, 60), some))


def _places(bench: Bench) -> tuple[Place, ...]:
    return flow.running(bench.project).hosts


def _own(parent: Path, *others: str) -> list[Path]:
    return [one for one in parent.iterdir() if one.name not in others]


def _made(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    return home


def _copy(sources: Iterable[Path], target: Path) -> None:
    """Copy files and folders with owners, dates, links, devices and extended attributes."""
    words = ["cp", "-a", "--", *map(str, sources), str(_made(target))]
    subprocess.run(words, check=True)

"""Bring a project's lab up and down: the hosts its inventory names, and the inventory it gets."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.paths import cache_dir, kit_dir, state_dir
from phaseline.hosts.lab import host as lab_host
from phaseline.hosts.lab import inventory as lab_inventory
from phaseline.hosts.lab import lab as host
from phaseline.hosts.lab import record
from phaseline.hosts.local import disk

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.lab.disk import Place as Host
    from phaseline.hosts.lab.inventory import Source
    from phaseline.hosts.lab.record import Lab
    from phaseline.progress import Progress

HOME = "lab"
BEFORE = "before.ini"  # what stood in the project before: `down` puts it back
MEMORY_MB = 4096


@dataclass(frozen=True, slots=True)
class LabRequest:
    """What the caller asks for; without a source the one of last time, else the kit's example."""

    project: Path
    source: Path | None = None
    mirror: str | None = None
    tmpfs: bool = False


@dataclass(frozen=True, slots=True)
class HostStatus:
    """How one host of a lab is: `running`, `not answering` or `stopped`."""

    name: str
    address: str
    suite: str
    state: str


@dataclass(frozen=True, slots=True)
class LabStatus:
    """How a lab is: `absent`, `stopped` or `running`, with each of its hosts."""

    state: str
    hosts: tuple[HostStatus, ...]
    home: str
    ssh_config: str | None

    def data(self) -> dict[str, Any]:
        """Return the status as JSON shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LabResult:
    """A lab that is up, how its hosts are, and how long it took in seconds."""

    lab: Lab
    status: LabStatus
    seconds: float

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        return {**self.status.data(), "seconds": round(self.seconds, 1)}


def up(order: LabRequest, progress: Progress) -> LabResult:
    """Return the project's lab, brought up from whatever state it is in."""
    begun = time.monotonic()
    host.check()
    if not order.project.is_dir():
        hint = "Make it with `phaseline init`, or correct `--project`."
        raise PhaselineError(Fault("C001", f"there is no folder {order.project}", hint=hint))
    home, inventory = home_of(order.project), order.project / "inventory.ini"
    text, name = _source(order, home)
    source = lab_inventory.read(text, name)
    _guard(inventory)
    disk.need_room(cache_dir(), 2)
    suites = {n: v.get("lab_suite", lab_inventory.SUITES[0]) for n, v in source.hosts.items()}
    spec = record.LabSpec(home, cache_dir(), suites, text, order.mirror, order.tmpfs)
    lab = host.up(spec, progress)
    if inventory.is_file() and not lab_inventory.ours(_text(inventory)):
        durable.write(home / BEFORE, _text(inventory))
    durable.write(inventory, _inventory(text, source, lab))
    seconds = time.monotonic() - begun
    return LabResult(lab, status(order.project), seconds)


def status(project: Path) -> LabStatus:
    """Ask every host of the project's lab how it is."""
    home = home_of(project)
    lab = record.lookup(home)
    if lab is None:
        return LabStatus("absent", (), str(home), None)
    hosts = tuple(
        HostStatus(one.name, one.address, lab.suites[one.name], _state(one)) for one in lab.hosts
    )
    whole = all(one.state == "running" for one in hosts)
    return LabStatus("running" if whole else "stopped", hosts, str(home), str(lab.ssh_config))


def down(project: Path) -> bool:
    """End the project's lab and put its inventory back; return whether there was a lab."""
    home, inventory = home_of(project), project / "inventory.ini"
    if not home.is_dir():
        return False
    host.need_root()
    if inventory.is_file() and lab_inventory.ours(_text(inventory)):
        if (home / BEFORE).is_file():
            durable.write(inventory, _text(home / BEFORE))
        else:
            inventory.unlink()
    there = host.down(home)
    with contextlib.suppress(OSError):
        state_dir(project).rmdir()
    return there


def running(project: Path) -> Lab:
    """Return the project's lab; a fault when there is none."""
    lab = record.lookup(home_of(project))
    if lab is None:
        raise PhaselineError(Fault("H013", "there is no lab", hint="Run `phaseline lab up`."))
    return lab


def home_of(project: Path) -> Path:
    """Return the folder of a project's lab."""
    return state_dir(project) / HOME


def _state(place: Host) -> str:
    if not lab_host.runs(place):
        return "stopped"
    return "running" if lab_host.answers(place) else "not answering"


def _source(order: LabRequest, home: Path) -> tuple[str, str]:
    example = kit_dir() / "inventory.example.ini"
    chosen = order.source or (home / record.SOURCE if (home / record.SOURCE).is_file() else example)
    if not chosen.is_file():
        fault = Fault("H021", f"{chosen} is missing", hint="Name an inventory that is there.")
        raise PhaselineError(fault)
    return _text(chosen), str(chosen)


def _guard(inventory: Path) -> None:
    """Refuse to write over an inventory somebody wrote by hand."""
    if not inventory.is_file():
        return
    text = _text(inventory)
    if lab_inventory.ours(text) or text == _text(kit_dir() / "inventory.example.ini"):
        return
    hint = "Rehearse in a project of its own, made by `phaseline init`, with `--inventory` of this."
    message = "the inventory was written by hand and is not overwritten"
    raise PhaselineError(Fault("H022", message, Place(str(inventory)), hint))


def _inventory(text: str, source: Source, lab: Lab) -> str:
    vcpus = str(os.cpu_count() or 1)
    hosts = {}
    for one in lab.hosts:
        facts = {"host_vcpus": vcpus, "host_memory_mb": str(MEMORY_MB), "host_platform": "lab"}
        facts |= {key: value for key, value in source.hosts[one.name].items() if key in facts}
        hosts[one.name] = {"ansible_host": one.address, **facts}
    everywhere = {
        "ansible_user": "root",
        "ansible_ssh_common_args": f'-F "{lab.ssh_config}"',
        "ansible_control_path_dir": str(lab.sockets),
        "proxy_rpc_sources": f'["{lab.gateway}/32"]',
    }
    environments = {}
    for env in source.environments():
        inside = source.inside(env)
        proxies = [name for name in source.inside("proxy") if name in inside]
        if proxies and "odoo_address" not in source.variables[env]:
            environments[env] = {"odoo_address": lab.host(proxies[0]).address}
    return lab_inventory.write(text, hosts, everywhere, environments)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")

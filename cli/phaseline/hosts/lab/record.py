"""A lab as its folder keeps it: which hosts it has, where each is, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.hosts.lab import claims, network, ssh
from phaseline.hosts.lab.disk import Place
from phaseline.hosts.local import state_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE = "source.ini"  # what the lab is made of: the next `up` without a source takes it again


@dataclass(frozen=True, slots=True)
class LabSpec:
    """What a lab is to be: where it keeps itself, each host's name with its suite, made of what."""

    home: Path
    cache: Path
    hosts: Mapping[str, str]
    source: str
    mirror: str | None = None
    tmpfs: bool = False


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab as it was written down; whether a host runs is asked of the host."""

    home: Path
    number: int
    hosts: tuple[Place, ...]
    suites: Mapping[str, str]

    @property
    def gateway(self) -> str:
        """The address of this machine in the lab."""
        return network.gateway(self.number)

    @property
    def ssh_config(self) -> Path:
        """The file for `ssh -F`."""
        return self.home / ssh.CONFIG

    @property
    def sockets(self) -> Path:
        """The folder of the sockets that SSH keeps open."""
        return claims.runtime(self.number)

    def host(self, name: str) -> Place:
        """Return a host by its name."""
        return next(one for one in self.hosts if one.name == name)


def plan(spec: LabSpec, number: int) -> Lab:
    """Return the lab that is to be: hosts there already keep their address and disk."""
    kept = state_file.read(spec.home)
    known: dict[str, int] = {}
    if kept.get("number") == number:
        known = {one["name"]: one["index"] for one in kept["hosts"]}
    free = (one for one in range(1, 240) if one not in known.values())
    indices = {name: known.get(name) or next(free) for name in spec.hosts}
    places = tuple(_place(spec.home, number, name, index) for name, index in indices.items())
    return Lab(spec.home, number, places, dict(spec.hosts))


def write(lab: Lab, spec: LabSpec) -> None:
    """Write the lab down, before anything of it is made."""
    hosts = [{"name": one.name, "index": int(one.machine.rpartition("h")[2])} for one in lab.hosts]
    kept = {"number": lab.number, "hosts": hosts, "suites": dict(lab.suites)}
    state_file.write(lab.home, {**kept, "tmpfs": spec.tmpfs})
    durable.write(lab.home / SOURCE, spec.source)


def unwanted(lab: Lab) -> tuple[tuple[Place, int], ...]:
    """Return the hosts of the record that this lab has no more, each with its lab's number."""
    kept = state_file.read(lab.home)
    if not kept:
        return ()
    old = _lab(lab.home, kept)
    return tuple(
        (one, old.number)
        for one in old.hosts
        if old.suites.get(one.name) != lab.suites.get(one.name)
    )


def lookup(home: Path) -> Lab | None:
    """Return the lab of a folder as it was written down, or None; nothing is changed."""
    kept = state_file.read(home)
    return _lab(home, kept) if kept else None


def _place(home: Path, number: int, name: str, index: int) -> Place:
    machine = f"{network.bridge(number)}h{index}"
    where = network.address(number, index)
    return Place(name, machine, where, home / "hosts" / name)


def _lab(home: Path, kept: dict[str, Any]) -> Lab:
    number = int(kept["number"])
    places = [_place(home, number, one["name"], one["index"]) for one in kept["hosts"]]
    return Lab(home, number, tuple(places), kept["suites"])

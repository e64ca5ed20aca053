"""A lab: Debian hosts with systemd and SSH as nspawn machines on a bridge of their own."""

from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.lab import claims, disk, image, network, ssh
from phaseline.hosts.lab import host as lab_host
from phaseline.hosts.lab.disk import Place
from phaseline.hosts.local import run, state_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SOURCE = "source.ini"  # what the lab is made of: the next `up` without a source takes it again
PROGRAMS = {
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}


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


def up(spec: LabSpec, say: Callable[[str], None]) -> Lab:
    """Bring a lab up from whatever state it is in; a host that answers is left alone."""
    check()
    with state_file.alone(spec.home):
        before = state_file.read(spec.home).get("number")
        number = claims.claim(spec.home, _wipe, before)
        lab = _plan(spec, number)
        _write(lab, spec)
        durable.write(spec.home / SOURCE, spec.source)
        bases = {s: image.make(spec.cache, s, spec.mirror, say) for s in _suites(spec)}
        network.up(number)
        lab.sockets.mkdir(mode=0o700, exist_ok=True)
        _disks(lab, spec)
        disk.own_key(spec.home / ssh.KEY)
        key = disk.public(spec.home / ssh.KEY)
        addresses = {one.name: one.address for one in lab.hosts}
        asleep = [one for one in lab.hosts if not (lab_host.runs(one) and lab_host.answers(one))]
        if asleep:
            say(f"starting {', '.join(one.name for one in asleep)}")
        for place in asleep:
            lab_host.power_off(place)
            disk.make(place, bases[lab.suites[place.name]], key)
            disk.connect(place, lab.gateway, addresses)
            lab_host.start(place, network.bridge(number))
        ssh.write(lab.home, lab.hosts)
        with ThreadPoolExecutor(max(len(asleep), 1)) as pool:
            list(pool.map(lab_host.wait, asleep))
        return lab


def lookup(home: Path) -> Lab | None:
    """Return the lab of a folder as it was written down, or None; nothing is changed."""
    record = state_file.read(home)
    return _lab(home, record) if record else None


def down(home: Path) -> bool:
    """End every host of a lab and remove all of it; return whether there was anything."""
    if not home.is_dir():
        return False
    need_root()
    with state_file.alone(home):
        record = state_file.read(home)
        number = claims.number(home)
        if record and number is None and claims.owner(int(record["number"])) is None:
            number = int(record["number"])  # its claim went with a restart of the machine
        if number is not None:
            ssh.close(claims.runtime(number))
            _wipe(number)
        _unmount(home)
        for child in home.iterdir():
            if child.name in {state_file.RECORD, ".lock"}:
                continue  # the record goes last: until then this can be done again
            shutil.rmtree(child) if child.is_dir() and not child.is_symlink() else child.unlink()
        if number is not None:
            claims.release(number)
        (home / state_file.RECORD).unlink(missing_ok=True)
        (home / ".lock").unlink()
        home.rmdir()
    return bool(record)


def check() -> None:
    """Raise faults unless this machine can carry a lab: all that is missing in one go."""
    need_root()
    null = Path(os.devnull).stat().st_mode
    if not stat.S_ISCHR(null) or null & 0o666 != 0o666:  # noqa: PLR2004 (all may read and write)
        hint = (
            f"Run `chmod 0666 {os.devnull}` as root: hosts take its mode over and would not start."
        )
        raise PhaselineError(Fault("H019", f"{os.devnull} is not open to all", hint=hint))
    if names := missing():
        packages = " ".join(sorted({PROGRAMS[name] for name in names}))
        hint = f"Run `apt-get install {packages}`, then the same command again."
        raise PhaselineError(Fault("H005", f"missing: {', '.join(names)}", hint=hint))


def missing() -> list[str]:
    """Return the programs that a lab needs and this machine lacks."""
    names = []
    for name, package in PROGRAMS.items():
        try:
            run.lookup(name, package)
        except PhaselineError:
            names.append(name)
    return names


def need_root() -> None:
    """Raise a fault unless we are root: a lab makes bridges, mounts and machines."""
    if os.geteuid() != 0:
        hint = "Run it again with `sudo`, or as root on a machine made for it."
        raise PhaselineError(Fault("H019", "a lab needs root", hint=hint))


def _plan(spec: LabSpec, number: int) -> Lab:
    """Return the lab that is to be: hosts there already keep their address and disk."""
    record = state_file.read(spec.home)
    known: dict[str, int] = {}
    if record.get("number") == number:
        known = {one["name"]: one["index"] for one in record["hosts"]}
    free = (one for one in range(1, 240) if one not in known.values())
    indices = {name: known.get(name) or next(free) for name in spec.hosts}
    places = tuple(_place(spec.home, number, name, index) for name, index in indices.items())
    return Lab(spec.home, number, places, dict(spec.hosts))


def _place(home: Path, number: int, name: str, index: int) -> Place:
    machine = f"{network.bridge(number)}h{index}"
    where = network.address(number, index)
    return Place(name, machine, where, home / "hosts" / name)


def _write(lab: Lab, spec: LabSpec) -> None:
    """Write the lab down before anything of it is made; hosts that are not wanted any more go."""
    record = state_file.read(lab.home)
    if record:
        for old in _lab(lab.home, record).hosts:
            if record["suites"].get(old.name) == lab.suites.get(old.name):
                continue
            if record["number"] == lab.number:  # else the machine was restarted: nothing runs
                lab_host.power_off(old)
            shutil.rmtree(old.folder, ignore_errors=True)
    hosts = [{"name": one.name, "index": int(one.machine.rpartition("h")[2])} for one in lab.hosts]
    record = {"number": lab.number, "hosts": hosts, "suites": dict(lab.suites)}
    state_file.write(lab.home, {**record, "tmpfs": spec.tmpfs})


def _lab(home: Path, record: dict[str, Any]) -> Lab:
    number = int(record["number"])
    places = [_place(home, number, one["name"], one["index"]) for one in record["hosts"]]
    return Lab(home, number, tuple(places), record["suites"])


def _suites(spec: LabSpec) -> list[str]:
    return sorted(set(spec.hosts.values()))


def _wipe(number: int) -> None:
    for machine in lab_host.machines(f"{network.bridge(number)}h"):
        lab_host.wipe(machine)
    network.down(number)


def _disks(lab: Lab, spec: LabSpec) -> None:
    disks = lab.home / "hosts"
    disks.mkdir(exist_ok=True)
    if spec.tmpfs and not any(disks.iterdir()) and not disks.is_mount():
        mount = run.lookup("mount", "mount")
        argv = [
            mount,
            "-t",
            "tmpfs",
            "-o",
            "mode=0755,size=75%",
            network.bridge(lab.number),
            str(disks),
        ]
        run.must_succeed(run.run(argv), "H020", "no memory disk for the hosts")


def _unmount(home: Path) -> None:
    if (home / "hosts").is_mount():
        umount = run.lookup("umount", "mount")
        argv = [umount, str(home / "hosts")]
        run.must_succeed(run.run(argv), "H020", "the memory disk is in use")

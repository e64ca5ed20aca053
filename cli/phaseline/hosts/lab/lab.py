"""A lab: Debian hosts with systemd and SSH as nspawn machines on a bridge of their own."""

from __future__ import annotations

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.lab import claims, disk, image, network, record, ssh
from phaseline.hosts.lab import host as lab_host
from phaseline.hosts.local import run, state_file

if TYPE_CHECKING:
    from phaseline.hosts.lab.record import Lab, LabSpec
    from phaseline.progress import Progress

PROGRAMS = {
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "ssh": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}


def up(spec: LabSpec, progress: Progress) -> Lab:
    """Bring a lab up from whatever state it is in; a host that answers is left alone."""
    check()
    with state_file.alone(spec.home):
        before = state_file.read(spec.home).get("number")
        number = claims.claim(spec.home, _wipe, before)
        lab = record.plan(spec, number)
        _retire(lab)
        record.write(lab, spec)
        bases = {s: image.make(spec.cache, s, spec.mirror, progress) for s in _suites(spec)}
        network.up(number)
        lab.sockets.mkdir(mode=0o700, exist_ok=True)
        _disks(lab, spec)
        disk.own_key(spec.home / ssh.KEY)
        key = disk.public(spec.home / ssh.KEY)
        addresses = {one.name: one.address for one in lab.hosts}
        asleep = [one for one in lab.hosts if not (lab_host.runs(one) and lab_host.answers(one))]
        if asleep:
            progress.step(f"starting {', '.join(one.name for one in asleep)}")
        for place in asleep:
            lab_host.power_off(place)
            disk.make(place, bases[lab.suites[place.name]], key)
            disk.connect(place, lab.gateway, addresses)
            lab_host.start(place, network.bridge(number))
        ssh.write(lab.home, lab.hosts)
        with ThreadPoolExecutor(max(len(asleep), 1)) as pool:
            list(pool.map(lab_host.wait, asleep))
        return lab


def down(home: Path) -> bool:
    """End every host of a lab and remove all of it; return whether there was anything."""
    if not home.is_dir():
        return False
    need_root()
    with state_file.alone(home):
        kept = state_file.read(home)
        number = claims.number(home)
        if kept and number is None and claims.owner(int(kept["number"])) is None:
            number = int(kept["number"])  # its claim went with a restart of the machine
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
    return bool(kept)


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


def _retire(lab: Lab) -> None:
    """End the hosts a record names that this lab has no more, or has as another Debian."""
    for old, number in record.unwanted(lab):
        if number == lab.number:  # else the machine was restarted: nothing runs
            lab_host.power_off(old)
        shutil.rmtree(old.folder, ignore_errors=True)


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

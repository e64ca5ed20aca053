"""What a lab's host is made of: its own layer over the base image, name, addresses and keys."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from phaseline import durable

if TYPE_CHECKING:
    from collections.abc import Mapping

READY = "ready"  # stands in a host's folder once everything in it is whole
DOMAIN = "lab.test"
NETWORK = """\
[Match]
Name=host0

[Network]
Address={address}/24
Gateway={gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""
RESOLVERS = (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf"))


@dataclass(frozen=True, slots=True)
class Place:
    """Who a host is: its name, its machine's name, where it answers and where it lies."""

    name: str
    machine: str
    address: str
    folder: Path


def make(place: Place, base: Path, client_key: str) -> None:
    """Have the host's folder whole; a half-made one is made anew, so is one without its base."""
    if (place.folder / READY).exists() and (place.folder / "base").exists():
        return  # a disk stays on the base it was made on
    if place.folder.exists():
        shutil.rmtree(place.folder)
    for name in ("upper", "work", "root"):
        (place.folder / name).mkdir(parents=True, mode=0o755)
    (place.folder / "base").symlink_to(base)
    upper = place.folder / "upper"
    private = own_key(place.folder / "host_key")
    _file(upper / "etc/ssh/ssh_host_ed25519_key", private, 0o600)
    _file(upper / "etc/ssh/ssh_host_ed25519_key.pub", public(place.folder / "host_key"))
    _file(upper / "root/.ssh/authorized_keys", client_key, 0o600)
    for name in ("root", "root/.ssh"):
        (upper / name).chmod(0o700)
    _file(upper / "etc/hostname", f"{place.name}\n")
    _file(upper / "etc/machine-id", f"{uuid.uuid4().hex}\n", 0o444)
    (place.folder / READY).touch()


def connect(place: Place, gateway: str, addresses: Mapping[str, str]) -> None:
    """Write the network of today into a host that does not run: its address, the lab's names."""
    upper = place.folder / "upper"
    network = NETWORK.format(address=place.address, gateway=gateway)
    _file(upper / "etc/systemd/network/10-lab.network", network)
    _file(upper / "etc/resolv.conf", resolvers())
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    lines += [f"{where} {name}.{DOMAIN} {name}" for name, where in addresses.items()]
    _file(upper / "etc/hosts", "\n".join(lines) + "\n")


def own_key(file: Path) -> str:
    """Return the private key of a file, made when there is none; its other half stands beside."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        half = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        _file(file.with_name(f"{file.name}.pub"), f"{half.decode()} phaseline-lab\n")
        whole = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        _file(file, whole.decode(), 0o600)
    return file.read_text(encoding="ascii")


def public(file: Path) -> str:
    """Return the public half of a key of ours."""
    return file.with_name(f"{file.name}.pub").read_text(encoding="ascii")


def resolvers(files: tuple[Path, ...] = RESOLVERS) -> str:
    """Return the first resolver settings that mean something in another network namespace."""
    for file in files:
        if not file.is_file():
            continue
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [one for one in lines if not one.startswith("nameserver 127.")]
        if any(one.startswith("nameserver ") for one in kept):
            return "\n".join(kept) + "\n"
    return "nameserver 9.9.9.9\n"


def _file(file: Path, text: str, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    durable.write(file, text, mode)

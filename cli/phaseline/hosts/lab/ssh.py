"""How SSH reaches a lab's hosts: one key in, every host's own key known, nothing asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.hosts.lab import disk
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from phaseline.hosts.lab.disk import Place

CONFIG = "ssh_config"
KEY = "key"
EVERYWHERE = """\
Host *
  User root
  IdentityFile "{home}/key"
  IdentitiesOnly yes
  UserKnownHostsFile "{home}/known_hosts"
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  PasswordAuthentication no
  ServerAliveInterval 10
  ServerAliveCountMax 6
"""


def write(home: Path, hosts: Iterable[Place]) -> None:
    """Write the file for `ssh -F` and the keys of the hosts it will meet."""
    known, blocks = [], []
    for one in hosts:
        kind, key, *_ = disk.public(one.folder / "host_key").split()
        whole = f"{one.name}.{disk.DOMAIN}"
        known.append(f"{one.name},{whole},{one.address} {kind} {key}\n")
        blocks.append(f"Host {one.name} {whole}\n  HostName {one.address}\n\n")
    durable.write(home / "known_hosts", "".join(known))
    text = "".join([*blocks, EVERYWHERE.format(home=home)])
    durable.write(home / CONFIG, text)


def close(folder: Path) -> None:
    """End the connections that Ansible keeps open for its next call."""
    ssh = run.lookup("ssh", "openssh-client")
    for socket in folder.iterdir() if folder.is_dir() else ():
        run.run([ssh, "-o", f"ControlPath={socket}", "-O", "exit", "lab"], timeout=10)

"""A lab's network: a bridge, its addresses, NAT to the outside; and which number it takes."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

NUMBERS = range(1, 255)
FIRST_HOST = 10
# Deleting a table that is not there is a fault, so it is made first: this text always works.
NAT = """\
table ip {name}
delete table ip {name}
table ip {name} {{
  chain outside {{
    type nat hook postrouting priority 100; policy accept;
    ip saddr {subnet} oifname != "{name}" masquerade
  }}
}}
"""


def bridge(number: int) -> str:
    """Return the name of a lab's bridge, which its nft table and machines begin with, too."""
    return f"phl{number}"


def subnet(number: int) -> ipaddress.IPv4Network:
    """Return the addresses of a lab."""
    return ipaddress.IPv4Network(f"10.77.{number}.0/24")


def gateway(number: int) -> str:
    """Return the address this machine has on a lab's bridge."""
    return str(subnet(number)[1])


def address(number: int, index: int) -> str:
    """Return the address of a lab's host, counted from 1."""
    return str(subnet(number)[FIRST_HOST + index])


def choose(
    claimed: Collection[int], taken: Iterable[ipaddress.IPv4Network], wanted: int | None = None
) -> int:
    """Return the first number no lab has and whose addresses nothing else on this machine uses."""
    others = [one for one in taken if one.prefixlen > 0]
    for number in ([wanted] if wanted else []) + list(NUMBERS):
        if number not in claimed and not any(subnet(number).overlaps(one) for one in others):
            return number
    hint = "Run `phaseline lab down` in the projects whose labs are not needed any more."
    raise PhaselineError(Fault("H019", "no subnet of 10.77.0.0/16 is free", hint=hint))


def taken() -> list[ipaddress.IPv4Network]:
    """Return the networks this machine has a way to."""
    told = run.must_succeed(
        run.run([_ip(), "-j", "-4", "route", "show", "table", "all"]),
        "H019",
        "the routes of this machine cannot be read",
    )
    names = [one.get("dst", "default") for one in json.loads(told or "[]")]
    return [ipaddress.IPv4Network(name, strict=False) for name in names if name != "default"]


def up(number: int) -> None:
    """Have the bridge with its address and the NAT; what is there already stays."""
    name = bridge(number)
    if not Path("/sys/class/net", name).is_dir():
        _run(_ip(), "link", "add", name, "type", "bridge")
    # An address of its own: else the bridge changes it with each host that comes and goes.
    _run(_ip(), "link", "set", name, "address", f"02:50:48:4c:00:{number:02x}", "up")
    _run(_ip(), "addr", "replace", f"{gateway(number)}/24", "dev", name)
    rules = NAT.format(name=name, subnet=subnet(number))
    nft = run.lookup("nft", "nftables")
    run.must_succeed(run.run([nft, "-f", "-"], send=rules), "H019", "NAT cannot be set up")


def unplug(machine: str) -> None:
    """Remove the cable of a machine that ended, or of all that a pattern names.

    Connections that nobody closed keep its network, and so the cable, for minutes.
    """
    for left in Path("/sys/class/net").glob(f"vb-{machine}"):
        # whether it worked is not asked: the kernel may have been quicker
        run.run([_ip(), "link", "delete", left.name])


def down(number: int) -> None:
    """Remove cables, the bridge and the NAT; what is gone already is fine."""
    name = bridge(number)
    unplug(f"{name}h*")
    if Path("/sys/class/net", name).is_dir():
        _run(_ip(), "link", "delete", name)
    nft = run.lookup("nft", "nftables")
    if run.run([nft, "list", "table", "ip", name]).status == 0:
        _run(nft, "delete", "table", "ip", name)


def _ip() -> str:
    return run.lookup("ip", "iproute2")


def _run(*argv: str) -> None:
    run.must_succeed(run.run(argv), "H019", f"`{' '.join(argv)}` failed")

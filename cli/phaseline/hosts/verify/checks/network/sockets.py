"""Who listens where: exactly the declared programs, and on no wider address than they need."""

from __future__ import annotations

import re
from dataclasses import dataclass

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, nothing
from phaseline.hosts.verify.checks.odoo.shared_files import kind

LINE = re.compile(r'^(tcp|udp)\s+\S+\s+\S+\s+\S+\s+(\S+):(\d+)\s+\S+(?:\s+users:\(\("([^"]+)")?')
LOOPBACK, PRIVATE, WIDE = 0, 1, 2
ODOO = "odoo(-server)?|python.*|launch.*"
# GlusterFS listens everywhere, its bricks on ports it chooses; the firewall lets in the nodes only.
GLUSTERD, BRICKS = 24007, range(49152, 61000)
# protocol, port, program, widest scope, group
KNOWN = (
    ("tcp", "22", "sshd|systemd|init", WIDE, "all"),
    ("udp", "68", "systemd-network|dhclient|dhcpcd", WIDE, "all"),
    ("udp", "546", "systemd-network|dhclient|dhcpcd", WIDE, "all"),
    ("udp", "323", "chronyd", LOOPBACK, "all"),
    ("udp", "53", "systemd-resolve", LOOPBACK, "all"),
    ("tcp", "53", "systemd-resolve", LOOPBACK, "all"),
    ("tcp", "9100", "prometheus-node", PRIVATE, "all"),
    ("tcp", "80", "nginx", WIDE, "proxy"),
    ("tcp", "443", "nginx", WIDE, "proxy"),
    ("tcp", "8060", "nginx", LOOPBACK, "proxy"),
    ("tcp", "9113", "prometheus-ngin", PRIVATE, "proxy"),
    ("tcp", "5432", "postgres", PRIVATE, "postgres"),
    ("tcp", "9187", "prometheus-post", PRIVATE, "postgres"),
    ("tcp", "9090", "prometheus", LOOPBACK, "monitoring"),
    ("tcp", "9093", "prometheus-aler", LOOPBACK, "monitoring"),
    ("tcp", "9115", "prometheus-blac", LOOPBACK, "monitoring"),
)


@dataclass(frozen=True, slots=True)
class Socket:
    """One listening socket."""

    protocol: str
    address: str
    port: str
    program: str

    def __str__(self) -> str:
        """Return it as a person reads it."""
        return f"{self.protocol} {self.address}:{self.port} {self.program or '?'}"


def sockets(subject: Subject) -> list[Socket]:
    """Return every listening socket of a host."""
    found = []
    for line in subject.facts.text("sockets").splitlines():
        match = LINE.match(line)
        if match:
            address = match[2].partition("%")[0].strip("[]")
            found.append(Socket(match[1], address, match[3], match[4] or ""))
    return found


def allowed(subject: Subject) -> dict[tuple[str, str], tuple[str, int]]:
    """Return program and widest scope for each port that may listen."""
    groups = {"all", *subject.host.groups}
    found = {(protocol, port): (program, scope)
             for protocol, port, program, scope, group in KNOWN if group in groups}  # fmt: skip
    if "odoo" in subject.host.groups:
        scope = LOOPBACK if subject.declared.alone() else PRIVATE
        for tenant in subject.declared.tenants:
            for key in ("http_port", "gevent_port"):
                if tenant.sizing.get(key):
                    found["tcp", str(tenant.sizing[key])] = (ODOO, scope)
    return found


def carries_files(subject: Subject, one: Socket) -> bool:
    """Return whether a socket belongs to the file system that the nodes share."""
    port = int(one.port)
    ours = one.protocol == "tcp" and one.program.startswith("gluster")
    return ours and kind(subject) == "glusterfs" and (port == GLUSTERD or port in BRICKS)


def unknown(subject: Subject) -> Finding:
    """Return the sockets nobody declared, and those another program holds."""
    known = allowed(subject)
    strange = []
    for one in sockets(subject):
        if carries_files(subject, one):
            continue
        program, _ = known.get((one.protocol, one.port), ("", 0))
        if not program or not re.fullmatch(program, one.program):
            strange.append(str(one))
    return nothing(strange, "the declared programs on their ports")


def scope(subject: Subject) -> Finding:
    """Return the sockets that listen on a wider address than they need."""
    known = allowed(subject)
    private = str(subject.host.variables.get("host_address", ""))
    wide = []
    for one in sockets(subject):
        _, most = known.get((one.protocol, one.port), ("", WIDE))
        own = one.address.startswith("127.") or one.address == "::1"
        width = LOOPBACK if own else PRIVATE if one.address == private else WIDE
        if width > most:
            wide.append(str(one))
    return nothing(wide, "the loopback or the private address but for SSH and the web")


CHECKS = (
    Check("sockets.unknown", "Nothing unknown listens", "all", unknown),
    Check("sockets.scope", "Nothing listens more widely than it must", "all", scope),
)

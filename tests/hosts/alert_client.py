"""What Prometheus tells on a lab's host, and what faults of the tests it should tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hosts.faults import Inside

if TYPE_CHECKING:
    from hosts.external_client import Site

HELD = "quayside"
# asked on the host itself: it listens on the loopback only and wants a host's certificate
ASK = """
import socket, ssl, sys
host, path = sys.argv[1:]
know = ssl.create_default_context(cafile="/etc/phaseline/tls/ca.crt")
know.load_cert_chain("/etc/phaseline/tls/host.crt", "/etc/phaseline/tls/host.key")
plain = socket.create_connection(("127.0.0.1", 9090), 20)
with know.wrap_socket(plain, server_hostname=host) as door:
    door.sendall(f"GET /api/v1/{path} HTTP/1.0\\r\\nHost: {host}\\r\\n\\r\\n".encode())
    answer = b"".join(iter(lambda: door.recv(65536), b""))
print(answer.split(b"\\r\\n\\r\\n", 1)[1].decode())
"""


def prometheus(site: Site, path: str) -> Any:
    return json.loads(site.bench.ssh(site.host, f"python3 -c '{ASK}' {site.host} '{path}'"))["data"]


def firing(site: Site) -> set[tuple[str, str]]:
    """Return what is told now: the alert, and what it is about."""
    found = prometheus(site, "alerts")["alerts"]
    return {
        (one["labels"]["alertname"], labels.get("tenant") or labels.get("name") or labels["job"])
        for one in found
        if one["state"] == "firing" and (labels := {"job": "", **one["labels"]})
    }


def awaited(site: Site) -> tuple[Inside, set[tuple[str, str]]]:
    """Return the faults inside the tenants, and every alert of theirs and of the host's faults."""
    domain = site.door.domain
    other = domain.replace(site.tenant, HELD, 1)
    inside = Inside(site.tenant, HELD, (domain, other), site.door.address)
    host = {
        ("TenantStopped", f"odoo@{site.tenant}.service"),
        ("SiteDown", site.tenant),
        ("CertificateEnding", site.tenant),
        ("ExporterGone", "nginx"),
        ("ServiceStopped", "fail2ban.service"),
    }
    return inside, host | inside.told

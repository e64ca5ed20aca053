"""A visitor with an address of its own, so that it may less than the controller."""

from __future__ import annotations

import http.client
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hosts.lab_client import Bench
from phaseline.flows.environments.resolved_inventory import declare
from phaseline.hosts.verify.external_probe import TIMEOUT, SiteProbe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Site:
    """A tenant's site, the host it stands on, and who asks (an address of this machine)."""

    bench: Bench
    host: str
    tenant: str
    door: SiteProbe
    visitor: str

    def ask(
        self, path: str, method: str = "GET", body: str = "", **headers: str
    ) -> tuple[int, str, list[str]]:
        """Return status, text and cookies; the path is sent as it stands."""
        raw = socket.create_connection((self.door.address, 443), TIMEOUT, (self.visitor, 0))
        connection = http.client.HTTPSConnection(self.door.domain, timeout=TIMEOUT)
        try:
            connection.sock = self.door.trusting().wrap_socket(
                raw, server_hostname=self.door.domain
            )
            connection.request(method, path, body or None, {"Host": self.door.domain, **headers})
            answer = connection.getresponse()
            cookies = answer.headers.get_all("Set-Cookie") or []
            return answer.status, answer.read().decode(errors="replace"), cookies
        finally:
            connection.close()
            raw.close()


def controller(project: Path, env: str = "testing") -> Site:
    """Return the first tenant's site as the controller sees it."""
    declared = declare(project, env)
    host = declared.hosts[0]
    bench = Bench(project)
    door = SiteProbe(
        str(host.variables["ansible_host"]),
        declared.tenants[0].domain,
        str(host.variables["environment_ca_certificate"]),
    )
    return Site(bench, host.name, declared.tenants[0].name, door, f"10.77.{bench.number()}.1")


@contextmanager
def stranger(project: Path, last: int) -> Iterator[Site]:
    """Give the bridge one more address, from which nobody is known, and take it away again."""
    known = controller(project)
    number = known.bench.number()
    address = f"10.77.{number}.{last}"
    line = [f"{address}/24", "dev", f"phl{number}"]
    subprocess.run(["ip", "address", "replace", *line], check=True)
    try:
        yield Site(known.bench, known.host, known.tenant, known.door, address)
    finally:
        subprocess.run(["ip", "address", "del", *line], check=True)

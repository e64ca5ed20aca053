"""How the tenants of an environment are: what their hosts say, and what their sites answer."""

from __future__ import annotations

import base64
import http.client
import json
import shlex
import socket
import ssl
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phaseline.core.environments.declared import Host

SECONDS = 10
PAGE = "/web/login"
AGENT = "phaseline.hosts.verify.agent.tenants"


@dataclass(frozen=True, slots=True)
class Site:
    """A tenant's site: its name, the address it is asked at, who vouches for it."""

    domain: str
    address: str
    authority: str = ""


def of_hosts(hosts: Iterable[Host]) -> dict[str, dict[str, Any]]:
    """Return what each host says of its tenants; `error` in place of it from one that is lost."""
    wanted = tuple(hosts)
    with ThreadPoolExecutor(max(len(wanted), 1)) as pool:
        return dict(zip((one.name for one in wanted), pool.map(_ask, wanted), strict=True))


def of_sites(sites: Mapping[str, Site]) -> dict[str, dict[str, Any]]:
    """Return for each tenant whether its login page comes, and its certificate's days."""
    with ThreadPoolExecutor(max(len(sites), 1)) as pool:
        return dict(zip(sites, pool.map(probe, sites.values()), strict=True))


def probe(site: Site) -> dict[str, Any]:
    """Return how a site answers."""
    context = ssl.create_default_context()
    if site.authority:
        context.load_verify_locations(cadata=site.authority)
    try:
        with (
            socket.create_connection((site.address, 443), SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=site.domain) as secure,
        ):
            days = _days(secure.getpeercert() or {})
            return {"health": _page(secure, site.domain), "certificate_days": days}
    except ssl.SSLCertVerificationError as error:
        return {"health": f"certificate: {error.verify_message}", "certificate_days": None}
    except (OSError, http.client.HTTPException) as error:
        return {"health": f"no answer: {error}", "certificate_days": None}


def _page(secure: ssl.SSLSocket, domain: str) -> str:
    head = f"GET {PAGE} HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n\r\n"
    secure.sendall(head.encode())
    answer = http.client.HTTPResponse(secure, method="GET")
    answer.begin()
    body = answer.read()
    whole = answer.status == http.client.OK and b"login" in body
    return "ok" if whole else f"answers {answer.status}"


def _days(certificate: Mapping[str, Any]) -> int | None:
    until = certificate.get("notAfter")
    if until is None:
        return None
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(until)), UTC)
    return (end - datetime.now(UTC)).days


def _ask(host: Host) -> dict[str, Any]:
    packed = base64.b64encode(zlib.compress(facts.source(AGENT).encode(), 9)).decode()
    start = (
        "import base64,zlib;"
        f"exec(zlib.decompress(base64.b64decode('{packed}')),{{'__name__':'__main__'}})"
    )
    try:
        done = facts.connect(host).run(f"/usr/bin/python3 -I -c {shlex.quote(start)}")
    except (RuntimeError, OSError) as error:
        return {"error": facts.last_line(error)}
    if done.rc != 0:
        return {"error": facts.last_line(done.stderr) or f"the reading ended with {done.rc}"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found

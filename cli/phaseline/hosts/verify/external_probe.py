"""What a stranger sees of a proxy: ports, TLS, redirects, headers, closed paths, the websocket."""

from __future__ import annotations

import base64
import http.client
import os
import re
import socket
import ssl
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT = 20
PORTS = (21, 22, 23, 25, 53, 80, 110, 111, 143, 389, 443, 445, 993, 2049, 2375, 3000, 3306, 4369,
         5000, 5432, 5433, 6379, 6432, 8000, 8008, 8069, 8070, 8071, 8072, 8079, 8080, 8089, 8443,
         8888, 9000, 9090, 9093, 9100, 9113, 9115, 9187, 9200, 10000, 11211, 27017)  # fmt: skip
CLOSED = ("/web/database/manager", "/web/database/selector", "/web/database/create",
          "/web/database/list", "/web/database/backup",
          "/web/tests", "/.git/config", "/.env", "/web/filestore/any",
          "/web/%64atabase/manager", "//web//database//manager",
          "/mya/web/database/manager", "/sr@latin/web/tests")  # fmt: skip
VERSIONS = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1,
            "TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}  # fmt: skip
WEAK = "AES128-SHA:AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:CAMELLIA256-SHA:@SECLEVEL=0"


@dataclass(frozen=True, slots=True)
class SiteProbe:
    """One site at an address, and the authority that may sign it beside the public ones."""

    address: str
    domain: str
    authority: str = ""

    def open(self, context: ssl.SSLContext | None = None, name: str | None = None) -> ssl.SSLSocket:
        """Return a TLS connection that was checked."""
        raw = socket.create_connection((self.address, 443), TIMEOUT)
        try:
            return (context or self.trusting()).wrap_socket(
                raw, server_hostname=name or self.domain
            )
        except BaseException:
            raw.close()
            raise

    def trusting(self) -> ssl.SSLContext:
        """Return a context that knows the environment's own authority, too."""
        context = ssl.create_default_context()
        if self.authority:
            context.load_verify_locations(cadata=self.authority)
        return context

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        """Return status, headers and the beginning of what a path answers."""
        connection = http.client.HTTPSConnection(self.domain, timeout=TIMEOUT)
        connection.sock = self.open()
        try:
            connection.putrequest("GET", path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return {
                "status": answer.status,
                "headers": {name.lower(): value for name, value in answer.getheaders()},
                "cookies": answer.headers.get_all("Set-Cookie") or [],
                "body": answer.read(400_000).decode(errors="replace"),
            }
        finally:
            connection.close()


def probe(door: SiteProbe, ports: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """Return everything a stranger sees of a site, by reading."""
    name = door.domain
    views: dict[str, Callable[[], Any]] = {
        f"ports/{name}": lambda: open_ports(door.address, ports),
        f"plain/{name}": lambda: plain(door),
        f"login/{name}": lambda: login(door),
        f"versions/{name}": lambda: versions(door),
        f"weak/{name}": lambda: takes(door, ssl.TLSVersion.TLSv1_2, WEAK),
        f"closed/{name}": lambda: {path: status(door, path) for path in CLOSED},
        f"stranger/{name}": lambda: stranger(door),
        f"websocket/{name}": lambda: websocket(door),
    }
    with ThreadPoolExecutor(len(views)) as pool:
        return dict(zip(views, pool.map(attempt, views.values()), strict=True))


def attempt(view: Callable[[], Any]) -> dict[str, Any]:
    """Return what a view sees, or why it sees nothing."""
    try:
        return {"value": view()}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def open_ports(address: str, ports: tuple[int, ...]) -> list[int]:
    """Return which ports of an address take a connection."""
    with ThreadPoolExecutor(32) as pool:
        taken = list(pool.map(lambda port: connects(address, port), ports))
    return [port for port, taken_one in zip(ports, taken, strict=True) if taken_one]


def connects(address: str, port: int) -> bool:
    """Return whether a port takes a connection within two seconds."""
    try:
        socket.create_connection((address, port), 2).close()
    except OSError:
        return False
    return True


def plain(door: SiteProbe) -> dict[str, Any]:
    """Return what the site answers without TLS."""
    connection = http.client.HTTPConnection(door.address, 80, timeout=TIMEOUT)
    try:
        connection.request("GET", "/web/login", headers={"Host": door.domain})
        answer = connection.getresponse()
        return {"status": answer.status, "location": answer.getheader("Location", "")}
    finally:
        connection.close()


def login(door: SiteProbe) -> dict[str, Any]:
    """Return the login page without its text, and one of the assets it names."""
    page = door.get("/web/login")
    body = page.pop("body")
    page["form"] = 'name="login"' in body and 'name="password"' in body
    asset = re.search(r'(?:href|src)="(/web/assets/[^"]+\.(?:css|js))"', body)
    page["asset"] = door.get(asset[1])["status"] if asset else 0
    return page


def status(door: SiteProbe, path: str) -> int:
    """Return the status of a path; 0 when the connection was closed without an answer."""
    try:
        return int(door.get(path)["status"])
    except (ConnectionError, http.client.BadStatusLine):
        return 0


def versions(door: SiteProbe) -> list[str]:
    """Return the versions of TLS that are spoken."""
    return [name for name, version in VERSIONS.items() if takes(door, version)]


def takes(door: SiteProbe, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> bool:
    """Return whether a handshake with exactly this version and these ciphers succeeds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are tried on purpose
        context.minimum_version = version
        context.maximum_version = version
    try:
        door.open(context).close()
    except (ssl.SSLError, ConnectionError):
        return False
    return True


def stranger(door: SiteProbe) -> int:
    """Return the status for a name nobody declared; 0 when there is no answer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with door.open(context, "stranger.invalid") as stream:
            stream.sendall(b"GET / HTTP/1.1\r\nHost: stranger.invalid\r\nConnection: close\r\n\r\n")
            said = stream.recv(200)
    except (ssl.SSLError, ConnectionError):
        return 0
    return int(said.split()[1]) if said else 0


def websocket(door: SiteProbe) -> int:
    """Return the status of a websocket's upgrade."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /websocket?version=19.0-1 HTTP/1.1", f"Host: {door.domain}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        f"Origin: https://{door.domain}", "", "",
    ]  # fmt: skip
    with door.open() as stream:
        stream.sendall("\r\n".join(lines).encode())
        return int(stream.recv(4096).split()[1])

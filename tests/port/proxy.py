"""A small HTTP proxy on loopback that loses answers, cuts requests, stalls or blocks routes."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loopback import Handler, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

STALLED = 30  # seconds an answer is held back
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date"}


@dataclass
class Proxy:
    """Where it listens, what it does to the next matching requests, and what it saw."""

    url: str = ""
    mode: str = "pass"  # pass | lose | cut | stall | half
    only: str = ""  # the mode holds for paths or bodies that contain this
    blocked: tuple[str, ...] = ()
    seen: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def hits(self, path: str, body: bytes) -> bool:
        return self.mode != "pass" and (self.only in path or self.only.encode() in body)


class Relay(Handler):
    """One connection through `proxy` to `target`."""

    proxy: Proxy
    target: str

    def relay(self) -> None:
        body = self.body()
        proxy = self.proxy
        proxy.seen.append(self.path)
        self.close_connection = True
        if any(self.path.startswith(route) for route in proxy.blocked):
            self.send_error(404)
            return
        mode = proxy.mode if proxy.hits(self.path, body) else "pass"
        if mode == "cut":
            self.hang_up()
            return
        status, headers, data = self.upstream(body)
        if mode == "stall":
            proxy.release.wait(STALLED)
        if mode in {"lose", "stall"}:
            self.hang_up()
            return
        self.answer(status, headers, data, len(data) // 2 if mode == "half" else len(data))

    def upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        address = urlsplit(self.target)
        upstream = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
        kept = {key: one for key, one in self.headers.items() if key.lower() not in HOP_BY_HOP}
        upstream.request(self.command, self.path, body, kept)
        answer = upstream.getresponse()
        data = answer.read()
        upstream.close()
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP]
        return answer.status, headers, data

    def answer(self, status: int, headers: list[tuple[str, str]], data: bytes, sent: int) -> None:
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data[:sent])

    do_GET = do_POST = relay  # noqa: N815 (the names http.server calls)


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """A proxy before the target for as long as the block runs."""
    proxy = Proxy()
    with listening(Relay, proxy=proxy, target=target) as proxy.url:
        try:
            yield proxy
        finally:
            proxy.release.set()

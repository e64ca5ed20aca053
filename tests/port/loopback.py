"""A small HTTP proxy on loopback that loses answers, cuts requests, stalls or blocks routes."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def handler(proxy: Proxy, target: str) -> type[BaseHTTPRequestHandler]:
    address = urlsplit(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            pass

        def relay(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            proxy.seen.append(self.path)
            self.close_connection = True
            if self.path.startswith(proxy.blocked or ("\0",)):
                self.send_error(404)
                return
            mode = proxy.mode if proxy.hits(self.path, body) else "pass"
            if mode == "cut":
                self.connection.close()
                return
            upstream = http.client.HTTPConnection(address.hostname, address.port, timeout=120)
            kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, body, kept)
            answer = upstream.getresponse()
            data = answer.read()
            upstream.close()
            if mode == "stall":
                proxy.release.wait(30)
            if mode in {"lose", "stall"}:
                self.connection.close()
                return
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in HOP_BY_HOP:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if mode == "half" else data)

        do_GET = do_POST = relay  # noqa: N815 (the names http.server calls)

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):
                pass  # closed on purpose

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    return Handler


@contextmanager
def proxied(target: str) -> Iterator[Proxy]:
    """A proxy before the target for as long as the block runs."""
    proxy = Proxy()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(proxy, target))
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)

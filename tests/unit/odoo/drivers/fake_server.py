"""An HTTP server on loopback that answers what a test tells it to, for what Odoo rarely does."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Script:
    """Answers by path: `(status, body)`, a list of them used up in turn, or None to break off."""

    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def take(self, path: str) -> Any:
        found = self.answers.get(path, (404, "not here"))
        return found.pop(0) if isinstance(found, list) else found


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def log_message(self, *args: object) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = json.loads(body) if body else None
        self.script.seen.append((self.path, dict(self.headers), said))
        told = self.script.take(self.path)
        if told is None:
            self.close_connection = True
            self.connection.close()
            return
        status, content, *headers = told
        data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815 (the names http.server calls)

    def finish(self) -> None:
        if not self.wfile.closed:
            try:
                super().finish()
            except OSError:
                return


@contextmanager
def scripted(**answers: Any) -> Iterator[Script]:
    """A server for as long as the block runs."""
    script = Script(dict(answers))
    handler = type("Handler", (Answering,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

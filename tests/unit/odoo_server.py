"""An Odoo in memory behind real HTTP, so that flows and commands open it as they open any other."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError
from phaseline.odoo.memory.models import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.odoo.memory.port import MemoryOdoo

KEY = "key-of-the-deploy-user"
OTHERS = {"O004": "werkzeug.exceptions.NotFound", "O003": "odoo.exceptions.AccessError"}


class Door(BaseHTTPRequestHandler):
    """`/web/version` and JSON-2 for one database; `odoo` is set by the class of each server."""

    protocol_version = "HTTP/1.1"
    odoo: MemoryOdoo

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.reply(200, {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != f"bearer {KEY}":
            told = {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
            self.reply(401, told)
            return
        _, _, _, model, method = self.path.split("/")
        try:
            self.reply(200, self.ask(model, method, body))
        except PhaselineError as error:
            self.reply(422, wrong(error))

    def ask(self, model: str, method: str, body: dict[str, Any]) -> Any:
        if (model, method) == ("res.users", "context_get"):
            return {"uid": self.odoo.uid, "lang": "en_US"}
        return self.odoo.call(
            model, method, body.pop("ids", None), context=body.pop("context", None), **body
        )

    def reply(self, status: int, content: Any) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def handle(self) -> None:
        with suppress(ConnectionError):  # the client has gone
            super().handle()


def wrong(error: PhaselineError) -> dict[str, str]:
    """What Odoo's server says of an error, by its own name."""
    cause = error.__cause__
    if isinstance(cause, Wrong):
        return {"name": cause.name, "message": str(cause)}
    fault = error.faults[0]
    return {"name": OTHERS.get(fault.code, ""), "message": fault.message}


@contextmanager
def served(odoo: MemoryOdoo) -> Iterator[str]:
    """The URL of a server on loopback for as long as the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (Door,), {"odoo": odoo}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

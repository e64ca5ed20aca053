"""An Odoo in memory behind real HTTP, so that flows and commands open it as they open any other."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loopback import Handler, listening
from phaseline.errors import PhaselineError
from phaseline.odoo.memory.models import OdooError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phaseline.odoo.memory.port import MemoryOdoo

KEY = "key-of-the-deploy-user"
OTHERS = {"O004": "werkzeug.exceptions.NotFound", "O003": "odoo.exceptions.AccessError"}


class Door(Handler):
    """`/web/version` and JSON-2 for one database, which is `odoo`."""

    odoo: MemoryOdoo

    def do_GET(self) -> None:  # noqa: N802 (as http.server calls it)
        self.tell(200, {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]})

    def do_POST(self) -> None:  # noqa: N802 (as above)
        body = json.loads(self.body())
        if self.headers.get("Authorization") != f"bearer {KEY}":
            told = {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
            self.tell(401, told)
            return
        _, _, _, model, method = self.path.split("/")
        try:
            self.tell(200, self.ask(model, method, body))
        except PhaselineError as error:
            self.tell(422, wrong(error))

    def ask(self, model: str, method: str, body: dict[str, Any]) -> Any:
        if (model, method) == ("res.users", "context_get"):
            return {"uid": self.odoo.uid, "lang": "en_US"}
        return self.odoo.call(
            model, method, body.pop("ids", None), context=body.pop("context", None), **body
        )

    def tell(self, status: int, content: Any) -> None:
        kind = [("Content-Type", "application/json")]
        self.reply(status, kind, json.dumps(content).encode())


def wrong(error: PhaselineError) -> dict[str, str]:
    """What Odoo's server says of an error, by its own name."""
    cause = error.__cause__
    if isinstance(cause, OdooError):
        return {"name": cause.name, "message": str(cause)}
    fault = error.faults[0]
    return {"name": OTHERS.get(fault.code, ""), "message": fault.message}


@contextmanager
def served(odoo: MemoryOdoo) -> Iterator[str]:
    """The URL of a server on loopback for as long as the block runs."""
    with listening(Door, odoo=odoo) as url:
        yield url

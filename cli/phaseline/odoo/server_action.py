"""A server action of ours that is in Odoo only as long as it is used, and holds one program.

The program is constant and what it works on comes as data in the context, so nothing of a file, a
blueprint or a tenant is ever executed. One run is one transaction.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from phaseline.odoo.port import Port

LOG = logging.getLogger(__name__)
MODEL = "ir.actions.server"
WRITE_PLAN = "Phaseline: write a plan"
CREATE_RECORDS = "Phaseline: make records"
TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class ServerAction:
    """The action, by its database id."""

    id: int

    def run(self, port: Port, context: Mapping[str, Any]) -> Any:
        """Run the program and return the action it answers with."""
        return port.call(MODEL, "run", [self.id], context=context, timeout=TIMEOUT)


@contextmanager
def server_action(port: Port, name: str, program: str) -> Iterator[ServerAction]:
    """Give a server action with this program; it is taken away again, and those of killed runs.

    The lock of the database guarantees that no other run uses one of ours. One that cannot be taken
    away at the end is told, and hides neither result nor error of what it was there for.
    """
    ours = [name, WRITE_PLAN, CREATE_RECORDS]
    left = port.call(MODEL, "search", domain=[["name", "in", ours]])
    if left:
        port.call(MODEL, "unlink", left)
    models = port.call("ir.model", "search", domain=[["model", "=", "res.company"]])
    values = {"name": name, "model_id": models[0], "state": "code", "code": program}
    made = port.call(MODEL, "create", vals_list=[values])
    action = ServerAction(made[0] if isinstance(made, list) else made)
    try:
        yield action
    finally:
        try:
            port.call(MODEL, "unlink", [action.id])
        except PhaselineError as error:
            LOG.warning(
                "the server action %r (id %s) may still be in Odoo, the next apply removes it: %s",
                name,
                action.id,
                error.faults[0].message,
            )

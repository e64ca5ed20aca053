"""After a lost answer: what is there by external id, before anything is sent again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from phaseline.errors import PhaselineError
from phaseline.odoo.faults import codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phaseline.odoo.port import Port

PAGE = 5000
PATIENCE = 30.0
PAUSE = 1.0


def lookup(port: Port, names: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Model and database id of each external id (`module.name`) that Odoo has."""
    by_module: dict[str, list[str]] = {}
    for full in names:
        module, _, name = full.partition(".")
        by_module.setdefault(module, []).append(name)
    found: dict[str, tuple[str, int]] = {}
    for module, wanted in by_module.items():
        for start in range(0, len(wanted), PAGE):
            rows = port.call(
                "ir.model.data",
                "search_read",
                domain=[["module", "=", module], ["name", "in", wanted[start : start + PAGE]]],
                fields=["name", "model", "res_id"],
            )
            found |= {f"{module}.{row['name']}": (row["model"], row["res_id"]) for row in rows}
    return found


def settle(
    port: Port, names: Iterable[str], *, patience: float = PATIENCE
) -> Mapping[str, tuple[str, int]]:
    """What a call, whose answer was lost, has made of the external ids it was to make.

    Odoo may still be at work when its answer is lost, so an absence counts only once `patience`
    (seconds) is over; a presence counts at once, since a call is one transaction and all its
    external ids appear together. Whoever sends the missing ones again sends them with the same
    external ids: they are unique in Odoo's table, so a call that comes through later than that
    still makes nothing twice, the second of the two is refused.
    """
    wanted = list(names)
    deadline = time.monotonic() + patience
    while True:
        try:
            found = lookup(port, wanted)
            if found or not wanted or time.monotonic() >= deadline:
                return found
        except PhaselineError as err:
            if "O001" not in codes(err) or time.monotonic() >= deadline:
                raise
        time.sleep(min(PAUSE, patience / 10))

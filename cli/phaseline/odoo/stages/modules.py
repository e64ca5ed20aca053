"""Reads the states of modules; installs them and proves by their state that they are installed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.lost_calls import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phaseline.core.plan.operations import Operation
    from phaseline.odoo.port import Port

TIMEOUT = 1800.0
PATIENCE = 300.0
PAUSE = 5.0


def states(port: Port, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """Return the state of each module, and the series of this Odoo as its base module tells it."""
    domain = [["name", "in", sorted({*names, "base"})]]
    fields = ["name", "state", "latest_version"]  # Odoo's name for the installed one
    rows = port.call("ir.module.module", "search_read", domain=domain, fields=fields)
    versions = [row["latest_version"] or "" for row in rows if row["name"] == "base"]
    series = ".".join(re.findall(r"\d+", "".join(versions))[:2])
    return {row["name"]: row["state"] for row in rows}, series


def install(port: Port, operations: Sequence[Operation]) -> None:
    """Install the modules of these operations; one that ends up elsewhere is a fault."""
    names = sorted(one.ref for one in operations)
    domain = [["name", "in", names]]
    rows = port.call("ir.module.module", "search_read", domain=domain, fields=["name"])
    try:
        ids = [row["id"] for row in rows]
        port.call("ir.module.module", "button_immediate_install", ids, timeout=TIMEOUT)
    except PhaselineError as error:
        if error.faults[0].code != "O007":
            raise
    found = wait(port, names)
    faults = [
        Fault(
            "E012",
            f"module '{one.ref}' is '{found.get(one.ref)}' instead of installed",
            one.place,
            "Read Odoo's log for the reason, then apply again.",
        )
        for one in operations
        if found.get(one.ref) != "installed"
    ]
    if faults:
        raise PhaselineError(*faults)


def wait(port: Port, names: Sequence[str]) -> dict[str, str]:
    """Return the modules' states once no installation is under way any more."""
    domain = [["name", "in", list(names)]]

    def ask() -> dict[str, str]:
        rows = port.call("ir.module.module", "search_read", domain=domain, fields=["name", "state"])
        return {row["name"]: row["state"] for row in rows}

    def arrived(found: dict[str, str]) -> bool:
        return "to install" not in found.values()

    return wait_for(ask, arrived, patience=PATIENCE, pause=PAUSE)

"""The marks a database carries: which stage was applied in it last, and what that apply left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.odoo.external_ids import CONTEXT

if TYPE_CHECKING:
    from phaseline.odoo.port import Port

MARKER = "phaseline.applied."


def read(port: Port) -> dict[str, str]:
    """Return the artifact of the last apply of each stage."""
    domain = [["key", "=like", f"{MARKER}%"]]
    fields = ["key", "value"]
    rows = port.call(
        "ir.config_parameter", "search_read", domain=domain, fields=fields, context=CONTEXT
    )
    return {row["key"].removeprefix(MARKER): row["value"] for row in rows}

"""Finds records by their external ids: ours in the module `phaseline`, others in their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from phaseline.odoo.port import Port

MODULE = "phaseline"
CONTEXT = {"lang": "en_US", "active_test": False}


def find_refs(
    port: Port, wanted: Iterable[str], ours: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Return model and id of each ref that leads somewhere, in one call."""
    spelled: dict[tuple[str, str], str] = {}
    for name in wanted:
        module, _, rest = name.partition(".")
        spelled[(MODULE, name) if name in ours else (module, rest)] = name
    if not spelled:
        return {}
    domain = [
        ["module", "in", sorted({module for module, _ in spelled})],
        ["name", "in", sorted({name for _, name in spelled})],
    ]
    fields = ["module", "name", "model", "res_id"]
    rows = port.call("ir.model.data", "search_read", domain=domain, fields=fields, context=CONTEXT)
    return {
        spelled[row["module"], row["name"]]: (row["model"], row["res_id"])
        for row in rows
        if (row["module"], row["name"]) in spelled
    }

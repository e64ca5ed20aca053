"""Finds records by their external ids: ours in the module `phaseline`, others in their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.masterdata.loading.batches import split

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from phaseline.odoo.port import Port

MODULE = "phaseline"
CONTEXT = {"lang": "en_US", "active_test": False}
PAGE = 5000


def lookup(port: Port, names: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Return model and id of each external id (`module.name`) that Odoo has, a call a page."""
    found: dict[str, tuple[str, int]] = {}
    for page in split(list(dict.fromkeys(names)), PAGE):
        pairs = {name: name.partition(".")[::2] for name in page}
        domain = [
            ["module", "in", sorted({module for module, _ in pairs.values()})],
            ["name", "in", sorted({name for _, name in pairs.values()})],
        ]
        fields = ["module", "name", "model", "res_id"]
        rows = port.call(
            "ir.model.data", "search_read", domain=domain, fields=fields, context=CONTEXT
        )
        for row in rows:
            name = f"{row['module']}.{row['name']}"
            if name in pairs:  # the domain asks for every name in every module
                found[name] = (row["model"], row["res_id"])
    return found


def find_refs(
    port: Port, wanted: Iterable[str], ours: Collection[str]
) -> dict[str, tuple[str, int]]:
    """Return model and id of each ref that leads somewhere; `ours` are in our own module."""
    refs = {f"{MODULE}.{name}" if name in ours else name: name for name in wanted}
    return {refs[name]: record for name, record in lookup(port, refs).items()}

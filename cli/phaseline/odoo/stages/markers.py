"""What a database carries of ours: the marker of each stage's last apply, the lock, its own uuid.

A marker's value is JSON: the artifact of the journal that holds the values that apply left, and the
identity of the database it was made in. Earlier versions wrote the artifact alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.identity import NOWHERE, ForeignRecord, Identity
from phaseline.odoo import lease
from phaseline.odoo.external_ids import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.odoo.port import Port

MARKER = "phaseline.applied."
UUID = "database.uuid"
MODEL = "ir.config_parameter"


@dataclass(frozen=True, slots=True)
class Markers:
    """What was read: `applied` holds what is believed, the artifact by stage.

    `nameless` are stages whose marker carries no identity; `foreign` is what belongs elsewhere.
    """

    identity: Identity
    applied: Mapping[str, str] = field(default_factory=dict)
    nameless: frozenset[str] = frozenset()
    foreign: tuple[ForeignRecord, ...] = ()


def read(port: Port, name: str) -> Markers:
    """Return what the database carries, in one call; `name` is the environment it is served as."""
    domain = ["|", ["key", "=like", f"{MARKER}%"], ["key", "in", [UUID, lease.KEY]]]
    fields = ["key", "value", "write_date"]
    rows = port.call(MODEL, "search_read", domain=domain, fields=fields, context=CONTEXT)
    by_key = {row["key"]: row for row in rows}
    identity = Identity.of(name, str(by_key.get(UUID, {}).get("value", "")))
    applied: dict[str, str] = {}
    nameless: set[str] = set()
    foreign: list[ForeignRecord] = []
    for key in sorted(key for key in by_key if key.startswith(MARKER)):
        stage = key.removeprefix(MARKER)
        artifact, owner = parse(by_key[key]["value"])
        if owner is not None and owner != identity:
            foreign.append(ForeignRecord("marker", stage, owner))
            continue
        applied[stage] = artifact
        if owner is None:
            nameless.add(stage)
    if lease.KEY in by_key and (held := lease.foreign(lease.parse(by_key[lease.KEY]), identity)):
        foreign.append(held)
    return Markers(identity, applied, frozenset(nameless), tuple(foreign))


def parse(value: str) -> tuple[str, Identity | None]:
    """Return the artifact of a marker and whose it is; None for one of an earlier version.

    A marker of ours that somebody edited is nobody's.
    """
    try:
        body: Any = json.loads(value)
    except ValueError:
        return value, None
    if not isinstance(body, dict):
        return value, None
    return str(body.get("artifact", "")), Identity.parse(body) or NOWHERE


def write(port: Port, stage: str, artifact: str, identity: Identity) -> None:
    """Mark the database as the one in which an apply of a stage left this artifact."""
    key = f"{MARKER}{stage}"
    value = json.dumps({"artifact": artifact, **identity.data()}, sort_keys=True)
    found = port.call(MODEL, "search_read", domain=[["key", "=", key]], fields=["value"])
    if not found:
        port.call(MODEL, "create", vals_list=[{"key": key, "value": value}])
    elif found[0]["value"] != value:
        port.call(MODEL, "write", [found[0]["id"]], vals={"value": value})

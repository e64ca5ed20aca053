"""The row of the lock as it stands in Odoo: who holds it, until when, and for which database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from phaseline.core.identity import ForeignRecord, Identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.odoo.port import Port

KEY = "phaseline.lock"
MODEL = "ir.config_parameter"
LEASE = 60.0
SECONDS = 10.0  # how long a call of the lock may take


@dataclass(frozen=True, slots=True)
class Lease:
    """The row as it stands in Odoo."""

    row: int
    token: str
    who: str
    host: str
    pid: int
    since: str
    lease: float
    renewed: datetime
    identity: Identity | None = None  # earlier versions wrote none

    def __str__(self) -> str:
        """Return who holds it, from where and since when."""
        return f"{self.who!r} (host {self.host}, process {self.pid}, since {self.since} UTC)"


def inspect(port: Port) -> Lease | None:
    """Who holds the lock, or None."""
    rows = port.call(
        MODEL,
        "search_read",
        domain=[["key", "=", KEY]],
        fields=["value", "write_date"],
        timeout=SECONDS,
    )
    return parse(rows[0]) if rows else None


def foreign(held: Lease, identity: Identity | None) -> ForeignRecord | None:
    """Return the lock as one that was made for another database; None when it is this one's."""
    if identity is None or held.identity is None or held.identity == identity:
        return None
    return ForeignRecord("lock", held.who, held.identity)


def parse(row: Mapping[str, Any]) -> Lease:
    """Return a row of the lock (`id`, `value`, `write_date`) as what it says."""
    try:
        return _lease(row, json.loads(row["value"]))
    except (ValueError, TypeError, AttributeError, OverflowError):  # somebody edited it by hand
        return _lease(row, {})


def _lease(row: Mapping[str, Any], note: Mapping[str, Any]) -> Lease:
    return Lease(
        row=row["id"],
        token=str(note.get("token", "")),
        who=str(note.get("who", "somebody")),
        host=str(note.get("host", "unknown")),
        pid=int(note.get("pid", 0)),
        since=str(note.get("since", "")),
        lease=timedelta(seconds=float(note.get("lease", LEASE))).total_seconds(),
        renewed=moment(row["write_date"]),
        identity=Identity.parse(note.get("identity")),
    )


def moment(text: str) -> datetime:
    """Return a time as Odoo writes it, which is in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

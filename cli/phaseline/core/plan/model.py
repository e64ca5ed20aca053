"""A plan: the changes that make Odoo what it should be, counted, and hashed to be recognised."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.plan.comparison import show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.errors import Place

COUNTED = {
    "install": "install",
    "setting": "update",
    "create": "create",
    "adopt": "update",
    "update": "update",
    "delete": "delete",
    "call": "call",
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that changes; `edited` tells that somebody changed it in Odoo since our apply."""

    name: str
    old: Any
    new: Any
    place: Place
    edited: bool = False
    initial: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its reason and the place that asks for it.

    `later` tells that a change before it has to be made first to know what it will be; `dangerous`
    is the reason given for a change that reaches administrator-level trust.
    """

    kind: str
    ref: str
    model: str
    stage: str
    place: Place
    reason: str
    fields: tuple[FieldChange, ...] = ()
    record: int | None = None
    later: bool = False
    dangerous: str = ""

    @property
    def summary(self) -> str:
        """What changes, on one line."""
        if self.kind in {"install", "call", "delete"}:
            return self.reason
        names = [change.name for change in self.fields if not change.initial]
        return ", ".join(names) or self.reason

    def data(self) -> dict[str, Any]:
        """The change as JSON."""
        return {
            "kind": self.kind,
            "ref": self.ref,
            "model": self.model,
            "stage": self.stage,
            "place": str(self.place),
            "reason": self.reason,
            "summary": self.summary,
            "id": self.record,
            "later": self.later,
            "dangerous": self.dangerous,
            "fields": [
                {
                    "name": one.name,
                    "old": show(one.old),
                    "new": show(one.new),
                    "edited": one.edited,
                    "initial": one.initial,
                    "place": str(one.place),
                }
                for one in self.fields
            ],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of some stages; `existing` counts the wanted records that are there already.

    `lost` tells that the database knows an apply whose values are not in this journal.
    """

    stages: tuple[str, ...]
    changes: tuple[Change, ...]
    unchanged: int
    existing: int
    input_hash: str = ""
    lost: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each sort, and how many wanted things are right already."""
        counts = dict.fromkeys(("install", "create", "update", "delete", "call"), 0)
        for change in self.changes:
            counts[COUNTED[change.kind]] += 1
        return {**counts, "unchanged": self.unchanged}

    @property
    def fingerprint(self) -> str:
        """The hash of the changes and of the input they come from."""
        body = [self.input_hash, [_identity(change) for change in self.changes]]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

    @property
    def edited(self) -> tuple[tuple[Change, FieldChange], ...]:
        """The values somebody changed in Odoo since our last apply."""
        return tuple(
            (change, one) for change in self.changes for one in change.fields if one.edited
        )


def _identity(change: Change) -> Mapping[str, Any]:
    """Return what makes a change this change: everything but line numbers."""
    body = change.data()
    del body["place"]
    for one in body["fields"]:
        del one["place"]
    return body

"""A plan: the operations that make Odoo what it should be, counted, and hashed to be known by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.plan.operations import FieldChange, Operation


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes of some stages; `existing` counts the wanted records that are there already.

    `lost` tells that the database knows an apply whose values are not in this journal.
    """

    stages: tuple[str, ...]
    changes: tuple[Operation, ...]
    unchanged: int
    existing: int
    input_hash: str = ""
    lost: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each sort, and how many wanted things are right already."""
        counts = dict.fromkeys(("install", "create", "update", "delete", "call"), 0)
        for change in self.changes:
            counts[change.counted] += 1
        return {**counts, "unchanged": self.unchanged}

    @property
    def fingerprint(self) -> str:
        """The hash of the changes and of the input they come from."""
        body = [self.input_hash, [_identity(change) for change in self.changes]]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()

    @property
    def edited(self) -> tuple[tuple[Operation, FieldChange], ...]:
        """The values somebody changed in Odoo since our last apply."""
        return tuple(
            (change, one) for change in self.changes for one in change.fields if one.edited
        )


def _identity(change: Operation) -> Mapping[str, Any]:
    """Return what makes a change this change: everything but line numbers."""
    body = change.data()
    del body["place"]
    for one in body["fields"]:
        del one["place"]
    return body

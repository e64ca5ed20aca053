"""The values our last apply left in a database: what tells a person's edit from our own change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Baseline:
    """The values by ref and field; `lost` when there was an apply whose values are not here."""

    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lost: bool = False

    def edited(self, ref: str, name: str, raw: Any) -> bool:
        """Return whether Odoo's value is, or may be, another than the one we left."""
        if self.lost:
            return True
        last = self.values.get(ref, {})
        return name in last and remember(raw) != last[name]


def remember(raw: Any) -> Any:
    """Return a raw value as a baseline keeps it: x2many ids in order."""
    return sorted(raw) if isinstance(raw, list) and all(type(one) is int for one in raw) else raw

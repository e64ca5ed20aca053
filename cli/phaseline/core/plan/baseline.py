"""The values our last apply left in a database: what tells a person's edit from our own change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.plan.actual import Actual

SETTINGS = "res.config.settings"  # the form's values are kept under its model


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


def snapshot(desired: Desired, actual: Actual) -> dict[str, dict[str, Any]]:
    """Return the values of everything owned as an apply left them, settings too."""
    values = {SETTINGS: owned(desired.settings, actual.settings)}
    for record in desired.records:
        raw = actual.values.get(actual.ids.get(record.ref, ("", 0)), {})
        values[record.ref] = owned(record.values, raw)
    return {ref: kept for ref, kept in values.items() if kept}


def owned(names: Iterable[str], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return those raw values that are ours."""
    return {name: remember(raw[name]) for name in names if name in raw}


def remember(raw: Any) -> Any:
    """Return a raw value as a baseline keeps it: x2many ids in order."""
    return sorted(raw) if isinstance(raw, list) and all(type(one) is int for one in raw) else raw

"""Which fields of which models a reading has to know."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phaseline.core.plan.baseline import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.blueprint.desired import Desired
    from phaseline.core.blueprint.records import Record


def named_fields(
    desired: Desired, ids: Mapping[str, tuple[str, int]], models: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return the fields anybody names, by model."""
    named: dict[str, set[str]] = defaultdict(set)
    for record in desired.records:
        named[record.model] |= {*record.values, *record.initial}
        if record.call:
            named[record.call.model] |= set(record.call.expect)
        if record.parent and record.parent[0] in models:
            named[models[record.parent[0]]].add(record.parent[1])
        for model, name in followed(record, ids):
            named[model].add(name)
    if desired.settings:
        named[SETTINGS] = set(desired.settings)
    return named


def followed(record: Record, ids: Mapping[str, tuple[str, int]]) -> set[tuple[str, str]]:
    """Return the fields that `ref:name/field` follows, with their models."""
    return {(ids[ref.name][0], ref.path) for ref in record.refs() if ref.path and ref.name in ids}

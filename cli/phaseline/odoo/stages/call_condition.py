"""Whether a call has done its work: the state its `until` describes is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.core.plan.comparison import Lookup, MisfitError, fit, same, substitute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.blueprint.records import Call
    from phaseline.core.plan.actual import FieldInfo
    from phaseline.odoo.port import Port


def holds(port: Port, call: Call, infos: Mapping[str, FieldInfo], look_up: Lookup) -> bool:
    """Return whether the state behind a call is there."""
    try:
        domain = substitute(call.domain, look_up)
    except LookupError:
        return False
    if any(name not in infos for name in call.expect):
        return False
    fields = ["id", *call.expect]
    context = {"lang": "en_US"}
    rows: list[dict[str, Any]] = port.call(
        call.model, "search_read", domain=domain, fields=fields, context=context
    )
    return bool(rows) and all(agrees(row, call, infos, look_up) for row in rows)


def agrees(
    row: Mapping[str, Any], call: Call, infos: Mapping[str, FieldInfo], look_up: Lookup
) -> bool:
    """Return whether one record has every expected value."""
    try:
        return all(
            same(row[name], fit(value, infos[name]), infos[name], look_up)
            for name, value in call.expect.items()
        )
    except MisfitError:
        return False

"""Applies settings through Odoo's own settings form, only those that differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.core.plan.baseline import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.odoo.port import Port

TIMEOUT = 900.0


def execute(port: Port, values: Mapping[str, Any]) -> None:
    """Fill the form with the values and execute it; the caller reads the state again."""
    created = port.call(SETTINGS, "create", vals_list=[dict(values)])
    form = created[0] if isinstance(created, list) else created
    port.call(SETTINGS, "execute", [form], timeout=TIMEOUT)

"""What Odoo says of a model's fields (`fields_get`), as a plan and as a load know a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.core.plan.actual import FieldInfo
from phaseline.masterdata.loading.comparison import PLACES, FieldKind
from phaseline.odoo.external_ids import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phaseline.odoo.port import Port

OF_PLAN = ("type", "relation", "relation_field", "digits", "selection", "readonly")
OF_PROOF = ("type", "relation")
OF_LOAD = ("type", "digits", "relation", "related", "store")


def names(port: Port, model: str) -> tuple[str, ...]:
    """Return the names of all fields of a model, sorted."""
    return tuple(sorted(_definitions(port, model, None, ("type",))))


def infos(
    port: Port, model: str, wanted: Iterable[str] | None, attributes: Sequence[str] = OF_PLAN
) -> dict[str, FieldInfo]:
    """Return what a plan knows of the wanted fields that are there, or of all (None)."""
    found = _definitions(port, model, wanted, attributes)
    return {name: _info(definition) for name, definition in found.items()}


def kinds(port: Port, model: str, wanted: Iterable[str]) -> dict[str, FieldKind]:
    """Return what a load knows of fields, and of the links that inherited ones go by."""
    found = _kinds(port, model, wanted)
    links = {kind.through for kind in found.values() if kind.through} - found.keys()
    return {**found, **(_kinds(port, model, links) if links else {})}


def _definitions(
    port: Port, model: str, wanted: Iterable[str] | None, attributes: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    fields: dict[str, Any] = {} if wanted is None else {"allfields": sorted(wanted)}
    found: Mapping[str, Mapping[str, Any]] = port.call(
        model, "fields_get", **fields, attributes=list(attributes), context=CONTEXT
    )
    return found


def _info(definition: Mapping[str, Any]) -> FieldInfo:
    digits = definition.get("digits")
    return FieldInfo(
        type=definition["type"],
        relation=definition.get("relation") or "",
        inverse=definition.get("relation_field") or "",
        digits=digits[1] if digits else None,
        choices=tuple(str(choice[0]) for choice in definition.get("selection") or ()),
        readonly=bool(definition.get("readonly")),
    )


def _kinds(port: Port, model: str, wanted: Iterable[str]) -> dict[str, FieldKind]:
    return {
        name: FieldKind(
            definition["type"],
            int(definition["digits"][1]) if definition.get("digits") else PLACES,
            definition.get("relation") or "",
            _through(name, definition),
        )
        for name, definition in _definitions(port, model, wanted, OF_LOAD).items()
    }


def _through(name: str, definition: Mapping[str, Any]) -> str:
    link, _, field = str(definition.get("related") or "").partition(".")
    return link if field == name and not definition.get("store", True) else ""

"""Reads what Odoo already has, in bulk: names, values, lookups by a field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading.batches import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from phaseline.masterdata.loading.comparison import FieldKind
    from phaseline.odoo.port import Port

PAGE = 5000
VARIANT = (
    "product.template.attribute.value", "product_tmpl_id", "product_attribute_value_id",
)  # fmt: skip
ALL = {"active_test": False, "bin_size": True, "lang": "en_US", "prefetch_fields": False}


def names(port: Port, model: str, ids: Sequence[int]) -> dict[int, str]:
    """Return an external id of each record that has one."""
    found = port.call(
        "ir.model.data",
        "search_read",
        domain=[["model", "=", model], ["res_id", "in", list(ids)]],
        fields=["module", "name", "res_id"],
    )
    return {row["res_id"]: f"{row['module']}.{row['name']}" for row in found}


def values(
    port: Port, model: str, ids: Sequence[int], kinds: Mapping[str, FieldKind]
) -> dict[int, dict[str, Any]]:
    """Return the values of the records that (still) exist, relations as plain ids.

    An inherited field is read from the parent itself: Odoo reads it there three times as fast.
    """
    inherited: dict[str, list[str]] = {}
    for name, kind in kinds.items():
        if kind.through:
            inherited.setdefault(kind.through, []).append(name)
    own = [name for name, kind in kinds.items() if not kind.through]
    found = _read(port, model, ids, own)
    for link, names in inherited.items():
        parents = sorted({row[link] for row in found.values()})
        there = _read(port, kinds[link].relation, parents, names)
        for row in found.values():
            row.update({name: there[row[link]][name] for name in names})
    return found


def rows(
    port: Port, model: str, field: str, wanted: Iterable[Any], fields: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield some fields of the records whose field has one of the values, a call a page."""
    for page in split(list(wanted), PAGE):
        yield from port.call(
            model,
            "search_read",
            domain=[[field, "in", list(page)]],
            fields=list(fields),
            order="id",
            load="",
            context=ALL,
        )


def _read(
    port: Port, model: str, ids: Iterable[int], fields: Sequence[str]
) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows(port, model, "id", sorted(ids), fields)}


def by_field(
    port: Port, model: str, field: str, wanted: Iterable[str]
) -> dict[str, tuple[int, ...]]:
    """Return the ids of the records whose field has exactly one of the values, by value."""
    found: dict[str, list[int]] = {}
    for row in rows(port, model, field, sorted(wanted), [field]):
        found.setdefault(str(row[field]), []).append(row["id"])
    return {value: tuple(ids) for value, ids in found.items()}


def combinations(port: Port, templates: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return the template's own attribute value of each (template, attribute value)."""
    model, template, value = VARIANT
    return {
        (row[template], row[value]): row["id"]
        for row in rows(port, model, template, templates, [template, value])
    }

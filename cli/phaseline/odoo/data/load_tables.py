"""Lays records out as tables for Odoo's `load`: columns, rows, and how references are named.

Odoo remembers an external id within a call and looks a database id up each time, so a column with
few different references goes by external id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading import batches, comparison
from phaseline.odoo.data import bulk_reads
from phaseline.odoo.data.outcome import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from phaseline.masterdata.loading.comparison import FieldKind
    from phaseline.masterdata.records import Record
    from phaseline.odoo.port import Port

FEW = 4
Wanted = tuple["Record", dict[str, Any]]


def creations(
    port: Port, new: Sequence[Wanted], kinds: Mapping[str, FieldKind], sizes: tuple[int, int]
) -> list[Batch]:
    """Return the batches that make new records, without columns that are empty on every line."""
    names = dict.fromkeys(name for _, values in new for name in values)
    filled = [name for name in names if any(values.get(name) is not None for _, values in new)]
    return list(_batches(port, new, filled, kinds, sizes=sizes, creates=True))


def updates(
    port: Port,
    changes: Mapping[tuple[str, ...], Sequence[Wanted]],
    kinds: Mapping[str, FieldKind],
    sizes: tuple[int, int],
) -> list[Batch]:
    """Return the batches that change records, one table for each set of changed columns."""
    return [
        batch
        for names, found in changes.items()
        for batch in _batches(port, found, names, kinds, sizes=sizes, creates=False)
    ]


def _batches(
    port: Port,
    wanted: Sequence[Wanted],
    names: Sequence[str],
    kinds: Mapping[str, FieldKind],
    *,
    sizes: tuple[int, int],
    creates: bool,
) -> Iterator[Batch]:
    largest, hands = sizes
    said = {name: _names(port, wanted, name, kinds[name]) for name in names}
    columns = ("id", *(_column(name, kinds[name], said[name]) for name in names))
    for part in batches.split(wanted, batches.even(len(wanted), largest, hands)):
        rows = tuple(
            (record.xmlid, *(_cell(values.get(name), kinds[name], said[name]) for name in names))
            for record, values in part
        )
        made = tuple(_plain(values, names, kinds) for _, values in part) if creates else ()
        yield Batch(tuple(record for record, _ in part), columns, rows, creates, made)


def _names(
    port: Port, wanted: Sequence[Wanted], name: str, kind: FieldKind
) -> Mapping[int, str] | None:
    """Return the external ids of a column's references when they are few and all have one."""
    if kind.type != "many2one" or not kind.relation:
        return None
    ids = {int(values[name]) for _, values in wanted if values.get(name)}
    if not ids or len(ids) * FEW > len(wanted):
        return None
    found = bulk_reads.names(port, kind.relation, sorted(ids))
    return found if len(found) == len(ids) else None


def _plain(
    values: Mapping[str, Any], names: Sequence[str], kinds: Mapping[str, FieldKind]
) -> dict[str, Any]:
    return {name: comparison.normalise(values.get(name), kinds[name]) for name in names}


def _column(name: str, kind: FieldKind, said: Mapping[int, str] | None) -> str:
    return f"{name}/id" if said else comparison.column(name, kind)


def _cell(value: Any, kind: FieldKind, said: Mapping[int, str] | None) -> Any:
    return said[value] if said and value is not None else comparison.cell(value, kind)

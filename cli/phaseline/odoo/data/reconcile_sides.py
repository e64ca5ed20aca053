"""Reads Odoo's side of a reconciliation: the records of an object's lines and their values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading import comparison
from phaseline.odoo import external_ids, field_types
from phaseline.odoo.data import bulk_reads, opening_stock
from phaseline.odoo.data.references import Resolver, UnresolvedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.masterdata.records import Record
    from phaseline.masterdata.spec import RecordTemplate
    from phaseline.odoo.port import Port


@dataclass(frozen=True, slots=True)
class Side:
    """What Odoo has for the records of one shape, by external id."""

    values: dict[str, dict[str, Any]]
    kinds: dict[str, comparison.FieldKind]
    resolver: Resolver

    def equal(self, record: Record) -> bool:
        """Whether a record is in Odoo and every owned field is as the file wants it."""
        actual = self.values.get(record.xmlid)
        if actual is None:
            return False
        try:
            wanted = self.resolver.values(record, new=False)
        except (UnresolvedError, KeyError):
            return False
        return not comparison.changed(wanted, actual, self.kinds)


def read(port: Port, shape: RecordTemplate, records: Sequence[Record]) -> Side:
    """Return Odoo's side of the records of one shape."""
    names = {name for record in records for name, _ in record.values}
    kinds = field_types.kinds(port, shape.model, names)
    own = external_ids.lookup(port, [record.xmlid for record in records])
    there = bulk_reads.values(port, shape.model, [number for _, number in own.values()], kinds)
    resolver = Resolver()
    resolver.learn(port, records)
    return Side(
        {xmlid: there[number] for xmlid, (_, number) in own.items() if number in there},
        kinds,
        resolver,
    )


@dataclass(frozen=True, slots=True)
class Stock:
    """What was booked as opening stock for the records of a file."""

    quantities: dict[str, Decimal]
    value: Decimal


def stock(port: Port, records: Sequence[Record]) -> Stock:
    """Return quantity by record, and the value Odoo gave them."""
    resolver = Resolver()
    resolver.learn(port, records)
    there = opening_stock.booked(port)
    worth = opening_stock.booked(port, "value")
    found, value = {}, Decimal()
    for record in records:
        try:
            values = resolver.values(record, new=True)
        except UnresolvedError:
            continue
        spot = (values["product_id"], values["location_id"])
        if spot in there:
            found[record.xmlid] = there[spot]
            value += worth[spot]
    return Stock(found, value)

"""Turns what records point to (external ids, names, variants) into database ids, all in bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading.batches import POINTERS, links, lookup_values
from phaseline.masterdata.records import Combination, Link, Match
from phaseline.odoo import external_ids
from phaseline.odoo.data import bulk_reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.masterdata.records import Record
    from phaseline.odoo.port import Port


class UnresolvedError(Exception):
    """A record points to something Odoo does not have, or has twice."""


@dataclass(slots=True)
class Resolver:
    """The database ids that the records of one shape need."""

    ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    names: dict[tuple[str, str], dict[str, tuple[int, ...]]] = field(default_factory=dict)
    variants: dict[tuple[int, int], int] = field(default_factory=dict)

    def learn(self, port: Port, records: Sequence[Record]) -> None:
        """Read what the records point to and is not known yet."""
        wanted = {xmlid for record in records for xmlid in links(record)} - self.ids.keys()
        self.ids.update(external_ids.lookup(port, sorted(wanted)))
        for (model, name), values in lookup_values(records, self.ids).items():
            known = self.names.setdefault((model, name), {})
            known.update(bulk_reads.by_field(port, model, name, values - known.keys()))
        templates = {
            self.ids[value.template][1]
            for record in records
            for _, value in record.values
            if isinstance(value, Combination) and value.template in self.ids
        }
        if templates:
            self.variants.update(bulk_reads.combinations(port, sorted(templates)))

    def values(self, record: Record, *, new: bool) -> dict[str, Any]:
        """Return a record's values with database ids in place of what they point to."""
        pairs = (*record.values, *record.initial) if new else record.values
        return {
            name: self.value(value) if type(value) in POINTERS else value for name, value in pairs
        }

    def value(self, value: Any) -> Any:
        """Return one value with database ids; raises `UnresolvedError`."""
        if isinstance(value, Link):
            return self._link(value)
        if isinstance(value, Match):
            return self._match(value)
        if isinstance(value, Combination):
            template = self._own(value.template)
            return tuple(sorted(self.variants[template, self._own(one)] for one in value.values))
        if isinstance(value, tuple):
            return tuple(sorted(self.value(one) for one in value))
        return value

    def _link(self, value: Link) -> int:
        if value.xmlid not in self.ids and value.other in self.ids:
            return self.ids[value.other][1]
        return self._own(value.xmlid)

    def _own(self, xmlid: str) -> int:
        if xmlid not in self.ids:
            message = f"Odoo has no record {xmlid}"
            raise UnresolvedError(message)
        return self.ids[xmlid][1]

    def _match(self, value: Match) -> int:
        if value.own and value.own in self.ids:
            return self.ids[value.own][1]
        ids = self.names.get((value.model, value.field), {}).get(value.value, ())
        if len(ids) == 1:
            return ids[0]
        how = "no" if not ids else f"{len(ids)} records of"
        message = f"Odoo has {how} {value.model} with {value.field} '{value.value}'"
        raise UnresolvedError(message)

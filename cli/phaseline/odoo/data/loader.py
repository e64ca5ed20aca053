"""Brings the records of one shape into Odoo: read, compare, send only what differs.

New records go through Odoo's `load`, which gives a record and its external id in one transaction,
so that nothing can be made twice. A lost answer is settled by reading the external ids, never by
sending again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading import batches, comparison
from phaseline.odoo import external_ids, field_types
from phaseline.odoo.data import bulk_reads, load_tables
from phaseline.odoo.data.bulk_create import bulk_creator
from phaseline.odoo.data.outcome import LoadOutcome
from phaseline.odoo.data.parallel import fetch_all
from phaseline.odoo.data.references import Resolver, UnresolvedError
from phaseline.odoo.data.sender import Sender
from phaseline.odoo.data.takeover import adopt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from phaseline.masterdata.loading.comparison import FieldKind
    from phaseline.masterdata.records import Record
    from phaseline.masterdata.spec import RecordTemplate
    from phaseline.odoo.data.load_tables import Wanted
    from phaseline.odoo.port import Port


@dataclass(slots=True)
class Loader:
    """A load into one Odoo: what it may do, what it has learnt and what came of it.

    `guard` is called before anything is sent: it holds the lock of the database.
    """

    ports: Sequence[Port]
    taking: str = "refuse"
    batch: int = 1000
    guard: Callable[[], None] = lambda: None
    resolver: Resolver = field(default_factory=Resolver)
    outcome: LoadOutcome = field(default_factory=LoadOutcome)

    @property
    def port(self) -> Port:
        """The port that asks what is not worth sharing out."""
        return self.ports[0]

    def load(self, shape: RecordTemplate, records: Sequence[Record]) -> None:
        """Bring the records of one shape into Odoo; what came of it is added to the outcome."""
        names = {name for one in records for name, _ in (*one.values, *one.initial)}
        kinds = field_types.kinds(self.port, shape.model, names)
        for wave in batches.waves(records):
            if self.outcome.stopped:
                self.outcome.skip(wave)
                continue
            self._wave(shape, wave, kinds)

    def _wave(
        self, shape: RecordTemplate, wave: Sequence[Record], kinds: dict[str, FieldKind]
    ) -> None:
        own = fetch_all(self.ports, [record.xmlid for record in wave], external_ids.lookup)
        self.resolver.ids.update(own)
        self.resolver.learn(self.port, wave)
        wanted = self._resolved(wave, own)
        ids = [found for _, found in own.values()]
        actual = self._actual(shape, ids, kinds)
        here = {xmlid: number for xmlid, (_, number) in own.items() if number in actual}
        new = [pair for pair in wanted if pair[0].xmlid not in here]
        if new:
            self.guard()
        taken = adopt(self.port, shape, new, taking=self.taking, outcome=self.outcome)
        if taken:
            here.update(taken)
            self.resolver.ids.update((one, (shape.model, taken[one])) for one in taken)
            actual.update(self._actual(shape, [*taken.values()], kinds))
        refused = self.outcome.refused_rows
        new = [pair for pair in new if pair[0].xmlid not in here and pair[0].row not in refused]
        sizes = (self.batch, len(self.ports))
        changes = self._changes(wanted, here, actual, kinds)
        if changes:
            self.guard()
        with bulk_creator(self.port, len(new)) as maker:
            sender = Sender(self.ports, shape, kinds, self.outcome, maker, self.guard)
            sender.send(load_tables.creations(self.port, new, kinds, sizes))
        sender.send(load_tables.updates(self.port, changes, kinds, sizes))

    def _actual(
        self, shape: RecordTemplate, ids: Sequence[int], kinds: dict[str, FieldKind]
    ) -> dict[int, dict[str, Any]]:
        def ask(port: Port, part: Sequence[int]) -> dict[int, dict[str, Any]]:
            return bulk_reads.values(port, shape.model, part, kinds)

        return fetch_all(self.ports, ids, ask)

    def _resolved(self, wave: Sequence[Record], own: dict[str, tuple[str, int]]) -> list[Wanted]:
        wanted = []
        for record in wave:
            try:
                values = self.resolver.values(record, new=record.xmlid not in own)
            except (UnresolvedError, KeyError) as error:
                self.outcome.refuse(record, "D021", str(error))
                continue
            wanted.append((record, values))
        return wanted

    def _changes(
        self,
        wanted: Sequence[Wanted],
        here: dict[str, int],
        actual: dict[int, dict[str, Any]],
        kinds: dict[str, FieldKind],
    ) -> dict[tuple[str, ...], list[Wanted]]:
        """Return the records that differ by the fields that differ; the others are unchanged."""
        changes: dict[tuple[str, ...], list[Wanted]] = {}
        for record, values in wanted:
            if record.xmlid not in here:
                continue
            owned = {name: values[name] for name, _ in record.values}
            names = comparison.changed(owned, actual[here[record.xmlid]], kinds)
            if names:
                changes.setdefault(names, []).append((record, values))
            else:
                self.outcome.unchanged += 1
        return changes

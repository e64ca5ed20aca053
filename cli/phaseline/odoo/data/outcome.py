"""What one call carries, and what came of a load so far, safe to be told from several threads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.loading.results import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phaseline.errors import Fault
    from phaseline.masterdata.records import Record


@dataclass(frozen=True, slots=True)
class Batch:
    """One call: its records and the same as a table of `load`."""

    records: tuple[Record, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    creates: bool
    values: tuple[dict[str, Any], ...] = ()  # the same as values of `create`, when it creates

    def without(self, indexes: Iterable[int]) -> Batch:
        """Return the batch without some of its rows."""
        gone = set(indexes)
        keep = [place for place in range(len(self.records)) if place not in gone]
        return self.only(keep)

    def halves(self) -> tuple[Batch, Batch]:
        """Return both halves, which can be made in one go as the whole could."""
        middle = len(self.records) // 2
        first, second = self.only(range(middle)), self.only(range(middle, len(self.records)))
        return (
            replace(first, values=self.values[:middle]),
            replace(second, values=self.values[middle:]),
        )

    def only(self, places: Iterable[int]) -> Batch:
        """Return the batch with only some of its rows, as a table."""
        kept = list(places)
        return Batch(
            tuple(self.records[place] for place in kept),
            self.columns,
            tuple(self.rows[place] for place in kept),
            self.creates,
        )


@dataclass(slots=True)
class LoadOutcome:
    """What came of a load, in records; nothing is left out of the sum."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    unknown: int = 0
    not_sent: int = 0
    writes: int = 0
    refused: list[Refusal] = field(default_factory=list)
    stopped: Fault | None = None
    lock: Lock = field(default_factory=Lock)

    @property
    def refused_rows(self) -> frozenset[int]:
        """The lines Odoo would not take."""
        return frozenset(one.row for one in self.refused)

    @property
    def total(self) -> int:
        """How many records have an outcome so far."""
        done = self.created + self.updated + self.unchanged
        return done + self.unknown + self.not_sent + len(self.refused)

    def refuse(self, record: Record, code: str, message: str) -> None:
        """Note a line as refused."""
        with self.lock:
            self.refused.append(Refusal(record.row, code, message))

    def skip(self, records: Sequence[Record]) -> None:
        """Note records that were never sent, since the load had to stop before."""
        with self.lock:
            self.not_sent += len(records)

    def mark_unchanged(self, count: int) -> None:
        """Note records that another run made in the meantime."""
        with self.lock:
            self.unchanged += count

    def mark_done(self, batch: Batch) -> None:
        """Note a batch as in Odoo."""
        with self.lock:
            self.writes += 1
            if batch.creates:
                self.created += len(batch.records)
            else:
                self.updated += len(batch.records)

    def mark_unknown(self, batch: Batch, fault: Fault) -> None:
        """Note a batch whose outcome nobody knows; the load stops."""
        with self.lock:
            self.unknown += len(batch.records)
            self.stopped = self.stopped or fault

    def stop(self, batch: Batch, fault: Fault) -> None:
        """Note a batch that did not reach Odoo; the load stops."""
        with self.lock:
            self.not_sent += len(batch.records)
            self.stopped = self.stopped or fault

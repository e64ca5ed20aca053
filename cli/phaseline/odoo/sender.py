"""Sends batches to Odoo's `load`, side by side, and finds out what became of each line."""

from __future__ import annotations

import queue
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo import existing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from phaseline.masterdata.compare import FieldKind
    from phaseline.masterdata.records import Record
    from phaseline.masterdata.spec import Shape
    from phaseline.odoo.port import Port

Thing = TypeVar("Thing")
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "lang": "en_US",
}
PATIENCE = 30.0
PAUSES = (0.5, 1.0, 2.0, 4.0)
PAUSE = 2.0
TIMEOUT = 600.0
SMALL = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """One call: its records and the same as a table of `load`."""

    records: tuple[Record, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    creates: bool

    def without(self, indexes: Iterable[int]) -> Batch:
        """Return the batch without some of its rows."""
        gone = set(indexes)
        keep = [place for place in range(len(self.records)) if place not in gone]
        return self.only(keep)

    def only(self, places: Iterable[int]) -> Batch:
        """Return the batch with only some of its rows."""
        kept = list(places)
        return Batch(
            tuple(self.records[place] for place in kept),
            self.columns,
            tuple(self.rows[place] for place in kept),
            self.creates,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line Odoo would not take."""

    row: int
    code: str
    message: str


@dataclass(slots=True)
class Outcome:
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

    def refuse(self, record: Record, code: str, message: str) -> None:
        """Note a line as refused."""
        with self.lock:
            self.refused.append(Refusal(record.row, code, message))

    def skip(self, records: Sequence[Record]) -> None:
        """Note records that were never sent, since the load had to stop before."""
        with self.lock:
            self.not_sent += len(records)

    def found(self, count: int) -> None:
        """Note records that another run made in the meantime."""
        with self.lock:
            self.unchanged += count

    def done(self, batch: Batch) -> None:
        """Note a batch as in Odoo."""
        with self.lock:
            self.writes += 1
            if batch.creates:
                self.created += len(batch.records)
            else:
                self.updated += len(batch.records)

    def lost(self, batch: Batch, fault: Fault) -> None:
        """Note a batch whose outcome nobody knows; the load stops."""
        with self.lock:
            self.unknown += len(batch.records)
            self.stopped = self.stopped or fault

    def stop(self, batch: Batch, fault: Fault) -> None:
        """Note a batch that did not reach Odoo; the load stops."""
        with self.lock:
            self.not_sent += len(batch.records)
            self.stopped = self.stopped or fault


def spread(
    ports: Sequence[Port], things: Sequence[Thing], do: Callable[[Port, Thing], None]
) -> None:
    """Do all things, each with a port of its own for as long as it takes."""
    free: queue.Queue[Port] = queue.Queue()
    for port in ports:
        free.put(port)

    def one(thing: Thing) -> None:
        port = free.get()
        try:
            do(port, thing)
        finally:
            free.put(port)

    if things:
        with ThreadPoolExecutor(max_workers=len(ports)) as pool:
            list(pool.map(one, things))


def patient(port: Port, model: str, method: str, *ids: Any, **named: Any) -> Any:
    """Call a method; when Odoo was busy and rolled everything back, call it again."""
    for pause in PAUSES:
        try:
            return port.call(model, method, *ids, **named)
        except PhaselineError as error:
            if error.faults[0].code != "O011":
                raise
            time.sleep(pause)
    return port.call(model, method, *ids, **named)


@dataclass(slots=True)
class Sender:
    """Sends the batches of one shape through all ports at once."""

    ports: Sequence[Port]
    shape: Shape
    kinds: Mapping[str, FieldKind]
    outcome: Outcome

    def send(self, batches: Sequence[Batch]) -> None:
        """Send every batch; stops at the first answer that is lost or refused by the network."""
        spread(self.ports, batches, self._deliver)

    def _deliver(self, port: Port, batch: Batch) -> None:
        if self.outcome.stopped or not batch.records:
            self.outcome.skip(batch.records)
            return
        try:
            answer = patient(
                port,
                self.shape.model,
                "load",
                fields=list(batch.columns),
                data=[list(row) for row in batch.rows],
                context={**QUIET, **dict(self.shape.context)},
                timeout=TIMEOUT,
            )
        except PhaselineError as error:
            self._failed(port, batch, error.faults[0])
            return
        if answer["ids"]:
            self.outcome.done(batch)
        else:
            self._refused(port, batch, answer["messages"])

    def _failed(self, port: Port, batch: Batch, fault: Fault) -> None:
        if fault.code == "O007":
            self._settle(port, batch, fault)
        elif fault.code in {"O005", "O006"}:
            self._halve(port, batch, fault.message)
        else:
            self.outcome.stop(batch, fault)

    def _settle(self, port: Port, batch: Batch, fault: Fault) -> None:
        """Find out by external id whether new records arrived; changes are read next time."""
        deadline = time.monotonic() + PATIENCE
        while batch.creates and time.monotonic() < deadline:
            try:
                there = existing.external_ids(port, [one.xmlid for one in batch.records])
            except PhaselineError:
                break
            if len(there) == len(batch.records):
                self.outcome.done(batch)
                return
            time.sleep(PAUSE)
        self.outcome.lost(batch, fault)

    def _refused(self, port: Port, batch: Batch, messages: Sequence[Mapping[str, Any]]) -> None:
        """Odoo kept nothing of the batch: take out the rows it names and send the rest."""
        named = {
            int(message["record"]): str(message["message"])
            for message in messages
            if message.get("type") == "error" and "record" in message
        }
        if not named:
            said = "; ".join(str(message.get("message")) for message in messages)
            self._halve(port, batch, said)
            return
        rivals = self._made_meanwhile(port, batch, named)
        self.outcome.found(len(rivals))
        for place, said in named.items():
            if place not in rivals:
                self.outcome.refuse(batch.records[place], "D060", said)
        self._deliver(port, batch.without(named))

    def _made_meanwhile(self, port: Port, batch: Batch, places: Iterable[int]) -> set[int]:
        """Return the refused rows that are in Odoo: a run that was killed had sent them before."""
        if not batch.creates:
            return set()
        there = existing.external_ids(port, [batch.records[place].xmlid for place in places])
        return {place for place in places if batch.records[place].xmlid in there}

    def _halve(self, port: Port, batch: Batch, said: str) -> None:
        """Odoo names no row: look for it by halves."""
        if len(batch.records) == 1:
            self.outcome.refuse(batch.records[0], "D060", said)
            return
        middle = len(batch.records) // 2
        self._deliver(port, batch.only(range(middle)))
        self._deliver(port, batch.only(range(middle, len(batch.records))))

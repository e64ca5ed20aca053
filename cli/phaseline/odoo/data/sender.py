"""Sends batches to Odoo's `load`, side by side, and finds out what became of each line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo import external_ids
from phaseline.odoo.data.parallel import map_ports
from phaseline.odoo.faults import codes
from phaseline.odoo.lost_calls import settle
from phaseline.odoo.retries import call_when_free
from phaseline.odoo.server_action import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from phaseline.masterdata.loading.comparison import FieldKind
    from phaseline.masterdata.spec import RecordTemplate
    from phaseline.odoo.data.bulk_create import BulkCreator
    from phaseline.odoo.data.outcome import Batch, LoadOutcome
    from phaseline.odoo.port import Port

QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "lang": "en_US",
}
AT_MOST = 200  # `load` retries a refused batch row by row: 0.12 s each, a worker dies at 60 s
REFUSED = frozenset({"O003", "O004", "O005", "O006", "O011"})


@dataclass(slots=True)
class Sender:
    """Sends the batches of one shape through all ports at once, each if the lock is still ours."""

    ports: Sequence[Port]
    shape: RecordTemplate
    kinds: Mapping[str, FieldKind]
    outcome: LoadOutcome
    maker: BulkCreator | None = None
    guard: Callable[[], None] = lambda: None

    def send(self, batches: Sequence[Batch]) -> None:
        """Send every batch; stops at the first answer that is lost or refused by the network."""
        map_ports(self.ports, batches, self._send)

    def _send(self, port: Port, batch: Batch) -> None:
        if self.outcome.stopped or not batch.records:
            self.outcome.skip(batch.records)
            return
        try:
            self.guard()
            if self._create(port, batch):
                self.outcome.mark_done(batch)
                return
            if len(batch.records) > AT_MOST:
                for half in batch.halves():
                    self._send(port, half)
                return
            answer = call_when_free(lambda: self._load(port, batch))
        except PhaselineError as error:
            self._handle_failure(port, batch, error.faults[0])
            return
        if answer["ids"]:
            self.outcome.mark_done(batch)
        else:
            self._handle_refusal(port, batch, answer["messages"])

    def _load(self, port: Port, batch: Batch) -> Any:
        return port.call(
            self.shape.model,
            "load",
            fields=list(batch.columns),
            data=[list(row) for row in batch.rows],
            context=self._context,
            timeout=TIMEOUT,
        )

    @property
    def _context(self) -> dict[str, Any]:
        return {**QUIET, **dict(self.shape.context)}

    def _create(self, port: Port, batch: Batch) -> bool:
        """Whether the batch was made in one go; what Odoo refuses is left to `load`."""
        if self.maker is None or not batch.values:
            return False
        names = [record.xmlid for record in batch.records]
        try:
            self.maker.make(port, self.shape.model, names, batch.values, self._context)
        except PhaselineError as error:
            if codes(error) <= REFUSED:
                return False
            raise
        return True

    def _handle_failure(self, port: Port, batch: Batch, fault: Fault) -> None:
        if fault.code == "O007":
            self._settle(port, batch, fault)
        elif fault.code in {"O005", "O006"}:
            self._halve(port, batch, fault.message)
        else:
            self.outcome.stop(batch, fault)

    def _settle(self, port: Port, batch: Batch, fault: Fault) -> None:
        """Find out by external id whether new records arrived; changes are read next time."""
        names = [one.xmlid for one in batch.records]
        try:
            there = settle(port, names) if batch.creates else {}
        except PhaselineError:
            there = {}
        if batch.creates and len(there) == len(names):
            self.outcome.mark_done(batch)
        else:
            self.outcome.mark_unknown(batch, fault)

    def _handle_refusal(
        self, port: Port, batch: Batch, messages: Sequence[Mapping[str, Any]]
    ) -> None:
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
        rivals = self._created_meanwhile(port, batch, named)
        self.outcome.mark_unchanged(len(rivals))
        for place, said in named.items():
            if place not in rivals:
                self.outcome.refuse(batch.records[place], "D060", said)
        self._send(port, batch.without(named))

    def _created_meanwhile(self, port: Port, batch: Batch, places: Iterable[int]) -> set[int]:
        """Return the refused rows that are in Odoo: a run that was killed had sent them before."""
        if not batch.creates:
            return set()
        there = external_ids.lookup(port, [batch.records[place].xmlid for place in places])
        return {place for place in places if batch.records[place].xmlid in there}

    def _halve(self, port: Port, batch: Batch, said: str) -> None:
        """Odoo names no row: look for it by halves."""
        if len(batch.records) == 1:
            self.outcome.refuse(batch.records[0], "D060", said)
            return
        for half in batch.halves():
            self._send(port, half)

"""Books opening stock once, as an inventory count; what was booked before is never booked again.

The truth is the count's own stock moves, found by their inventory name: stock that was sold since
does not come back by loading again.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError
from phaseline.masterdata.loading import batches
from phaseline.odoo.data import bulk_reads
from phaseline.odoo.data.outcome import Batch
from phaseline.odoo.data.references import UnresolvedError
from phaseline.odoo.data.sender import QUIET
from phaseline.odoo.lost_calls import wait_for
from phaseline.odoo.retries import call_when_free
from phaseline.odoo.server_action import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phaseline.masterdata.records import Record
    from phaseline.odoo.data.loader import Loader
    from phaseline.odoo.port import Port

NAME = "Opening stock (phaseline)"
BATCH = 250
CENT = Decimal("0.01")
BOOKED = [["is_inventory", "=", True], ["state", "=", "done"], ["inventory_name", "=", NAME]]
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Count:
    """One product counted at one place."""

    record: Record
    spot: Spot
    quantity: Decimal


def load(loader: Loader, records: Sequence[Record]) -> None:
    """Book what is not booked yet; what came of it is added to the loader's outcome."""
    loader.resolver.learn(loader.port, records)
    counts = list(_counts(loader, records))
    there = booked(loader.port)
    new = []
    for count in counts:
        if count.spot not in there:
            new.append(count)
        elif there[count.spot] == count.quantity:
            loader.outcome.unchanged += 1
        else:
            loader.outcome.refuse(
                count.record,
                "D061",
                f"{there[count.spot]:f} were booked as opening stock already; correct it in Odoo"
                " by a count",
            )
    taken = occupied(loader.port, new)
    known = [count for count in new if count.spot in taken]
    fresh = [count for count in new if count.spot not in taken]
    for context, counts in (({}, known), ({"import_file": True}, fresh)):
        for part in batches.split(counts, BATCH):  # in turn: they share journals and places
            loader.guard()
            _book(loader, part, context)


def occupied(port: Port, counts: Sequence[Count]) -> set[Spot]:
    """Return the spots where Odoo has a quantity already; elsewhere it need not be looked for."""
    if not counts:
        return set()
    rows = port.call(
        "stock.quant",
        "search_read",
        domain=[["location_id", "in", sorted({count.spot[1] for count in counts})]],
        fields=["product_id", "location_id"],
        load="",
        context=bulk_reads.ALL,
    )
    return {(row["product_id"], row["location_id"]) for row in rows}


def _counts(loader: Loader, records: Sequence[Record]) -> Any:
    for record in records:
        try:
            values = loader.resolver.values(record, new=True)
        except UnresolvedError as error:
            loader.outcome.refuse(record, "D021", str(error))
            continue
        yield Count(
            record, (values["product_id"], values["location_id"]), values["inventory_quantity"]
        )


def booked(port: Port, what: str = "quantity") -> dict[Spot, Decimal]:
    """Return the quantity (or `value`) booked as opening stock, by product and place."""
    rows = port.call(
        "stock.move",
        "search_read",
        domain=BOOKED,
        fields=["product_id", "location_dest_id", what],
        load="",
        context=bulk_reads.ALL,
    )
    found: dict[Spot, Decimal] = {}
    for row in rows:
        spot = (row["product_id"], row["location_dest_id"])
        found[spot] = found.get(spot, Decimal()) + Decimal(repr(row[what])).quantize(CENT)
    return found


def _book(loader: Loader, part: Sequence[Count], more: Mapping[str, Any]) -> None:
    """Book one batch: set the counts, apply them, and settle a lost answer by reading."""
    outcome = loader.outcome
    batch = _batch(part)
    if outcome.stopped:
        outcome.skip(batch.records)
        return
    try:
        answer = _send(loader.port, part, more)
    except PhaselineError as error:
        _handle_failure(loader, part, more, error)
        return
    if isinstance(answer, dict):  # not an error: Odoo opens a dialog and has booked nothing
        for count in part:
            outcome.refuse(count.record, "D060", f"Odoo asks: {answer.get('name')}")
        return
    outcome.mark_done(batch)


def _send(port: Port, part: Sequence[Count], more: Mapping[str, Any]) -> Any:
    """Set the counts and apply them; return what Odoo answers, a dialog when it books nothing."""
    context = {**QUIET, "inventory_mode": True, "inventory_name": NAME, **more}
    counts = [
        {
            "product_id": count.spot[0],
            "location_id": count.spot[1],
            "inventory_quantity": float(count.quantity),
        }
        for count in part
    ]
    said: dict[str, Any] = {"context": context, "timeout": TIMEOUT}
    ids = call_when_free(lambda: port.call("stock.quant", "create", vals_list=counts, **said))
    return call_when_free(lambda: port.call("stock.quant", "action_apply_inventory", ids, **said))


def _batch(part: Sequence[Count]) -> Batch:
    return Batch(tuple(count.record for count in part), (), (), creates=True)


def _handle_failure(
    loader: Loader, part: Sequence[Count], more: Mapping[str, Any], error: PhaselineError
) -> None:
    fault = error.faults[0]
    batch = _batch(part)
    if fault.code in {"O005", "O006"} and len(part) > 1:
        middle = len(part) // 2
        _book(loader, part[:middle], more)
        _book(loader, part[middle:], more)
    elif fault.code in {"O005", "O006"}:
        loader.outcome.refuse(part[0].record, "D060", fault.message)
    elif fault.code == "O007":
        _settle(loader, part, batch, error)
    else:
        loader.outcome.stop(batch, fault)


def _settle(loader: Loader, part: Sequence[Count], batch: Batch, error: PhaselineError) -> None:
    def arrived(there: Mapping[Spot, Decimal]) -> bool:
        return all(there.get(count.spot) == count.quantity for count in part)

    try:
        there = wait_for(lambda: booked(loader.port), arrived)
    except PhaselineError:
        there = {}
    if arrived(there):
        loader.outcome.mark_done(batch)
    else:
        loader.outcome.mark_unknown(batch, error.faults[0])

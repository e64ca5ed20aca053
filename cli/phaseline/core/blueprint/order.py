"""The order of records: as written, but what a record needs goes before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.core.blueprint.records import Record


def arrange(records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the records in an order that can be applied; a circle is a fault."""
    by_ref = {record.ref: record for record in records}
    position = {record.ref: index for index, record in enumerate(records)}
    needs = {
        record.ref: sorted(
            {ref.name for ref in record.refs() if ref.name in by_ref and ref.name != record.ref},
            key=position.__getitem__,
        )
        for record in records
    }
    done: dict[str, Record] = {}
    for record in records:
        visit(record.ref, needs, by_ref, done)
    return tuple(done.values())


def visit(
    start: str, needs: dict[str, list[str]], by_ref: dict[str, Record], done: dict[str, Record]
) -> None:
    """Put a record behind everything it needs, without recursion."""
    trail: list[str] = [start]
    while trail:
        ref = trail[-1]
        open_needs = [need for need in needs[ref] if need not in done]
        if ref in done or not open_needs:
            done.setdefault(ref, by_ref[ref])
            trail.pop()
            continue
        need = open_needs[0]
        if need in trail:
            raise circle([*trail[trail.index(need) :], need], by_ref)
        trail.append(need)


def circle(refs: list[str], by_ref: dict[str, Record]) -> PhaselineError:
    """Return the error that names the circle."""
    message = "records need each other in a circle: " + " -> ".join(refs)
    hint = "Move the value that closes the circle into a record of its own."
    return PhaselineError(Fault("B017", message, by_ref[refs[0]].place, hint))

"""Finds records that Odoo had before and that a file's lines mean, and takes them over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.odoo.data import bulk_reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.masterdata.records import Record
    from phaseline.masterdata.spec import RecordTemplate
    from phaseline.odoo.data.outcome import LoadOutcome
    from phaseline.odoo.port import Port


def adopt(
    port: Port,
    shape: RecordTemplate,
    new: Sequence[tuple[Record, dict[str, Any]]],
    *,
    taking: str,
    outcome: LoadOutcome,
) -> dict[str, int]:
    """Return the ids of records taken over; lines that mean one nobody may take are refused.

    Records found by all fields of `shape.adopt` are taken over. One found by a field of
    `shape.ask` (a barcode, a VAT number) is taken over only when `taking` says `update`.
    """
    taken: dict[str, int] = {}
    if new and shape.adopt:
        taken.update(_by_all(port, shape, new))
    for field in shape.ask:
        rest = [pair for pair in new if pair[0].xmlid not in taken]
        taken.update(_by_one(port, shape, field, rest, taking, outcome))
    if taken:
        _name(port, shape.model, taken)
    return taken


def _by_all(
    port: Port, shape: RecordTemplate, new: Sequence[tuple[Record, dict[str, Any]]]
) -> dict[str, int]:
    first = shape.adopt[0]
    wanted = sorted({values[first] for _, values in new if values.get(first)}, key=str)
    there: dict[tuple[Any, ...], list[int]] = {}
    for row in bulk_reads.rows(port, shape.model, first, wanted, shape.adopt):
        key = tuple(_comparable(row[name]) for name in shape.adopt)
        there.setdefault(key, []).append(row["id"])
    taken = {}
    for record, values in new:
        found = there.get(tuple(_comparable(values.get(name)) for name in shape.adopt), [])
        if len(found) == 1:
            taken[record.xmlid] = found[0]
    return taken


def _comparable(value: Any) -> Any:
    """Return a value as both sides tell it: nothing as None, several records in order."""
    return tuple(sorted(value)) if isinstance(value, (list, tuple)) else value or None


def _by_one(
    port: Port,
    shape: RecordTemplate,
    field: str,
    new: Sequence[tuple[Record, dict[str, Any]]],
    taking: str,
    outcome: LoadOutcome,
) -> dict[str, int]:
    taken: dict[str, int] = {}
    wanted = {values[field] for _, values in new if values.get(field)}
    if not wanted:
        return taken
    there = bulk_reads.by_field(port, shape.model, field, wanted)
    for record, values in new:
        ids = there.get(values.get(field) or "", ())
        if not ids:
            continue
        if taking == "update" and len(ids) == 1:
            taken[record.xmlid] = ids[0]
        elif taking != "new":
            outcome.refuse(
                record,
                "D020",
                f"Odoo has a record with {field} '{values[field]}' already;"
                " say --existing update or --existing new",
            )
    return taken


def _name(port: Port, model: str, taken: dict[str, int]) -> None:
    """Give the records their external ids."""
    port.call(
        "ir.model.data",
        "create",
        vals_list=[
            {
                "module": xmlid.partition(".")[0],
                "name": xmlid.partition(".")[2],
                "model": model,
                "res_id": number,
            }
            for xmlid, number in taken.items()
        ],
    )

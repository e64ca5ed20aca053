"""Lines that are totals, and files that are right as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.masterdata.findings import CellError, Finding, truncate
from phaseline.masterdata.parsing import values
from phaseline.masterdata.records import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from phaseline.masterdata.findings import Table
    from phaseline.masterdata.records import Row
    from phaseline.masterdata.spec import Balance, ObjectSpec

WORDS = frozenset({"total", "totals", "sum", "grand total", "summe", "gesamt", "totaal"})
NEGATIVE = "D016"  # what a number below its bounds was refused with


def is_total(cells: Sequence[object]) -> bool:
    """Return whether the first filled cell of a line says that it is a total."""
    filled = [cell for cell in cells if cell not in (None, "")]
    return bool(filled) and str(filled[0]).strip().rstrip(":").casefold() in WORDS


def faults(
    spec: ObjectSpec,
    table: Table,
    places: Mapping[str, int],
    rows: Sequence[Row],
    findings: Sequence[Finding],
    reading: values.Reading,
) -> Iterator[Finding]:
    """Yield why a file that must balance does not: a negative line, one twice, another total."""
    balance = spec.balance
    if balance is None or balance.of not in places:
        return
    yield from negative(balance, findings)
    yield from twice(balance, rows)
    if all(row.values.get(balance.of) is not None for row in rows):
        total = sum(row.values[balance.of] for row in rows)
        yield from other_total(spec, table, places[balance.of], total, reading)


def negative(balance: Balance, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield each line with less than nothing."""
    for one in findings:
        below = one.value.strip().startswith(("-", "\u2212"))
        if one.code == NEGATIVE and one.column == balance.of and below:
            message = f"{balance.of} is negative: the rest would be booked without it"
            hint = "Count it again; what was lent or lost is booked in Odoo."
            yield Finding("D024", message, hint, one.row, one.column, one.value)


def twice(balance: Balance, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each later line about what an earlier one counted."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = row.key(balance.once)
        first = seen.setdefault(key, row.number)
        if first != row.number and any(key):
            message = f"{', '.join(balance.once)} of row {first} again: which of the two is right?"
            column = balance.once[0]
            shown = truncate(row.values.get(column))
            hint = "Keep one line with the whole number."
            yield Finding("D024", message, hint, row.number, column, shown)


def other_total(
    spec: ObjectSpec, table: Table, place: int, total: Decimal | int, reading: values.Reading
) -> Iterator[Finding]:
    """Yield each total line that says another number than the lines add up to."""
    balance = spec.balance
    for number, cells in table.rows if balance else ():
        raw = cells[place] if place < len(cells) else None
        if balance is None or not is_total(cells) or raw in (None, ""):
            continue
        try:
            told = values.parse(spec.column(balance.of), raw, reading)
        except CellError:
            told = None
        if told != total:
            message = f"the lines add up to {as_text(total)}, this total says {truncate(raw)}"
            hint = "Find what is missing or twice, then remove the total."
            yield Finding("D024", message, hint, number, balance.of, truncate(raw))

"""The rules that look at more than one cell: one function, one code, one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stdnum import get_cc_module
from stdnum.eu import vat as european
from stdnum.exceptions import ValidationError

from phaseline.masterdata.findings import Finding, truncate
from phaseline.masterdata.parsing import text
from phaseline.masterdata.records import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from phaseline.masterdata.records import Row
    from phaseline.masterdata.spec import RuleUse

OUTLIER = 100
FEWEST = 20


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule's function with its code and its sentence."""

    code: str
    sentence: str
    check: Callable[[RuleUse, Sequence[Row]], Iterator[Finding]]


RULES: dict[str, RuleEntry] = {}


def rule(
    code: str, sentence: str
) -> Callable[
    [Callable[[RuleUse, Sequence[Row]], Iterator[Finding]]],
    Callable[[RuleUse, Sequence[Row]], Iterator[Finding]],
]:
    """Register a rule under its function's name."""

    def register(
        check: Callable[[RuleUse, Sequence[Row]], Iterator[Finding]],
    ) -> Callable[[RuleUse, Sequence[Row]], Iterator[Finding]]:
        RULES[check.__name__] = RuleEntry(code, sentence, check)
        return check

    return register


def _finding(code: str, row: Row, column: str, message: str, hint: str) -> Finding:
    return Finding(code, message, hint, row.number, column, truncate(row.values.get(column)))


@rule("D019", "A key stands on one line only, and no two keys look alike.")
def unique(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each later line whose key, or the look of it, was there before."""
    seen: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row in rows:
        key = row.key(use.columns)
        if not any(key):
            continue
        look = "\x1f".join(text.skeleton(part) for part in key)
        first, same = seen.setdefault(look, (row.number, key))
        if first != row.number:
            how = "is the same as" if same == key else "looks the same as"
            yield _finding(
                "D019",
                row,
                use.columns[0],
                f"{', '.join(use.columns)} {how} in row {first}",
                "Keep one of the two lines.",
            )


@rule("D052", "Lines of one group agree in what the group shares.")
def same_in_group(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line that says otherwise than the first line of its group."""
    first: dict[tuple[str, ...], Row] = {}
    for row in rows:
        group = row.key(use.group)
        if not any(group):
            continue
        leader = first.setdefault(group, row)
        for column in use.columns:
            if row.values.get(column) != leader.values.get(column):
                yield _finding(
                    "D052",
                    row,
                    column,
                    f"the line differs from row {leader.number} of the same {use.group[0]}",
                    f"Make {column} equal on all lines of this {use.group[0]}.",
                )


@rule("D053", "The smaller of two numbers is not above the larger.")
def ascending(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line where the first column is above the second."""
    low, high = use.columns
    for row in rows:
        small, large = row.values.get(low), row.values.get(high)
        if small is not None and large is not None and small > large:
            yield _finding(
                "D053",
                row,
                low,
                f"{low} is above {high} ({truncate(large)})",
                "Swap or correct them.",
            )


@rule("D054", "Columns that belong together are all filled or all empty.")
def together(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line that fills some of the columns and not all."""
    for row in rows:
        empty = [column for column in use.columns if row.values.get(column) is None]
        if empty and len(empty) < len(use.columns):
            yield _finding(
                "D054",
                row,
                empty[0],
                f"{', '.join(use.columns)} are filled together or not at all",
                f"Fill {', '.join(empty)} too.",
            )


@rule("D055", "Exactly one of the columns is filled.")
def one_of(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line that fills none or several of the columns."""
    for row in rows:
        filled = [column for column in use.columns if row.values.get(column) is not None]
        if len(filled) != 1:
            yield _finding(
                "D055",
                row,
                use.columns[0],
                f"{len(filled)} of {', '.join(use.columns)} are filled, it must be one",
                "Fill exactly one of them.",
            )


@rule("D055", "At most one of the columns is filled.")
def not_both(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line that fills several of the columns."""
    for row in rows:
        filled = [column for column in use.columns if row.values.get(column) is not None]
        if len(filled) > 1:
            yield _finding(
                "D055", row, filled[1], f"{' and '.join(filled)} are both filled", "Empty one."
            )


@rule("D056", "No line is its own parent.")
def not_itself(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line that names itself."""
    own, parent = use.columns
    for row in rows:
        if row.values.get(own) is not None and row.values.get(own) == row.values.get(parent):
            yield _finding("D056", row, parent, "the line is its own parent", "Name another.")


@rule("D023", "A VAT number has the form and check digits of its country.")
def vat_of_country(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Yield each line whose VAT number its country's rules refuse."""
    vat_column, country_column = use.columns
    for row in rows:
        number, country = row.values.get(vat_column), row.values.get(country_column)
        if number is None:
            continue
        if not _vat_stands(str(number), country):
            yield _finding(
                "D023",
                row,
                vat_column,
                "the VAT number's form or check digit is wrong for its country",
                "Copy it from an invoice of this partner, with the country's two letters.",
            )


def _vat_stands(number: str, country: str | None) -> bool:
    code = number[:2].lower()
    if code.isalpha() and european.is_valid(number):
        return True
    module = get_cc_module((country or code).lower(), "vat")
    if module is None:
        return True
    for candidate in {number, number[2:] if code == (country or "").lower() else number}:
        try:
            module.validate(candidate)
        except ValidationError:
            continue
        return True
    return False


@rule("D016", "A price is above the cost, and no number is a hundred times the usual.")
def plausible(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Warn of each number a hundred times above the middle one of its column."""
    for column in use.columns:
        numbers = sorted(row.values[column] for row in rows if row.values.get(column))
        if len(numbers) < FEWEST:
            continue
        limit = numbers[len(numbers) // 2] * OUTLIER
        for row in rows:
            value = row.values.get(column)
            if value is not None and value > limit:
                yield Finding(
                    "D016",
                    f"the number is more than {OUTLIER} times the middle one of its column",
                    "Check it; this warning does not stop the load.",
                    row.number,
                    column,
                    truncate(as_text(value)),
                    warning=True,
                )


@rule("D016", "A price is not below the cost.")
def covers_cost(use: RuleUse, rows: Sequence[Row]) -> Iterator[Finding]:
    """Warn of each line whose price is below its cost."""
    price, cost = use.columns
    for row in rows:
        asked, paid = row.values.get(price), row.values.get(cost)
        if asked is not None and paid is not None and asked < paid:
            yield Finding(
                "D016",
                f"{price} is below {cost} ({truncate(as_text(paid))})",
                "Check both; this warning does not stop the load.",
                row.number,
                price,
                truncate(as_text(asked)),
                warning=True,
            )

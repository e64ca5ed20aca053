"""From a raw cell to a value, or to the reason why not; nothing is coerced in silence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.masterdata.findings import CellError
from phaseline.masterdata.parsing import identities, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from phaseline.masterdata.spec import Column

PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
SCIENTIFIC = re.compile(r"-?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+", re.ASCII)
NOT_NUMBERS = frozenset({"nan", "inf", "-inf", "infinity", "-", "n/a", "null", "none"})
MAXIMUM_DIGITS = 13
MANY_DIGITS = 20
EARLIEST, LATEST = 1900, 2199
NOISE = Decimal("1e-9")
YES = frozenset({"yes", "true", "y"})
NO = frozenset({"no", "false", "n"})


@dataclass(slots=True)
class Reading:
    """How a file writes numbers and dates, and the count of what was mended."""

    decimal_comma: bool = False
    date_format: str = "%Y-%m-%d"
    mended: Counter[str] = field(default_factory=Counter)


def parse(column: Column, raw: object, reading: Reading) -> Any:
    """Return the value of a cell, None when it is empty; raises `CellError`."""
    cell: object = raw
    if isinstance(cell, str):
        cell = text.tidy(cell, reading.mended)
    if cell is None or cell == "":
        if column.default == "":
            return None
        cell, reading = column.default, Reading()  # a spec writes numbers and dates its own way
    if isinstance(cell, str) and cell.startswith("#") and cell.rstrip("!?/A0").isupper():
        raise CellError("D014", "the cell holds a spreadsheet error", "Repair the formula.")
    return PARSERS.get(column.type, as_text)(column, cell, reading)


def parse_required(column: Column, raw: object, reading: Reading) -> Any:
    """Return the value of a cell as `parse` does, and refuse an empty one that is required."""
    value = parse(column, raw, reading)
    if value is None and column.required:
        raise CellError("D050", "the cell is empty", f"Fill in {column.name}.")
    return value


def as_text(column: Column, cell: object, _reading: Reading) -> str:
    """Return the text of a text cell."""
    _require_text(column, cell)
    value = str(cell)
    text.inspect(value, strict=column.type == "code")
    if len(value) > column.maximum_length:
        raise CellError(
            "D031",
            f"the text has {len(value)} characters, at most {column.maximum_length} fit",
            "Shorten the text.",
        )
    if column.type in {"code", "reference"} and SCIENTIFIC.fullmatch(value) and "+" in value:
        raise CellError(
            "D010",
            "the code was turned into a number with an exponent",
            "Format the column as text and type the code again.",
        )
    return value


def _require_text(column: Column, cell: object) -> None:
    if isinstance(cell, str):
        return
    if isinstance(cell, (bool, date, datetime)):
        kind = "yes/no" if isinstance(cell, bool) else "date"
        raise CellError(
            "D011",
            f"the cell is a {kind}, the column takes text",
            "Format the column as text and type the value again.",
        )
    code = "D010" if column.type == "gtin" else "D009"
    raise CellError(
        code,
        "the cell is a number, so leading zeros or digits may be lost",
        "Format the column as text and type the value again.",
    )


def as_number(column: Column, cell: object, reading: Reading) -> Decimal:
    """Return the exact decimal a cell says, within the column's decimals and bounds."""
    value = _exact(cell, reading)
    value = _rounded(column, value, reading, noisy=isinstance(cell, float))
    if value.adjusted() >= MAXIMUM_DIGITS:
        raise CellError("D015", "the number is too large", "Check the unit and the digits.")
    _demand_bounds(column, value)
    return value


def _exact(cell: object, reading: Reading) -> Decimal:
    if isinstance(cell, (bool, date, datetime)):
        raise CellError(
            "D011", "the cell is no number", "Format the column as number and type it again."
        )
    if isinstance(cell, (int, float)):
        value = Decimal(repr(cell))
        if not value.is_finite():
            raise CellError("D014", "the cell is not a number", "Type the number.")
        return value
    said = str(cell)
    clear = PLAIN.fullmatch(said) and not (reading.decimal_comma and "." in said)
    return Decimal(said) if clear else _written(said, reading)


def _written(said: str, reading: Reading) -> Decimal:
    if said.lower() in NOT_NUMBERS or not any(sign.isdigit() for sign in said):
        raise CellError("D014", "the text is not a number", "Type the number, or leave it empty.")
    plain = said.replace(",", ".", 1) if reading.decimal_comma and "." not in said else said
    if PLAIN.fullmatch(plain) and (plain != said or not reading.decimal_comma):
        return Decimal(plain)
    if text.has_digits_of_other_scripts(said) or "_" in said or SCIENTIFIC.fullmatch(said):
        raise CellError("D014", "the text is not a plain number", "Type it with the digits 0 to 9.")
    sign = "," if reading.decimal_comma else "."
    way = "leave --decimal-comma out" if reading.decimal_comma else "say --decimal-comma"
    raise CellError(
        "D013",
        f"the number is not written as digits with '{sign}' before the decimals",
        "Write it without thousands separators, signs of currency or percent, or"
        f" {way} for the whole file.",
    )


def _rounded(column: Column, value: Decimal, reading: Reading, *, noisy: bool) -> Decimal:
    places = 0 if column.type == "integer" else column.decimals
    rounded = (
        value.quantize(Decimal(1).scaleb(-places)) if value.adjusted() < MANY_DIGITS else value
    )
    if rounded == value:
        return rounded
    if noisy and abs(rounded - value) < NOISE:
        reading.mended["float noise"] += 1
        return rounded
    raise CellError(
        "D015",
        f"the number has more than {places} decimals",
        f"Round it to {places} decimals.",
    )


def _demand_bounds(column: Column, value: Decimal) -> None:
    if column.above is not None and value <= column.above:
        raise CellError("D016", f"the value must be above {column.above}", "Correct the value.")
    if column.at_least is not None and value < column.at_least:
        raise CellError("D016", f"the value must be at least {column.at_least}", "Correct it.")
    if column.at_most is not None and value > column.at_most:
        raise CellError("D016", f"the value must be at most {column.at_most}", "Correct the value.")


def as_integer(column: Column, cell: object, reading: Reading) -> int:
    """Return a whole number."""
    return int(as_number(column, cell, reading))


def as_boolean(_column: Column, cell: object, _reading: Reading) -> bool:
    """Return yes or no."""
    if isinstance(cell, bool):
        return cell
    said = str(cell).lower()
    if said in YES or said in NO:
        return said in YES
    raise CellError("D051", "the value is neither yes nor no", "Write yes or no.")


def as_date(_column: Column, cell: object, reading: Reading) -> date:
    """Return a date of the one declared format, or of a workbook's date cell."""
    if isinstance(cell, datetime):
        if cell.time() != time.min:
            raise CellError("D012", "the cell holds a time of day too", "Type the date alone.")
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        said = str(cell).encode("ascii").decode()  # strptime takes digits of any script
        value = datetime.strptime(said, reading.date_format).date()  # noqa: DTZ007 (no time)
    except ValueError as error:
        raise CellError(
            "D012",
            "the date does not exist or is not written in the declared format",
            "Write it as 2026-03-31, or say the file's format with --dates.",
        ) from error
    if not EARLIEST <= value.year <= LATEST:
        raise CellError("D012", "the year is out of range", "Write the year with four digits.")
    return value


def as_choice(column: Column, cell: object, reading: Reading) -> str:
    """Return one of the column's choices."""
    value = as_text(column, cell, reading)
    if value in column.choices:
        return value
    raise CellError(
        "D051", "the value is none of the choices", f"Use one of: {', '.join(column.choices)}."
    )


PARSERS: dict[str, Callable[[Column, object, Reading], Any]] = {
    "number": as_number,
    "money": as_number,
    "integer": as_integer,
    "boolean": as_boolean,
    "date": as_date,
    "choice": as_choice,
    "country": lambda column, cell, reading: identities.country(as_text(column, cell, reading)),
    "currency": lambda column, cell, reading: identities.currency(as_text(column, cell, reading)),
    "email": lambda column, cell, reading: identities.email(as_text(column, cell, reading)),
    "phone": lambda column, cell, reading: identities.phone(as_text(column, cell, reading)),
    "gtin": lambda column, cell, reading: identities.gtin(as_text(column, cell, reading)),
}

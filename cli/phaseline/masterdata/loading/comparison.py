"""Which fields of a record differ from what the file wants, judged by the field's type in Odoo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = 6
TO_MANY = frozenset({"many2many", "one2many"})
NUMBERS = frozenset({"float", "monetary"})


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What `fields_get` says of a field: its type, the decimals it keeps, what it points to.

    `through` is the link to the parent that has the field, for one that is inherited.
    """

    type: str
    places: int = PLACES
    relation: str = ""
    through: str = ""


def changed(
    wanted: Mapping[str, Any], actual: Mapping[str, Any], kinds: Mapping[str, FieldKind]
) -> tuple[str, ...]:
    """Return the names of the wanted fields whose value differs, in order."""
    return tuple(
        name
        for name, value in wanted.items()
        if not (type(value) is str and value == actual.get(name))  # most are, and quickly told
        and differs(value, actual.get(name), kinds[name])
    )


def differs(wanted: Any, actual: Any, kind: FieldKind) -> bool:
    """Whether a wanted value differs from what Odoo says; empty, None and False are one."""
    if kind.type in NUMBERS:
        return _number_differs(wanted, actual, kind.places)
    if kind.type in TO_MANY:
        return set(wanted or ()) != set(actual or ())
    if kind.type == "boolean":
        return bool(wanted) != bool(actual)
    if kind.type == "many2one":
        return (wanted or None) != (_identity(actual) or None)
    if isinstance(wanted, date):
        return wanted.isoformat() != str(actual or "")[:10]
    return (wanted or None) != (actual or None)


def _identity(actual: Any) -> Any:
    return actual[0] if isinstance(actual, list) and actual else actual


def _number_differs(wanted: Any, actual: Any, places: int) -> bool:
    there = Decimal(repr(actual or 0.0))
    step = Decimal(1).scaleb(-places)
    return abs(Decimal(wanted or 0) - there) * 2 >= step


def cell(value: Any, kind: FieldKind) -> Any:
    """Return a value as a cell of Odoo's `load`; empty text clears the field."""
    if value is None:
        return ""
    if kind.type == "boolean":
        return "1" if value else "0"
    if kind.type in TO_MANY:
        return ",".join(str(one) for one in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def normalise(value: Any, kind: FieldKind) -> Any:
    """Return a value as Odoo's `create` takes it; nothing clears the field."""
    if kind.type in TO_MANY:
        return [[6, 0, list(value or ())]]
    if value is None:
        return False
    if isinstance(value, Decimal):
        return int(value) if kind.type == "integer" else float(value)
    if isinstance(value, date):
        return value.isoformat()
    return bool(value) if kind.type == "boolean" else value


def column(name: str, kind: FieldKind) -> str:
    """Return a field's column name in Odoo's `load`: relations go by database id."""
    return f"{name}/.id" if kind.type == "many2one" or kind.type in TO_MANY else name

"""Wanted values against Odoo's field types: do they fit, do they differ, how do they go over.

`Lookup` gives the database id of a ref, or None while the record does not exist.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import Ref, Secret
from phaseline.core.node import kind_of
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from phaseline.core.plan.actual import FieldInfo

Lookup = Callable[[Ref], int | None]
NUMBERS = {"float", "monetary"}
TEXTS = {"char", "text", "html"}
MANY = {"many2many", "one2many"}
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
TOLERANCE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class RefSet:
    """The records of an x2many field: exactly these, or at least these."""

    refs: tuple[Ref, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Literal:
    """A list or mapping kept in a text field as Odoo writes it, such as a domain."""

    value: Any


class MisfitError(Exception):
    """A value that does not fit its field; the message is one for people."""

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the message and the hint."""
        super().__init__(message)
        self.hint = hint


def fit(value: Any, info: FieldInfo) -> Any:
    """Return the value in the form its field type wants, or raise MisfitError."""
    if isinstance(value, Secret):
        return value
    if value is None or (value is False and info.type != "boolean"):
        return RefSet(()) if info.type in MANY else False
    if info.type in MANY:
        return fit_many(value)
    if isinstance(value, Ref) or info.type == "many2one":
        return fit_ref(value, info)
    return fit_scalar(value, info)


def fit_ref(value: Any, info: FieldInfo) -> Ref:
    """Return a ref for a field that leads to one record."""
    if not isinstance(value, Ref):
        message = f"a ref wanted, {kind_of(value)} found"
        raise MisfitError(message, "Write ref:kind.name.")
    if info.type not in {"many2one", "integer", "many2one_reference", "reference"}:
        message = f"a ref does not fit a field of type {info.type}"
        raise MisfitError(message)
    return value


def fit_scalar(value: Any, info: FieldInfo) -> Any:
    """Return true or false, a number or a text."""
    if info.type == "boolean":
        if isinstance(value, bool):
            return value
        message = f"true or false wanted, {kind_of(value)} found"
        raise MisfitError(message)
    if info.type in NUMBERS or info.type in {"integer", "many2one_reference"}:
        return fit_number(value, info)
    return fit_text(value, info)


def fit_many(value: Any) -> RefSet:
    """Return the refs of an x2many value."""
    exact = not (isinstance(value, Mapping) and set(value) == {"add"})
    items = value if exact else value["add"]
    if isinstance(items, list) and all(isinstance(item, Ref) for item in items):
        return RefSet(tuple(items), exact)
    hint = "Write [ref:kind.name, ...], {add: [...]} or {lines: [...]}."
    msg = f"a list of refs wanted, {kind_of(value)} found"
    raise MisfitError(msg, hint)


def fit_number(value: Any, info: FieldInfo) -> Any:
    """Return a decimal, or an integer for integer fields."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool) or not DECIMAL.fullmatch(text):
        message = f"a number wanted, {kind_of(value)} found"
        raise MisfitError(message)
    number = Decimal(text)
    if info.type in NUMBERS:
        return number
    if number != int(number):
        msg = f"a whole number wanted, {number} found"
        raise MisfitError(msg)
    return int(number)


def fit_text(value: Any, info: FieldInfo) -> Any:
    """Return a text, one of a selection, or a literal for lists in text fields."""
    if isinstance(value, (list, Mapping)):
        return Literal(value) if info.type in TEXTS else value
    if isinstance(value, bool):
        msg = f"a text wanted, {kind_of(value)} found"
        raise MisfitError(msg, "Put it in quotes.")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if info.type == "selection" and info.choices and text not in info.choices:
        hint = suggest(text, info.choices, f"One of: {', '.join(info.choices)}.")
        msg = f"'{text}' is none of the choices"
        raise MisfitError(msg, hint)
    return text


def same(raw: Any, want: Any, info: FieldInfo, lookup: Lookup) -> bool:
    """Return whether Odoo's raw value equals the wanted one."""
    if isinstance(want, RefSet):
        ids = {lookup(ref) for ref in want.refs}
        present = set(raw or ())
        return None not in ids and (ids == present if want.exact else ids <= present)
    if isinstance(want, Ref):
        return same_ref(raw, want, info, lookup)
    if isinstance(want, Literal):
        return bool(raw == literal(want.value, lookup))
    return same_scalar(raw, want, info)


def same_scalar(raw: Any, want: Any, info: FieldInfo) -> bool:
    """Return whether two plain values are equal by their field's type."""
    if info.type in NUMBERS and want is not False:
        return same_number(raw, want, info.digits)
    if info.type == "html":
        return flat(raw) == flat(want)
    empty = 0 if info.type == "integer" else False
    return (raw or empty) == (want or empty)


def same_ref(raw: Any, want: Ref, info: FieldInfo, lookup: Lookup) -> bool:
    """Return whether a raw value leads to the wanted record."""
    found = lookup(want)
    if found is None:
        return False
    if info.type == "reference":
        return str(raw or "").rpartition(",")[2] == str(found)
    return bool((raw[0] if isinstance(raw, (list, tuple)) and raw else raw) == found)


def same_number(raw: Any, want: Decimal, digits: int | None) -> bool:
    """Return whether two numbers are equal at the field's digits."""
    present = Decimal(str(raw or 0))
    if digits is not None:
        step = Decimal(1).scaleb(-digits)
        return present.quantize(step, ROUND_HALF_UP) == want.quantize(step, ROUND_HALF_UP)
    return abs(present - want) <= TOLERANCE * max(Decimal(1), abs(want))


def flat(text: Any) -> str:
    """Return the words of an HTML text, without tags and white space around them."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text or "")).split())


def number(value: Decimal) -> int | float:
    """Return a decimal as JSON carries it."""
    return int(value) if value == value.to_integral_value() else float(value)


def substitute(value: Any, lookup: Lookup) -> Any:
    """Return a value with ids for refs and JSON numbers; LookupError for a ref to nowhere."""
    if isinstance(value, Ref):
        found = lookup(value)
        if found is None:
            raise LookupError(value.name)
        return found
    if isinstance(value, Mapping):
        return {key: substitute(item, lookup) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [substitute(item, lookup) for item in value]
    return number(value) if isinstance(value, Decimal) else value


def literal(value: Any, lookup: Lookup) -> str | None:
    """Return the text Odoo keeps for a list or mapping, None while a ref leads nowhere."""
    try:
        return repr(substitute(value, lookup))
    except LookupError:
        return None


def show(value: Any) -> Any:
    """Return a value as plans and journals carry it: JSON, with refs by name and no secret."""
    if isinstance(value, RefSet):
        return [str(ref) for ref in value.refs]
    if isinstance(value, Literal):
        return show(value.value)
    if isinstance(value, Mapping):
        return {str(key): show(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [show(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, (Ref, Secret)) else value

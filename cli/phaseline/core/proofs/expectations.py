"""Judges what a proof found against what it expects; finding it is `odoo.proving`'s matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from phaseline.suggestions import suggest

LOW_WORDS = {"at_least", "at_most", "near", "one_of", "contains", "matches", "set", "not", "text"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MANY_WORDS = {"every", "any", "sum", "count"}


class UnclearError(Exception):
    """An expectation nobody can judge; the message is one for people."""


def evaluate(found: Sequence[Any], expected: Any) -> bool:
    """Return whether found values meet an expectation.

    One plain value must be that of every record found, and there must be one; a list is compared
    with all values whatever their order; a matcher says more.
    """
    if isinstance(expected, Mapping):
        word = only_word(expected)
        if word in MANY_WORDS:
            return judge_many(found, word, expected[word])
        if word == "set":
            return any(present(value) for value in found) is bool(expected[word])
        return bool(found) and all(judge_one(value, expected) for value in found)
    if isinstance(expected, list):
        whole = found[0] if len(found) == 1 and isinstance(found[0], list) else list(found)
        return alike(whole, expected)
    if expected is False or expected is None:
        return not any(present(value) for value in found)
    return bool(found) and all(equal(value, expected) for value in found)


def only_word(expected: Mapping[str, Any]) -> str:
    """Return the one word of a matcher, or the first of at_least and at_most together."""
    words = set(expected)
    known = LOW_WORDS | MANY_WORDS
    if words == {"at_least", "at_most"} or (len(words) == 1 and words <= known):
        return min(words)
    odd = sorted(words - known)
    hint = suggest(odd[0], known) if odd else "Use one word, or at_least with at_most."
    msg = f"no matcher {{{', '.join(sorted(words))}}}. {hint}"
    raise UnclearError(msg)


def judge_many(found: Sequence[Any], word: str, inner: Any) -> bool:
    """Return whether several values together meet an expectation."""
    if word == "every":
        return bool(found) and all(evaluate([value], inner) for value in found)
    if word == "any":
        return any(evaluate([value], inner) for value in found)
    if word == "count":
        return evaluate([len(found)], inner)
    return evaluate([sum((decimal(value) for value in found), Decimal(0))], inner)


def judge_one(value: Any, expected: Mapping[str, Any]) -> bool:
    """Return whether one value meets every word of a matcher."""
    return all(WORDS[word](value, wanted) for word, wanted in expected.items())


def near(value: Any, wanted: Any) -> bool:
    """Return whether a number is within a tolerance of another."""
    if not isinstance(wanted, list) or len(wanted) != 2:  # noqa: PLR2004 (number and tolerance)
        raise UnclearError('write {near: ["22.00", "0.01"]}')
    return abs(decimal(value) - decimal(wanted[0])) <= decimal(wanted[1])


def reaches(value: Any, least: Any) -> bool:
    """Return whether a value is at least another: by number, or days and moments by their text."""
    both_days = all(isinstance(one, str) and DAY.match(one) for one in (value, least))
    if both_days:
        width = min(len(value), len(least))
        return bool(value[:width] >= least[:width])
    return decimal(value) >= decimal(least)


def contains(value: Any, wanted: Any) -> bool:
    """Return whether a text contains a text, or a list a value."""
    if isinstance(value, list):
        return any(equal(one, wanted) for one in value)
    return str(wanted).casefold() in str(value or "").casefold()


def present(value: Any) -> bool:
    """Return whether Odoo's value is there; 0 is there, False and empty are not."""
    return value is not None and value is not False and value not in ("", [])


def equal(value: Any, wanted: Any) -> bool:
    """Return whether two plain values are equal; numbers and quoted decimals by their number."""
    if isinstance(value, bool) or isinstance(wanted, bool):
        return bool(value) is wanted if isinstance(wanted, bool) else bool(value == wanted)
    if isinstance(value, (int, float, Decimal)) and isinstance(wanted, (int, Decimal, str)):
        try:
            return abs(decimal(value) - decimal(wanted)) < Decimal("0.000001")
        except UnclearError:
            return False
    if isinstance(value, list):
        return alike(value, wanted if isinstance(wanted, list) else [wanted])
    return bool(value == wanted)


def alike(values: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Return whether two lists hold equal values, whatever their order."""
    left = list(values)
    for one in wanted:
        for index, value in enumerate(left):
            if equal(value, one):
                del left[index]
                break
        else:
            return False
    return not left


def decimal(value: Any) -> Decimal:
    """Return a number, or raise UnclearError."""
    try:
        return Decimal(str(value if value is not False else 0))
    except InvalidOperation as error:
        message = f"{value!r} is no number"
        raise UnclearError(message) from error


WORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "at_least": reaches,
    "at_most": lambda value, wanted: reaches(wanted, value),
    "near": near,
    "one_of": lambda value, wanted: any(equal(value, one) for one in wanted),
    "contains": contains,
    "matches": lambda value, wanted: re.search(str(wanted), str(value or "")) is not None,
    "not": lambda value, wanted: not evaluate([value], wanted),
    "text": lambda value, wanted: str(value) == str(wanted),
}

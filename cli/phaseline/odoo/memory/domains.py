"""Search domains of the memory double: prefix logic, comparison, relations by dotted path."""

from __future__ import annotations

import operator as operators
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from phaseline.odoo.memory.models import OdooError

# What a path leads to: every value it reaches from one record, a many2one as its id.
Reach = Callable[[int, str], list[Any]]
Named = Callable[[int, str], list[str]]
OPERATORS = frozenset(
    {
        "=", "!=", "<", "<=", ">", ">=", "in", "not in", "like", "ilike", "not like", "not ilike",
        "=like", "=ilike", "child_of",
    }
)  # fmt: skip
ORDER = {
    "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge,
}  # fmt: skip
LEAF = 3


class Domain:
    """A parsed domain that says of one record whether it matches."""

    def __init__(self, domain: Sequence[Any], reach: Reach, named: Named) -> None:
        """Keep what is needed to follow fields; nothing is judged yet."""
        self._domain = list(domain)
        self._reach = reach
        self._named = named

    def fields(self) -> Iterator[str]:
        """The paths the domain asks for, checked for their form."""
        for term in self._domain:
            if isinstance(term, str):
                continue
            if not isinstance(term, list | tuple) or len(term) != LEAF:
                msg = f"Domain() invalid item in domain: {term!r}"
                raise OdooError("builtins.ValueError", msg)
            if term[1] not in OPERATORS:
                msg = f"Invalid operator in condition {tuple(term)!r}"
                raise OdooError("builtins.ValueError", msg)
            if isinstance(term[0], str):
                yield term[0]

    def matches(self, record: int) -> bool:
        """Whether the record is in the domain."""
        terms = list(reversed(self._domain))
        stack: list[bool] = []
        for term in terms:
            if term == "!":
                stack.append(not stack.pop())
            elif term == "&":
                left, right = stack.pop(), stack.pop()
                stack.append(left and right)
            elif term == "|":
                left, right = stack.pop(), stack.pop()
                stack.append(left or right)
            else:
                stack.append(self._leaf(record, term))
        return all(stack)

    def _leaf(self, record: int, term: Sequence[Any]) -> bool:
        path, operator, value = term
        if not isinstance(path, str):
            return (path == value) is (operator == "=")
        found = self._reach(record, path)
        if operator == "child_of":
            parents = set(value) if isinstance(value, list | tuple) else {value}
            return bool(parents & set(self._ancestors(path, record, found)))
        text = isinstance(value, str) or "like" in operator
        names = self._named(record, path) if text else []
        return compare(operator, names or found, value)

    def _ancestors(self, path: str, record: int, found: list[Any]) -> Iterator[Any]:
        step = f"{path}.parent_id" if path != "id" else "parent_id"
        yield from found
        while above := [one for one in self._reach(record, step) if one]:
            yield from above
            step += ".parent_id"


def compare(operator: str, found: list[Any], value: Any) -> bool:
    """Whether any of the found values stands in the relation; `not` forms: whether none does."""
    if operator in {"!=", "not in", "not like", "not ilike"}:
        positive = {"!=": "="}.get(operator) or operator.removeprefix("not ")
        return not compare(positive, found, value)
    if operator == "in":
        wanted = value if isinstance(value, list | tuple) else [value]
        return any(_equal(one, each) for one in found or [False] for each in wanted)
    if operator == "=":
        return any(_equal(one, value) for one in found or [False])
    if "like" in operator:
        return any(_like(operator, one, str(value)) for one in found)
    return any(_ordered(operator, one, value) for one in found)


def _equal(one: Any, value: Any) -> bool:
    if one is False or one is None or one == "":
        return value in (False, None, "")
    return bool(one == value)


def _like(operator: str, one: Any, value: str) -> bool:
    if one is False or one is None:
        return False
    whole = operator.startswith("=")
    pattern = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in value)
    flags = re.DOTALL | (re.IGNORECASE if operator.endswith("ilike") else 0)
    test = re.fullmatch if whole else re.search
    return test(pattern, str(one), flags) is not None


def _ordered(operator: str, one: Any, value: Any) -> bool:
    if one is False or one is None:
        return False
    try:
        return bool(ORDER[operator](one, value))
    except TypeError:
        return False

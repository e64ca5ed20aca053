"""Works out `${path}`, `ref:`, `secret:` in marked values; knows nothing of files or Odoo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from phaseline.core.node import Node
from phaseline.errors import Fault, Place
from phaseline.suggestions import suggest

EXPRESSION = re.compile(r"\$\{([^{}]*)\}")
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_][A-Za-z0-9_-]*)+")


@dataclass(frozen=True, slots=True)
class Ref:
    """A record by its ref, or one of its many2one fields when `path` is given."""

    name: str
    path: str = ""
    place: Place | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """Return it as written in a blueprint."""
        return f"ref:{self.name}/{self.path}" if self.path else f"ref:{self.name}"


@dataclass(frozen=True, slots=True)
class Secret:
    """The name of a secret; its value never enters a plan."""

    name: str

    def __str__(self) -> str:
        """Return the name, never the value."""
        return f"secret:{self.name}"


class Missing:
    """An optional answer nobody gave: the field that wants it is left alone."""

    def __bool__(self) -> bool:
        """Count as no."""
        return False


MISSING = Missing()


class Scope:
    """The names an expression may use, and the faults met while working values out."""

    def __init__(self, names: Mapping[str, Any], faults: list[Fault]) -> None:
        """Start with `tenant` and whatever else is known."""
        self.names = names
        self.faults = faults

    def within(self, extra: Mapping[str, Any]) -> Scope:
        """Return a scope with more names and the same pile of faults."""
        return Scope({**self.names, **extra}, self.faults)

    def look_up(self, path: str, place: Place) -> Any:
        """Return what a path names; an optional answer nobody gave is MISSING."""
        value: Any = self.names
        for part in path.strip().split("."):
            if value is None:
                return MISSING
            if not isinstance(value, Mapping) or part not in value:
                known = value.keys() if isinstance(value, Mapping) else ()
                hint = suggest(part, known, f"Known here: {', '.join(sorted(known))}.")
                self.faults.append(Fault("B013", f"'${{{path}}}' names nothing", place, hint))
                return MISSING
            value = value[part]
        return MISSING if value is None else value

    def text(self, node: Node) -> str:
        """Return a text with its expressions filled in."""
        if not isinstance(node.value, str):
            self.faults.append(Fault("B005", f"a text wanted, {node.kind} found", node.place))
            return ""
        return EXPRESSION.sub(lambda found: self.fill(found[1], node.place), node.value)

    def fill(self, path: str, place: Place) -> str:
        """Return one expression as text inside a text."""
        before = len(self.faults)
        value = self.look_up(path, place)
        if value is MISSING or isinstance(value, (list, Mapping)):
            if len(self.faults) == before:
                message = f"'${{{path}}}' has no text to put in"
                self.faults.append(Fault("B013", message, place))
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return format(value, "f") if isinstance(value, Decimal) else str(value)

    def value(self, node: Node) -> Any:
        """Return a value: scalars, lists, dictionaries, refs and secrets."""
        if isinstance(node.value, tuple):
            return [item for item in map(self.value, node.items) if item is not MISSING]
        if isinstance(node.value, Mapping):
            worked = {key: self.value(item) for key, item in node.entries.items()}
            return {key: item for key, item in worked.items() if item is not MISSING}
        if not isinstance(node.value, str):
            return node.value
        return self.written(node, node.value)

    def written(self, node: Node, text: str) -> Any:
        """Return what a written text means; only the blueprint's own text can make a ref."""
        if text.startswith("ref:"):
            return self.ref(node, text.removeprefix("ref:"))
        if text.startswith("secret:"):
            return Secret(self.text(Node(text.removeprefix("secret:"), node.place)))
        whole = EXPRESSION.fullmatch(text)
        return self.look_up(whole[1], node.place) if whole else self.text(node)

    def ref(self, node: Node, text: str) -> Any:
        """Return a ref; one that hangs on an unanswered option is MISSING."""
        for found in EXPRESSION.finditer(text):
            if self.look_up(found[1], node.place) is MISSING:
                return MISSING
        filled = self.text(Node(text, node.place))
        name, _, path = filled.partition("/")
        if not NAME.fullmatch(name):
            hint = "A ref is kind.name, of letters, digits, _ and -."
            self.faults.append(Fault("B014", f"'{name}' is no ref", node.place, hint))
            return MISSING
        return Ref(name, path, node.place)

    def holds(self, node: Node | None) -> bool:
        """Return whether a `when` holds; without one it does."""
        if node is None:
            return True
        if isinstance(node.value, tuple):
            return all(self.holds(item) for item in node.items)
        if not isinstance(node.value, Mapping):
            return bool(self.value(node))
        return all(self.compare(key, item, node.keys[key]) for key, item in node.entries.items())

    def compare(self, operator: str, node: Node, place: Place) -> bool:
        """Return one comparison of a `when`: is, is_not, in, not."""
        if operator == "not":
            return not self.holds(node)
        pair = [self.value(item) for item in node.items]
        if operator not in {"is", "is_not", "in"} or len(pair) != 2:  # noqa: PLR2004 (a pair)
            hint = "Write {is: [a, b]}, {is_not: [a, b]}, {in: [a, [b, c]]} or {not: a}."
            self.faults.append(Fault("B005", f"no condition '{operator}'", place, hint))
            return False
        left, right = pair
        if operator == "in":
            return isinstance(right, list) and left in right
        return bool(left == right) is (operator == "is")

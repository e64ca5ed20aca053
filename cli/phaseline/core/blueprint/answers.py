"""The tenant's answers to a blueprint's decisions, typed and complete; every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from phaseline.core.node import Node, kind_of, to_python
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from phaseline.core.blueprint.model import Decision

TYPES = ("text", "money", "number", "integer", "boolean", "choice", "list", "map")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
OWN_KEYS = ("format", "blueprint")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers as a tree of plain values."""

    answers: Mapping[str, Any]
    file: str

    def used(self, decisions: Iterable[Decision]) -> dict[str, Any]:
        """Return the answers to the given decisions by path."""
        return {decision.path: dig(self.answers, decision.path) for decision in decisions}


def dig(tree: Any, path: str) -> Any:
    """Return what stands at a dotted path, None when nothing does."""
    for part in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(part)
    return tree


def answer(root: Node, decisions: Iterable[Decision], asked: Iterable[str]) -> Answers:
    """Return the tenant of a file.

    `decisions` are all of the blueprint, `asked` the paths that must be answered now.
    """
    reader = _AnswerReader(root)
    required = set(asked)
    known = tuple(decisions)
    for decision in known:
        reader.take(decision, required=decision.path in required)
    reader.refuse_unknown(root, "", [decision.path for decision in known])
    if reader.faults:
        raise PhaselineError(*reader.faults)
    return Answers(reader.tree, root.place.file)


class _AnswerReader:
    """Takes one decision after the other out of the tenant's tree."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.tree: dict[str, Any] = {}

    def take(self, decision: Decision, *, required: bool) -> None:
        """Take one answer, or its default, or note that it is missing."""
        node: Node | None = self.root
        for part in decision.path.split("."):
            node = node.entries.get(part) if node is not None else None
        if node is None or node.value is None:
            node = decision.default
        if node is None:
            self.put(decision.path, None)
            if required and not decision.optional:
                hint = f"{decision.ask} Answer '{decision.path}' in the tenant file."
                message = f"decision '{decision.path}' is unanswered"
                place = Place(self.root.place.file, 1, 1)
                self.faults.append(Fault("B010", message, place, hint))
            return
        self.put(decision.path, self.typed(node, decision.type, decision.of, decision.fields))

    def put(self, path: str, value: Any) -> None:
        """Put a value at its dotted path."""
        tree = self.tree
        *parents, last = path.split(".")
        for part in parents:
            inner = tree.setdefault(part, {})
            tree = inner if isinstance(inner, dict) else {}
        tree[last] = value

    def typed(
        self, node: Node, kind: str, of: tuple[str, ...] = (), fields: Node | None = None
    ) -> Any:
        """Return a node's value as the wanted type."""
        if kind in {"list", "map"}:
            return self.collection(node, kind, fields)
        if kind in {"money", "number", "integer"}:
            return self.number(node, kind)
        wanted = bool if kind == "boolean" else str
        if not isinstance(node.value, wanted):
            hint = "Put it in quotes." if wanted is str else "Write true or false."
            return self.wrong(node, kind, hint)
        if kind == "choice" and node.value not in of:
            hint = suggest(str(node.value), of, f"One of: {', '.join(of)}.")
            message = f"'{node.value}' is none of the choices"
            self.faults.append(Fault("B011", message, node.place, hint))
        return node.value

    def wrong(self, node: Node, kind: str, hint: str = "") -> None:
        """Note an answer of the wrong type."""
        message = f"{kind} wanted, {node.kind} found"
        self.faults.append(Fault("B011", message, node.place, hint))

    def number(self, node: Node, kind: str) -> Any:
        """Return money and numbers as decimals, integers as integers."""
        value = node.value
        if kind == "integer":
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            return self.wrong(node, kind, "Write it without quotes.")
        plain_text = isinstance(value, str) and DECIMAL.fullmatch(value)
        if plain_text or (isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
            return Decimal(str(value))
        return self.wrong(node, kind, 'Write a quoted decimal such as "12.50".')

    def collection(self, node: Node, kind: str, fields: Node | None) -> Any:
        """Return a list, or a map as a list-like mapping; items are typed by `fields`."""
        if kind == "list":
            if not isinstance(node.value, tuple):
                return self.wrong(node, kind)
            return [self.item(item, fields) for item in node.items]
        if not isinstance(node.value, Mapping):
            return self.wrong(node, kind)
        return {key: self.item(item, fields) for key, item in node.entries.items()}

    def item(self, node: Node, fields: Node | None) -> Any:
        """Return one item: untyped, of one type, or a mapping of typed fields."""
        if fields is None:
            return to_python(node)
        if isinstance(fields.value, str):
            return self.typed(node, fields.value)
        if not isinstance(node.value, Mapping):
            return self.wrong(node, "map")
        names = {key.removesuffix("?"): spec for key, spec in fields.entries.items()}
        for key in node.entries:
            if key not in names:
                hint = suggest(key, names, f"Known: {', '.join(names)}.")
                self.faults.append(Fault("B012", f"unknown key '{key}'", node.keys[key], hint))
        return {
            name: self.field(node, name, spec, optional=f"{name}?" in fields.entries)
            for name, spec in names.items()
        }

    def field(self, node: Node, name: str, spec: Node, *, optional: bool) -> Any:
        """Return one field of an item; None when it is optional and not given."""
        found = node.entries.get(name)
        if found is None or found.value is None:
            if not optional:
                message = f"'{name}' is missing"
                self.faults.append(Fault("B010", message, node.place))
            return None
        if isinstance(spec.value, str):
            return self.typed(found, spec.value)
        kind = spec.entries.get("type")
        of = tuple(str(item.value) for item in spec.entries.get("of", spec).items)
        return self.typed(found, str(kind.value) if kind else "map", of, spec.entries.get("fields"))

    def refuse_unknown(self, node: Node, prefix: str, known: list[str]) -> None:
        """Note every key no decision names."""
        for key, inner in node.entries.items():
            path = f"{prefix}{key}"
            if path in known or (not prefix and key in OWN_KEYS):
                continue
            if any(other.startswith(f"{path}.") for other in known):
                if isinstance(inner.value, Mapping):
                    self.refuse_unknown(inner, f"{path}.", known)
                elif inner.value is not None:
                    message = f"'{path}' is {kind_of(inner.value)}, a mapping is wanted"
                    self.faults.append(Fault("B011", message, inner.place))
                continue
            hint = suggest(path, known, "No decision of the blueprint asks for it.")
            self.faults.append(Fault("B012", f"unknown key '{path}'", node.keys[key], hint))

"""A value of a file together with the place where it stands; how it is read lives in `files`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phaseline.errors import Place

Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping of nodes, with its place and the places of its keys."""

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)

    @property
    def items(self) -> tuple[Node, ...]:
        """The nodes of a list, none when it is no list."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def entries(self) -> Mapping[str, Node]:
        """The nodes of a mapping by key, none when it is no mapping."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def kind(self) -> str:
        """What it is, in a word a person uses."""
        return kind_of(self.value)


def kind_of(value: Any) -> str:
    """Return the everyday name of a value's type."""
    if value is None:
        return "nothing"
    for types, name in (
        (bool, "true or false"),
        (int, "a whole number"),
        (Decimal, "a number"),
        (str, "a text"),
        ((tuple, list), "a list"),
    ):
        if isinstance(value, types):
            return name
    return "a mapping"


def to_python(node: Node) -> Any:
    """Return the value without places: scalars, lists and dictionaries."""
    if isinstance(node.value, tuple):
        return [to_python(item) for item in node.value]
    if isinstance(node.value, Mapping):
        return {key: to_python(item) for key, item in node.value.items()}
    return node.value

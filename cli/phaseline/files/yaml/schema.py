"""Checks the shape of marked trees and collects every fault; what the keys mean is in `decode`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from phaseline.core.node import Node, to_python
from phaseline.errors import Fault, PhaselineError
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from phaseline.errors import Place


class Reader:
    """Takes typed pieces out of marked nodes; faults pile up until `finish`.

    `code` is the code of what a file cannot mean. `form` is that of unknown keys, wrong values and
    missing keys, for files that have one for them too; else these have B004, B005 and B006.
    """

    def __init__(self, code: str = "B005", *, form: str = "") -> None:
        """Start without faults."""
        self.code = code
        self.form = form
        self.faults: list[Fault] = []

    def finish(self) -> None:
        """Raise everything found, if anything was found."""
        if self.faults:
            raise PhaselineError(*self.faults)

    def note(self, code: str, message: str, place: Place | None, hint: str = "") -> None:
        """Note a fault of the file's form."""
        self.faults.append(Fault(self.form or code, message, place, hint))

    def fault(self, node: Node, message: str, hint: str = "") -> None:
        """Note what a file cannot mean."""
        self.faults.append(Fault(self.code, message, node.place, hint))

    def one_of(self, node: Node | None, known: Collection[str], what: str) -> str:
        """Return a text that names something known."""
        text = self.text(node)
        if node is not None and isinstance(node.value, str) and text not in known:
            hint = suggest(text, known, f"Known: {', '.join(known)}.")
            self.fault(node, f"there is no {what} '{text}'", hint)
        return text

    def wrong(self, node: Node, wanted: str, hint: str = "") -> None:
        """Note that a node is not what is wanted."""
        self.note("B005", f"{wanted} wanted, {node.kind} found", node.place, hint)

    def mapping(
        self, node: Node, known: Sequence[str] | None = None, required: Sequence[str] = ()
    ) -> Mapping[str, Node]:
        """Return a mapping's entries; unknown and missing keys are faults."""
        if not isinstance(node.value, Mapping):
            self.wrong(node, "a mapping")
            return {}
        for key in node.entries:
            if known is not None and key not in known:
                hint = suggest(key, known, f"Known keys: {', '.join(known)}.")
                self.note("B004", f"unknown key '{key}'", node.keys[key], hint)
        for key in required:
            if key not in node.entries:
                self.note("B006", f"key '{key}' is missing", node.place)
        return node.entries

    def sequence(self, node: Node | None) -> tuple[Node, ...]:
        """Return a list's items; nothing counts as an empty list."""
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, tuple):
            self.wrong(node, "a list")
            return ()
        return node.items

    def text(self, node: Node | None, default: str = "") -> str:
        """Return a text."""
        if node is None:
            return default
        if not isinstance(node.value, str):
            self.wrong(node, "a text", "Put it in quotes.")
            return default
        return node.value

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self.text(item) for item in self.sequence(node))

    def integer(self, node: Node | None, default: int) -> int:
        """Return a whole number."""
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            self.wrong(node, "a whole number")
            return default
        return node.value

    def flag(self, node: Node | None, *, default: bool) -> bool:
        """Return true or false."""
        if node is None:
            return default
        if not isinstance(node.value, bool):
            self.wrong(node, "true or false")
            return default
        return node.value

    def choice(self, node: Node | None, of: Sequence[str], default: str) -> str:
        """Return one of the given texts."""
        text = self.text(node, default)
        if node is not None and isinstance(node.value, str) and text not in of:
            hint = suggest(text, of, f"One of: {', '.join(of)}.")
            self.note("B005", f"'{text}' is none of the choices", node.place, hint)
            return default
        return text


def shown(node: Node, width: int = 80) -> str:
    """Return a node's value as a short text for messages."""
    text = repr(to_python(node))
    return text if len(text) <= width else f"{text[: width - 1]}…"

"""YAML with the place of every value: YAML 1.2 scalars, and nothing that hides or repeats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from phaseline.core.node import Node, Scalar
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT = 5_000_000
DEPTH_LIMIT = 50
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path, shown: str | None = None) -> Node:
    """Return the marked tree of one YAML file; `shown` is the name used in messages."""
    name = shown or str(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= SIZE_LIMIT else b""
    except OSError as error:
        fault = Fault("B007", f"the file cannot be read: {error.strerror}", Place(name))
        raise PhaselineError(fault) from error
    if size > SIZE_LIMIT:
        message = f"the file has {size} bytes, more than {SIZE_LIMIT}"
        raise PhaselineError(Fault("B002", message, Place(name)))
    try:
        return parse(raw.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        hint = "Save the file as UTF-8."
        raise PhaselineError(Fault("B001", message, Place(name), hint)) from error


def parse(text: str, name: str) -> Node:
    """Return the marked tree of a YAML text; raises all faults at once."""
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
            if builder.hopeless:
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        message = (error.problem or "the text is not YAML").removeprefix("found ")
        hint = "Indent with spaces and quote texts that hold : # or quotes."
        builder.faults.append(Fault("B001", message, place, hint))
    except yaml.YAMLError as error:
        builder.faults.append(Fault("B001", f"the text is not YAML: {error}", Place(name)))
    if builder.faults:
        raise PhaselineError(*builder.faults)
    return builder.root or Node({}, Place(name, 1, 1))


class _Open:
    """A list or mapping that is still being read."""

    def __init__(self, place: Place, *, mapping: bool) -> None:
        self.place = place
        self.mapping = mapping
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.key: tuple[str, Place] | None = None


class _Builder:
    """Builds the tree from parser events and collects faults on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self.hopeless = False
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        place = Place(self.name, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop("a second document in the file", place, "Keep one document a file.")
        elif isinstance(event, yaml.AliasEvent):
            self.stop(f"alias *{event.anchor}", place, "Write the value out.")
        elif isinstance(event, yaml.NodeEvent):
            self.forbid(event, place)
            self.take_node(event, place)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.close()

    def stop(self, message: str, place: Place, hint: str) -> None:
        """Note a fault after which reading on makes no sense."""
        self.faults.append(Fault("B002", message, place, hint))
        self.hopeless = True

    def forbid(self, event: Any, place: Place) -> None:
        """Note tags and anchors: neither is allowed."""
        if event.tag is not None:
            self.faults.append(Fault("B002", f"tag {event.tag}", place, "Remove the tag."))
        if event.anchor is not None:
            hint = "Write the value out where it is needed."
            self.faults.append(Fault("B002", f"anchor &{event.anchor}", place, hint))

    def take_node(self, event: Any, place: Place) -> None:
        """Take a scalar or the start of a list or mapping."""
        if isinstance(event, yaml.ScalarEvent):
            holder = self.open[-1] if self.open else None
            if holder is not None and holder.mapping and holder.key is None:
                self.take_key(holder, event.value, place)
            else:
                self.put(Node(scalar(event), place))
            return
        if self.open and self.open[-1].mapping and self.open[-1].key is None:
            self.stop("a key that is a list or mapping", place, "Use a text as the key.")
        if len(self.open) >= DEPTH_LIMIT:
            message = f"deeper than {DEPTH_LIMIT} levels"
            self.stop(message, place, "Flatten the structure.")
        self.open.append(_Open(place, mapping=isinstance(event, yaml.MappingStartEvent)))

    def take_key(self, holder: _Open, key: str, place: Place) -> None:
        """Take a key; a second one of the same name is a fault."""
        if key in holder.keys:
            first = holder.keys[key]
            message = f"key '{key}' is duplicated, first in line {first.line}"
            self.faults.append(Fault("B003", message, place, "Keep one of the two."))
        holder.key = (key, place)

    def close(self) -> None:
        """Finish the innermost list or mapping."""
        done = self.open.pop()
        value = done.entries if done.mapping else tuple(done.items)
        self.put(Node(value, done.place, done.keys))

    def put(self, node: Node) -> None:
        """Put a finished node into what is open, or make it the root."""
        if not self.open:
            self.root = node
            return
        holder = self.open[-1]
        if holder.mapping and holder.key is not None:
            key, place = holder.key
            holder.entries[key] = node
            holder.keys[key] = place
            holder.key = None
        else:
            holder.items.append(node)


def scalar(event: Any) -> Scalar:
    """Return the value of a scalar by YAML 1.2 rules: `no`, `012` and `12:30` stay texts."""
    text: str = event.value
    if event.style is not None and event.style != "":
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if DECIMAL.fullmatch(text) else text

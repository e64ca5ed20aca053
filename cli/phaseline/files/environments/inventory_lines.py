"""An inventory in INI form with the place of everything it says; core judges what it means."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

from phaseline.core.environments.inventory import Group, Inventory, InventoryValue
from phaseline.errors import Fault, Place
from phaseline.files.environments import host_ranges

if TYPE_CHECKING:
    from pathlib import Path

SECTION = re.compile(r"\[([^\]:]+)(?::(vars|children))?\]\s*(?:#.*)?")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SIZE_LIMIT = 1_000_000


def read(path: Path, shown: str) -> tuple[Inventory, tuple[Fault, ...]]:
    """Return what an inventory says, and everything that could not be read of it."""
    if not path.is_file():
        hint = "Make one with `phaseline init` or `phaseline lab up`."
        return Inventory(shown), (Fault("C008", "there is no inventory", Place(shown), hint),)
    raw = path.read_bytes()
    try:
        text = raw[:SIZE_LIMIT].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8"
        fault = Fault("C008", message, Place(shown), "Save the file as UTF-8.")
        return Inventory(shown), (fault,)
    reader = _Reader(shown)
    for number, line in enumerate(text.splitlines(), 1):
        reader.take(number, line)
    return reader.inventory, tuple(reader.faults)


def plain(text: str) -> str:
    """Return a value as Ansible takes it: a Python literal, so without its quotes, or the text."""
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


class _Reader:
    """Takes an inventory line by line."""

    def __init__(self, name: str) -> None:
        self.inventory = Inventory(name)
        self.faults: list[Fault] = []
        self.group, self.kind = self.inventory.group("ungrouped", Place(name, 1, 1)), ""

    def take(self, number: int, raw: str) -> None:
        """Take one line."""
        line, place = raw.strip(), Place(self.inventory.file, number, 1)
        if not line or line[0] in "#;":
            return
        if line.startswith("["):
            self.open(line, place)
        elif self.kind == "vars":
            self.variable(self.group, line, place)
        elif self.kind == "children":
            self.group.children[line.split()[0]] = place
        else:
            self.host(line, place)

    def open(self, line: str, place: Place) -> None:
        """Begin a section."""
        found = SECTION.fullmatch(line)
        if found is None:
            self.fault(f"{line!r} is no section", place, "Write: [group], [group:vars]")
            return
        self.group, self.kind = self.inventory.group(found[1].strip(), place), found[2] or ""

    def variable(self, group: Group, line: str, place: Place) -> None:
        """Take `key=value` of a group."""
        key, equal, value = line.partition("=")
        if not equal:
            self.fault(f"{line!r} gives no value", place, "Write: key=value")
        group.variables[key.strip()] = InventoryValue(plain(value.strip()), place)

    def host(self, line: str, place: Place) -> None:
        """Take a host with its variables."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            self.fault(f"the line cannot be read: {error}", place, "Close the quotes.")
            return
        variables = {}
        for word in words[1:]:
            key, equal, value = word.partition("=")
            if not equal:
                self.fault(f"{word!r} gives no value", place, "Write: key=value")
            variables[key] = InventoryValue(plain(value), place)
        for name in self.names(words[0], place):
            self.group.hosts.setdefault(name, place)
            self.inventory.hosts.setdefault(name, {}).update(variables)

    def names(self, word: str, place: Place) -> tuple[str, ...]:
        """Return the hosts that the first word of a line stands for."""
        try:
            names = host_ranges.expand(word)
        except ValueError as error:
            self.fault(f"{word} is no range: {error}", place, "Write a line a host.")
            return ()
        if all(NAME.fullmatch(name) for name in names):
            return names
        hint = "Use letters, digits, dots, dashes and underscores."
        self.fault(f"{word!r} is no name of a host", place, hint)
        return ()

    def fault(self, message: str, place: Place, hint: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault("C008", message, place, hint))

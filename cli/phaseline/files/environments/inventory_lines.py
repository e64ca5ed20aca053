"""An inventory in INI form with the place of everything it says; core judges what it means."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from phaseline.core.environments.inventory import Group, Inventory, InventoryValue
from phaseline.errors import Fault, Place

if TYPE_CHECKING:
    from pathlib import Path

SECTION = re.compile(r"\[([^\]:]+)(?::(vars|children))?\]\s*(?:#.*)?")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RANGE = re.compile(r"\[[0-9a-z]+:[0-9a-z]+(:[0-9]+)?\]")
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
        group.variables[key.strip()] = InventoryValue(value.strip(), place)

    def host(self, line: str, place: Place) -> None:
        """Take a host with its variables."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            self.fault(f"the line cannot be read: {error}", place, "Close the quotes.")
            return
        name = words[0]
        if RANGE.search(name):
            self.fault(f"{name} is a range", place, "Write a line a host.")
            return
        if not NAME.fullmatch(name):
            hint = "Use letters, digits, dots, dashes and underscores."
            self.fault(f"{name!r} is no name of a host", place, hint)
            return
        self.group.hosts.setdefault(name, place)
        known = self.inventory.hosts.setdefault(name, {})
        for word in words[1:]:
            key, equal, value = word.partition("=")
            if not equal:
                self.fault(f"{word!r} gives no value", place, "Write: key=value")
            known[key] = InventoryValue(value, place)

    def fault(self, message: str, place: Place, hint: str) -> None:
        """Note what is wrong."""
        self.faults.append(Fault("C008", message, place, hint))

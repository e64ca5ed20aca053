"""A lab's inventory: which hosts a source names, and that source with the lab's facts in it."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEADER = "# written by phaseline lab up"
SUITES = ("trixie", "bookworm")
MOST_HOSTS = 200
NAME = re.compile(r"[a-z][a-z0-9-]{0,10}[a-z0-9]|[a-z]")
SECTION = re.compile(r"\[(?P<name>[^\]:]+)(?::(?P<kind>vars|children))?\]")


@dataclass(frozen=True, slots=True)
class Source:
    """What an inventory in INI form says: hosts with their variables, groups, group variables."""

    hosts: Mapping[str, Mapping[str, str]]
    members: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Mapping[str, str]]

    def inside(self, group: str) -> tuple[str, ...]:
        """Return the hosts of a group and of the groups in it, each once."""
        seen, todo = {group: None}, [group]
        while todo:
            fresh = [one for one in self.children.get(todo.pop(), ()) if one not in seen]
            seen |= dict.fromkeys(fresh)
            todo += fresh
        return tuple(dict.fromkeys(h for one in seen for h in self.members.get(one, ())))

    def environments(self) -> tuple[str, ...]:
        """Return the groups that are environments: their variables say of which kind."""
        return tuple(name for name, found in self.variables.items() if "environment_kind" in found)


def read(text: str, file: str) -> Source:
    """Return what an inventory says; names a lab cannot have are faults, all told in one go."""
    hosts: dict[str, dict[str, str]] = {}
    members: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    variables: dict[str, dict[str, str]] = {}
    faults: list[Fault] = []
    for number, section, kind, line in _lines(text):
        if kind == "vars":
            key, _, value = line.partition("=")
            variables.setdefault(section, {})[key.strip()] = value.strip()
        elif kind == "children":
            children.setdefault(section, []).append(line.split()[0])
        else:
            place = Place(file, number, 1)
            try:
                name, found = _host(line)
            except ValueError as error:
                faults.append(Fault("H021", f"the line cannot be read: {error}", place))
                continue
            faults += _check(name, found, place)
            hosts.setdefault(name, {}).update(found)
            members.setdefault(section, []).append(name)
    if not hosts:
        hint = "Name hosts in it, or leave `--inventory` out for the kit's own example."
        faults.append(Fault("H021", "the inventory names no host", Place(file), hint))
    if len(hosts) > MOST_HOSTS:
        faults.append(Fault("H021", f"{len(hosts)} hosts are too many for one lab", Place(file)))
    if faults:
        raise PhaselineError(*faults)
    groups = {name: tuple(dict.fromkeys(found)) for name, found in members.items()}
    return Source(hosts, groups, {n: tuple(c) for n, c in children.items()}, variables)


def write(
    text: str,
    hosts: Mapping[str, Mapping[str, str]],
    everywhere: Mapping[str, str],
    environments: Mapping[str, Mapping[str, str]],
) -> str:
    """Return the source with the lab's variables: of each host, of all hosts, of environments."""
    lines = [HEADER, "# `phaseline lab down` removes it; edit the source it was made of instead."]
    for line in text.splitlines():
        if line.startswith(HEADER):
            continue
        lines.append(line)
        found = SECTION.fullmatch(line.strip())
        if found and found["kind"] == "vars":
            extra = environments.get(found["name"], {})
            lines += [f"{key}={value}" for key, value in extra.items()]
    lines += ["", "[lab]"]
    for name, facts in hosts.items():
        words = [f"{key}={shlex.quote(value)}" for key, value in facts.items()]
        lines.append(" ".join([name, *words]))
    lines += ["", "[lab:vars]", *(f"{key}={value}" for key, value in everywhere.items())]
    return "\n".join(lines) + "\n"


def ours(text: str) -> bool:
    """Return whether a lab wrote this inventory."""
    return text.startswith(HEADER)


def _lines(text: str) -> Iterator[tuple[int, str, str | None, str]]:
    section, kind = "ungrouped", None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith(("#", ";")):
            continue
        if found := SECTION.fullmatch(line):
            section, kind = found["name"], found["kind"]
        else:
            yield number, section, kind, line


def _host(line: str) -> tuple[str, dict[str, str]]:
    words = shlex.split(line, comments=True)
    pairs = (word.partition("=") for word in words[1:])
    return words[0], {key: value for key, _, value in pairs}


def _check(name: str, variables: Mapping[str, str], place: Place) -> list[Fault]:
    faults = []
    if not NAME.fullmatch(name):
        hint = "Use up to 12 small letters, digits and dashes, beginning with a letter."
        faults.append(Fault("H021", f"'{name}' is no name for a host of a lab", place, hint))
    suite = variables.get("lab_suite", SUITES[0])
    if suite not in SUITES:
        hint = f"Write lab_suite={' or '.join(SUITES)}."
        faults.append(Fault("H021", f"a lab knows no Debian '{suite}'", place, hint))
    return faults

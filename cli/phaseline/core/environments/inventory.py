"""What an inventory says, with the place of every word: hosts, groups, variables, environments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phaseline.errors import Place

FUNCTIONS = ("odoo", "postgres", "proxy", "backup", "monitoring")
KIND = "environment_kind"
OF_ALL = ("all", "ungrouped")  # what stands there holds for every host, and is no environment


@dataclass(frozen=True, slots=True)
class InventoryValue:
    """A value and where it stands."""

    text: str
    place: Place


@dataclass(slots=True)
class Group:
    """A group: its hosts, the groups in it, its variables, each with its place."""

    name: str
    place: Place
    hosts: dict[str, Place] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)
    variables: dict[str, InventoryValue] = field(default_factory=dict)


@dataclass(slots=True)
class Inventory:
    """An inventory by names."""

    file: str
    groups: dict[str, Group] = field(default_factory=dict)
    hosts: dict[str, dict[str, InventoryValue]] = field(default_factory=dict)

    def group(self, name: str, place: Place) -> Group:
        """Return a group, made when it is named for the first time."""
        return self.groups.setdefault(name, Group(name, place))

    def inside(self, name: str) -> tuple[str, ...]:
        """Return the hosts of a group and of the groups in it, each once."""
        seen: dict[str, None] = {name: None}
        todo, found = [name], dict[str, None]()
        while todo:
            group = self.groups.get(todo.pop())
            if group is not None:
                found |= dict.fromkeys(group.hosts)
                todo += [one for one in group.children if one not in seen]
                seen |= dict.fromkeys(group.children)
        return tuple(found)

    def environments(self) -> tuple[Group, ...]:
        """Return the groups that are environments: their variables say of which kind."""
        return tuple(
            one for one in self.groups.values() if KIND in one.variables and one.name not in OF_ALL
        )

    def within(self, env: str, function: str) -> tuple[str, ...]:
        """Return the hosts of an environment that have a function."""
        wanted = set(self.inside(env))
        return tuple(name for name in self.inside(function) if name in wanted)

    def of_host(self, name: str, key: str) -> InventoryValue | None:
        """Return a host's variable, its own or one of all hosts."""
        everybody = self.groups.get("all")
        own = self.hosts.get(name, {}).get(key)
        return own or (everybody.variables.get(key) if everybody else None)

    def place_of(self, host: str) -> Place | None:
        """Return where a host has variables, or stands first."""
        for said in self.hosts.get(host, {}).values():
            return said.place
        return next((one.hosts[host] for one in self.groups.values() if host in one.hosts), None)

    def values(self) -> tuple[tuple[str, InventoryValue], ...]:
        """Return every variable of every group and host with its name."""
        found = [pair for group in self.groups.values() for pair in group.variables.items()]
        found += [pair for variables in self.hosts.values() for pair in variables.items()]
        return tuple(found)

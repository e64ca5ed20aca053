"""What a project declares of its environments, as Ansible reads it; nothing here reads a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.environments.inventory import KIND, OF_ALL

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "environment_name"


@dataclass(frozen=True, slots=True)
class DeclaredTenant:
    """A declared tenant and the numbers its sizing gives."""

    name: str
    domain: str
    sizing: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Host:
    """A declared host: how it is reached, its groups and the variables checks look at."""

    name: str
    groups: frozenset[str]
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredEnvironment:
    """An environment as the inventory declares it."""

    name: str
    kind: str
    hosts: tuple[Host, ...]
    tenants: tuple[DeclaredTenant, ...]
    deep: bool = False

    def having(self, group: str) -> tuple[Host, ...]:
        """Return the hosts of a group."""
        return tuple(host for host in self.hosts if group in host.groups)

    def alone(self) -> bool:
        """Return whether the one node of Odoo and the one proxy are a single host."""
        nodes, proxies = self.having("odoo"), self.having("proxy")
        return len(nodes) == 1 and {one.name for one in proxies} == {nodes[0].name}


@dataclass(frozen=True, slots=True)
class DeclaredInventory:
    """An inventory: variables of its own for each group, and hosts with all that they end with.

    Texts are as Ansible reads them, before any template in them is worked out.
    """

    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    hosts: tuple[Host, ...] = ()

    def environments(self) -> tuple[str, ...]:
        """Return the groups that are environments: they say of which kind, or their hosts do."""
        return tuple(
            name
            for name, own in self.groups.items()
            if name not in OF_ALL
            if KIND in own or (self.kind(name) and self.value(name, NAME) == name)
        )

    def inside(self, group: str) -> tuple[Host, ...]:
        """Return the hosts of a group and of the groups in it."""
        return tuple(host for host in self.hosts if group in host.groups)

    def value(self, group: str, key: str) -> str:
        """Return a variable of a group: its own, or the one all its hosts have; "" is none."""
        own = self.groups.get(group, {})
        if key in own:
            return str(own[key])
        said = {str(host.variables.get(key, "")) for host in self.inside(group)}
        return said.pop() if len(said) == 1 else ""

    def kind(self, env: str) -> str:
        """Return of which kind an environment is; one whose hosts disagree is of none."""
        said = {str(host.variables.get(KIND, "")) for host in self.inside(env)}
        said |= {str(own[KIND]) for own in [self.groups.get(env, {})] if KIND in own}
        return said.pop() if len(said) == 1 else ""

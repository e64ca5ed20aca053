"""Filters that turn an environment's tenants into sizes, by `core.environments.sizing`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from phaseline.core.environments import sizing
from phaseline.errors import PhaselineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def sizes(
    tenants: Sequence[Mapping[str, Any]],
    vcpus: int,
    memory_mb: int,
    database_local: bool = True,
    odoo_local: bool = True,
    nodes: int = 1,
) -> dict[str, Any]:
    """Return `tenants` by name and `postgres`; what does not fit fails with the arithmetic."""
    host = sizing.Host(
        int(vcpus), int(memory_mb), bool(database_local), bool(odoo_local), int(nodes)
    )
    try:
        placed = sizing.place([sizing.read(one) for one in tenants], host)
    except PhaselineError as error:
        raise AnsibleFilterError("\n".join(fault.message for fault in error.faults)) from error
    return {
        "tenants": {name: size.options() for name, size in placed.items()},
        "postgres": host.postgres,
    }


def connections(nodes: Sequence[Mapping[str, Mapping[str, int]]]) -> dict[str, int]:
    """Return how many connections each tenant's processes on all nodes may open together."""
    found: dict[str, int] = {}
    for name, size in (pair for node in nodes for pair in node.items()):
        processes = size["workers"] + size["cron_threads"]
        own = processes * size["db_maxconn"] + size["db_maxconn_gevent"]
        found[name] = found.get(name, 0) + own + processes  # and one each for its sessions
    return found


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return the filters by name."""
        return {"phaseline_sizing": sizes, "phaseline_connections": connections}

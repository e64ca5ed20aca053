"""The filter that names the smallest machine on which an environment's tenants fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from phaseline.core.environments import sizing
from phaseline.errors import PhaselineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def machine(
    tenants: Sequence[Mapping[str, Any]],
    types: Mapping[str, Sequence[int]],
    database_local: bool = True,
    odoo_local: bool = True,
) -> str:
    """Return the smallest of `types` ({NAME: [vcpus, memory_mb]}) on which the tenants fit."""
    said = "no type of machine is listed"
    for name, (vcpus, memory_mb) in sorted(types.items(), key=lambda one: (one[1][1], one[1][0])):
        host = sizing.Host(int(vcpus), int(memory_mb), bool(database_local), bool(odoo_local))
        try:
            sizing.place([sizing.read(one) for one in tenants], host)
        except PhaselineError as error:
            said = f"{name}: " + "; ".join(fault.message for fault in error.faults)
            continue
        return str(name)
    message = f"the tenants fit on no listed type of machine; the largest: {said}"
    raise AnsibleFilterError(message)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filter by name."""
        return {"phaseline_machine": machine}

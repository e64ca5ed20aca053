"""What has to hold before tenants are touched: the environment stands, and nobody got lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.core.environments import sizing, tenant_line
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments import tenants

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from phaseline.flows.environments.declaration import Declaration


def refuse_unprovisioned(declared: Declaration) -> None:
    """Raise unless the environment was provisioned once."""
    if not declared.releases:
        hint = f"Run: phaseline env provision {declared.env}"
        message = f"environment '{declared.env}' is not provisioned yet"
        raise PhaselineError(Fault("C016", message, None, hint))


def refuse_lost(declared: Declaration) -> None:
    """Raise when a tenant that was built has no line any more: nothing is destroyed by leaving out.

    A tenant is built when the vault has its secrets; only `tenant retire` takes them out.
    """
    project_dir, env = declared.project_dir, declared.env
    listed = [one.name for one in declared.tenants]
    place = Place(tenants.shown(project_dir, tenants.path_of(project_dir, env)))
    faults = [
        Fault(
            "C013",
            f"tenant '{name}' of '{env}' was built and has no line any more; nothing of it is"
            " destroyed",
            place,
            "Put its line back; if it is to go, run then:"
            f" phaseline tenant retire {name} --env {env} --confirm {name}",
        )
        for name in tenant_line.lost(listed, declared.built)
    ]
    if faults:
        raise PhaselineError(*faults)


def refuse_misfit(declared: Declaration, lines: Iterable[Mapping[str, Any]]) -> None:
    """Raise with the arithmetic when tenants do not fit a host whose size the inventory says.

    Where it does not say, the playbook asks the host and refuses before it changes anything.
    """
    asked = [sizing.read(line) for line in lines]
    nodes = [host for host in declared.inventory.inside(declared.env) if "odoo" in host.groups]
    for node in nodes:
        said = [str(node.variables.get(key, "")) for key in ("host_vcpus", "host_memory_mb")]
        numbers = [int(one) for one in said if one.isdigit()]
        if len(numbers) == len(said):
            vcpus, memory = numbers
            local = "postgres" in node.groups
            host = sizing.Host(vcpus, memory, database=local, nodes=len(nodes))
            sizing.place(asked, host)

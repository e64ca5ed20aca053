"""What an environment should be: hosts and variables as Ansible works them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host
from phaseline.errors import PhaselineError
from phaseline.files.environments import vault
from phaseline.files.paths import cache_dir, kit_dir
from phaseline.flows.environment import connect
from phaseline.hosts.ansible.inventory import resolve
from phaseline.hosts.ansible.playbook import AnsibleContext

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def declare(project_dir: Path, env: str, *, deep: bool = False) -> DeclaredEnvironment:
    """Return the environment as its inventory declares it."""
    hosts = resolve(context(project_dir, env), env)
    first = hosts[0].variables
    return DeclaredEnvironment(
        name=env,
        kind=str(first.get("environment_kind", "")),
        hosts=hosts,
        tenants=tuple(tenant(line, sizes(hosts)) for line in first.get("odoo_tenants") or ()),
        deep=deep,
    )


def context(project_dir: Path, env: str) -> AnsibleContext:
    """Return what Ansible needs to read this environment's variables: nothing is made for it."""
    sealed = vault.path(project_dir, env).is_file()
    password = vault.password_file(project_dir) if sealed else None
    return AnsibleContext(project_dir.resolve(), kit_dir(), cache_dir() / "collections", password)


def sizes(hosts: tuple[Host, ...]) -> Mapping[str, Any]:
    """Return what the sizing computed for each tenant, on the hosts that run them."""
    computed = [host.variables.get("odoo_sizes") for host in hosts if "odoo" in host.groups]
    return next((one for one in computed if one), {})


def tenant(line: Mapping[str, Any], sized: Mapping[str, Any]) -> DeclaredTenant:
    """Return a tenant from its line in the inventory and its size."""
    name = str(line["name"])
    return DeclaredTenant(name, str(line["domain"]), sized.get(name) or {})


def query(project_dir: Path, env: str, name: str) -> dict[str, Any]:
    """Return what a tenant's database answers over HTTPS, or why it does not."""
    try:
        with connect(project_dir, f"{env}/{name}") as environment:
            count = environment.port.call("res.users", "search_count", domain=[])
    except PhaselineError as error:
        return {"error": str(error)}
    return {"value": f"{count} users"}

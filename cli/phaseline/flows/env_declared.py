"""What an environment should be: hosts and variables as Ansible works them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError
from phaseline.files.places import kit_dir
from phaseline.flows.environment import connect
from phaseline.hosts.checks.model import Declared, Tenant
from phaseline.hosts.testhost_inventory import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def declare(project_dir: Path, env: str, *, deep: bool = False) -> Declared:
    """Return the environment as its inventory declares it."""
    hosts = resolve(project_dir, env, kit_dir() / "playbooks", {})
    first = hosts[0].variables
    return Declared(
        name=env,
        kind=str(first.get("environment_kind", "")),
        hosts=hosts,
        tenants=tuple(tenant(line) for line in first.get("odoo_tenants") or ()),
        deep=deep,
    )


def tenant(line: Mapping[str, Any]) -> Tenant:
    """Return a tenant from its line in the inventory."""
    sizing = {}
    if line.get("port"):
        sizing = {"http_port": int(line["port"]), "gevent_port": int(line["port"]) + 1}
    return Tenant(str(line["name"]), str(line["domain"]), sizing)


def query(project_dir: Path, env: str, name: str) -> dict[str, Any]:
    """Return what a tenant's database answers over HTTPS, or why it does not."""
    try:
        with connect(project_dir, f"{env}/{name}") as environment:
            count = environment.port.call("res.users", "search_count", domain=[])
    except PhaselineError as error:
        return {"error": str(error)}
    return {"value": f"{count} users"}

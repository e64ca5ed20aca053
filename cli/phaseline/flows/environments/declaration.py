"""What a project declares of one environment, read once at the begin of a run and handed down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments import group_vars, tenants, vault
from phaseline.files.environments.inventory import kind
from phaseline.flows import inventory
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.core.environments.declared import DeclaredInventory
    from phaseline.core.environments.tenant_line import TenantLine


@dataclass(frozen=True, slots=True)
class Declaration:
    """An environment of a project: its inventory, tenants, releases and what its vault holds."""

    project_dir: Path
    env: str
    kind: str
    inventory: DeclaredInventory
    tenants: tuple[TenantLine, ...]
    releases: Mapping[str, str]
    certificate: str | None
    secrets: Mapping[str, Any] = field(repr=False)

    @property
    def built(self) -> Mapping[str, Any]:
        """The tenants that were built: the vault has their secrets until they are retired."""
        found: Mapping[str, Any] = self.secrets.get("vault_tenants", {})
        return found


def read(project_dir: Path, env: str) -> Declaration:
    """Return what is declared of an environment; one the inventory does not have is a fault."""
    refuse_unknown(project_dir, env)
    declared = inventory.read(project_dir)
    return Declaration(
        project_dir=project_dir,
        env=env,
        kind=declared.kind(env),
        inventory=declared,
        tenants=tenants.read(project_dir, env),
        releases=group_vars.releases(project_dir, env),
        certificate=group_vars.certificate(project_dir, env),
        secrets=vault.load(project_dir, env),
    )


def refuse_unknown(project_dir: Path, env: str) -> None:
    """Raise unless the inventory has this environment."""
    path = inventory.path_of(project_dir)
    declared = inventory.read(project_dir)
    known = declared.environments()
    if env not in known:
        hint = suggest(env, known, f"Environments: {', '.join(known) or 'none'}.")
        message = f"the inventory has no environment '{env}'"
        raise PhaselineError(Fault("C002", message, Place(str(path)), hint))
    kind(declared, path, env)

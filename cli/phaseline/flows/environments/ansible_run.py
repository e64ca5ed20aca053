"""What every run on an environment's hosts stands on: collections, vault, secrets, the log."""

from __future__ import annotations

import copy
import secrets as randomness
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phaseline.files.environments import group_vars, tenants, vault
from phaseline.files.paths import cache_dir, kit_dir, state_dir
from phaseline.flows.machines.release import releases_dir
from phaseline.hosts.ansible import authority, collections
from phaseline.hosts.ansible import playbook as ansible
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from phaseline.core.environments.tenant_line import TenantLine
    from phaseline.flows.environments.declaration import Declaration
    from phaseline.progress import Progress

LENGTH = 24
TENANT_SECRETS = ("admin_password", "api_key", "database_password", "master_password")
API_KEY_BYTES = 20  # as Odoo makes them


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run came to: counts by host, changes by task, the releases by Python."""

    env: str
    check: bool
    seconds: float
    hosts: Mapping[str, Mapping[str, int]]
    changes: Sequence[Mapping[str, str]]
    releases: Mapping[str, str]
    tenants: Sequence[TenantLine]

    def data(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "environment": self.env,
            "check": self.check,
            "seconds": self.seconds,
            "hosts": self.hosts,
            "changes": self.changes,
            "releases": self.releases,
            "tenants": [{"name": one.name, "url": f"https://{one.domain}"} for one in self.tenants],
        }


def context(project: Path) -> ansible.AnsibleContext:
    """Return the ground of an Ansible run: kit, collections and the vault's password."""
    return ansible.AnsibleContext(
        project_dir=project.resolve(),
        kit=kit_dir(),
        collections=collections.ensure(cache_dir()),
        vault_password=vault.password_file(project),
    )


def run(
    declared: Declaration,
    playbook: str,
    order: dict[str, Any] | None = None,
    progress: Progress = SILENT,
) -> ansible.Recap:
    """Run a playbook on an environment; `order` holds extra `variables`, `check` and `diff`."""
    asked, project, env = dict(order or {}), declared.project_dir, declared.env
    variables = {
        "phaseline_project": str(project.resolve()),
        "phaseline_release_folder": str(releases_dir()),
        **tenants.untouched(declared.tenants),
        **asked.pop("variables", {}),
    }
    hide = frozenset(vault.texts(declared.secrets))
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    log = state_dir(project) / "logs" / f"{playbook}-{env}-{stamp}.log"
    return ansible.play(
        context(project),
        ansible.Play(name=playbook, limit=env, variables=variables, hide=hide, **asked),
        log,
        progress,
    )


def changes(recap: ansible.Recap) -> list[dict[str, str]]:
    """Return what changed or would, a line a host and task."""
    names = ("host", "role", "task")
    return [{name: one[name] for name in names} for one in recap.changes]


def ensure_secrets(
    declared: Declaration, names: Iterable[str]
) -> tuple[Declaration, tuple[str, ...]]:
    """Make the secrets that are missing, the authority among them; return them and their names."""
    project, env = declared.project_dir, declared.env
    found, certificate = copy.deepcopy(dict(declared.secrets)), declared.certificate
    made: list[str] = []
    if not authority.belong(found.get("vault_ca_private_key"), certificate):
        found["vault_ca_private_key"], certificate = authority.make(env)
        # The key goes first; a run that is killed in between leaves two that do not match.
        vault.save(project, env, found)
        group_vars.write_certificate(project, env, certificate)
        made.append("vault_ca_private_key")
    missing = len(made)
    known = found.setdefault("vault_tenants", {})
    for tenant in names:
        for name in TENANT_SECRETS:
            if name not in known.setdefault(tenant, {}):
                known[tenant][name] = _secret(name)
                made.append(f"vault_tenants.{tenant}.{name}")
    if len(made) > missing:
        vault.save(project, env, found)
    return replace(declared, certificate=certificate, secrets=found), tuple(made)


def forget_secrets(declared: Declaration, tenant: str) -> None:
    """Remove the secrets of a tenant that is gone."""
    if tenant in declared.built:
        kept = {name: one for name, one in declared.built.items() if name != tenant}
        rest = {**declared.secrets, "vault_tenants": kept}
        vault.save(declared.project_dir, declared.env, rest)


def _secret(name: str) -> str:
    if name == "api_key":
        return randomness.token_hex(API_KEY_BYTES)
    return randomness.token_urlsafe(LENGTH)

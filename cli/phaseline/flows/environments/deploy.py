"""Deploy: the declared releases on an environment that stands, tenant after tenant."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.files import journal
from phaseline.files.environments import tenants
from phaseline.files.environments.lock import alone
from phaseline.flows.environments import ansible_run, declaration, lint, preconditions
from phaseline.flows.environments.ansible_run import RunResult
from phaseline.flows.machines import release
from phaseline.hosts.releases import archive
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.progress import Progress


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """The environment, perhaps one tenant of it; `check` predicts only."""

    project_dir: Path
    env: str
    tenant: str = ""
    check: bool = False


@dataclass(frozen=True, slots=True)
class DeployResult(RunResult):
    """What a deploy came to; `tenant` is empty where all were meant."""

    tenant: str

    def data(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**RunResult.data(self), "tenant": self.tenant}


def run(order: DeployRequest, progress: Progress = SILENT) -> DeployResult:
    """Have the tenants run the declared releases; an older one that is declared is the way back."""
    started = time.monotonic()
    project, env = order.project_dir, order.env
    lint.refuse(project)
    with alone(project, env, " ".join(filter(None, ("env deploy", order.tenant)))):
        declared = declaration.read(project, env)
        preconditions.refuse_unprovisioned(declared)
        preconditions.refuse_lost(declared)
        chosen = (tenants.lookup(project, env, order.tenant),) if order.tenant else declared.tenants
        refuse_damaged(declared.releases)
        entry = {"tenants": [one.name for one in chosen], "releases": declared.releases}
        if not order.check:
            journal.append(project, "env_deploy_started", env, entry)
        variables = {"phaseline_tenant": order.tenant} if order.tenant else {}
        asked = {"variables": variables, "check": order.check, "diff": order.check}
        recap = ansible_run.run(declared, "deploy", asked, progress)
        seconds = round(time.monotonic() - started, 1)
        if not order.check:
            done = {"hosts": recap.hosts, "seconds": seconds}
            journal.append(project, "env_deploy", env, {**entry, **done})
    changes = ansible_run.changes(recap)
    return DeployResult(
        env, order.check, seconds, recap.hosts, changes, declared.releases, chosen, order.tenant
    )


def refuse_damaged(declared: Mapping[str, str]) -> None:
    """Raise for an archive that is not as it was built; hosts may have one that is not here."""
    here = archive.names(release.releases_dir())
    for name in declared.values():
        if name in here:
            release.check(name)

"""Retire a tenant: a last backup that was tried, then nothing of it is left, here and there."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.environments import sizing
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.environments import tenants
from phaseline.files.environments.lock import alone
from phaseline.files.paths import state_dir
from phaseline.flows.environments import ansible_run, declaration, lint, preconditions
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.flows.environments.declaration import Declaration
    from phaseline.progress import Progress


@dataclass(frozen=True, slots=True)
class RetireRequest:
    """The tenant that leaves; `confirm` is its name once more, typed by a person."""

    project_dir: Path
    env: str
    name: str
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class RetireResult:
    """A tenant that is gone, and counts by host; its last backup stays on the backup host."""

    env: str
    tenant: str
    hosts: Mapping[str, Mapping[str, int]]
    seconds: float

    def data(self) -> dict[str, Any]:
        """Return it for JSON and the journal."""
        return {
            "environment": self.env,
            "tenant": self.tenant,
            "backup": f"/var/backups/phaseline/{self.env}/{self.tenant}",
            "hosts": self.hosts,
            "seconds": self.seconds,
        }


def run(order: RetireRequest, progress: Progress = SILENT) -> RetireResult:
    """Retire the tenant, or finish retiring it; the last backup stays on the backup host."""
    started = time.monotonic()
    project_dir, env, name = order.project_dir, order.env, order.name
    lint.refuse(project_dir)
    with alone(project_dir, env, f"tenant retire {name}"):
        declared = declaration.read(project_dir, env)
        preconditions.refuse_unprovisioned(declared)
        line = line_of(project_dir, env, name)
        refuse_moved_ports(project_dir, env, name)
        refuse_unconfirmed(order)
        journal.append(project_dir, "tenant_retire_started", env, {"tenant": name, "line": line})
        hosts = leave(declared, line, progress)
        # The line first: secrets without a line are a fault that names this command.
        tenants.remove(project_dir, env, name)
        ansible_run.forget_secrets(declared, name)
        result = RetireResult(env, name, hosts, round(time.monotonic() - started, 1))
        journal.append(project_dir, "tenant_retire", env, result.data())
    return result


def leave(declared: Declaration, line: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Run the playbook that backs up and removes; the backup's way here is wiped at the end."""
    home = state_dir(declared.project_dir) / "retire"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    # in their order: it gives ports to lines without one
    lines = tuple(one.values for one in declared.tenants)
    if line["name"] not in [one["name"] for one in lines]:
        lines = (*lines, line)
    with tempfile.TemporaryDirectory(prefix=f"{line['name']}-", dir=home) as transit:
        variables = {
            "phaseline_tenant": line["name"],
            "phaseline_transit": transit,
            **tenants.untouched_lines(lines),
        }
        return ansible_run.run(declared, "retire", {"variables": variables}, progress).hosts


def line_of(project_dir: Path, env: str, name: str) -> Mapping[str, Any]:
    """Return a tenant's line, or the one that an interrupted retirement noted."""
    known = {one.name: one.values for one in tenants.read(project_dir, env)}
    if name in known:
        return known[name]
    for entry in reversed(journal.read(project_dir)):
        if entry.env != env or entry.payload.get("tenant") != name:
            continue
        if entry.kind == "tenant_retire_started":
            noted: Mapping[str, Any] = entry.payload["line"]
            return noted
        if entry.kind == "tenant_retire":
            break
    return tenants.lookup(project_dir, env, name).values


def refuse_moved_ports(project_dir: Path, env: str, name: str) -> None:
    """Raise if another tenant would get another port: its line has none, and its order changes."""
    known = tenants.read(project_dir, env)
    names = [one.name for one in known]
    at = names.index(name) if name in names else len(names)
    faults = [
        Fault(
            "C009",
            f"tenant '{one.name}' has no port in its line: it would get another without '{name}'",
            one.place,
            f"Write port: {sizing.default_port(index)} into its line.",
        )
        for index, one in enumerate(known)
        if index > at and not one.port
    ]
    if faults:
        raise PhaselineError(*faults)


def refuse_unconfirmed(order: RetireRequest) -> None:
    """Raise unless the name was typed once more."""
    if order.confirm != order.name:
        said = f"'{order.confirm}' is not its name" if order.confirm else "nobody confirmed it"
        message = f"retiring '{order.name}' removes its database and files: {said}"
        hint = f"Add: --confirm {order.name}"
        raise PhaselineError(Fault("C011", message, None, hint))

"""Add a tenant to an environment that stands: its line, its secrets, then its database and site."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.environments import sizing, tenant_line
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.environments import tenants
from phaseline.files.environments.lock import alone
from phaseline.flows.environments import ansible_run, declaration, lint, preconditions
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from phaseline.core.environments.tenant_line import TenantLine
    from phaseline.progress import Progress


@dataclass(frozen=True, slots=True)
class AddRequest:
    """The tenant that is wanted; `line` holds what its line will, without the port."""

    project_dir: Path
    env: str
    line: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The tenant's name."""
        return str(self.line["name"])


@dataclass(frozen=True, slots=True)
class AddResult:
    """A tenant that stands: its whole line, and counts by host."""

    env: str
    line: Mapping[str, Any]
    hosts: Mapping[str, Mapping[str, int]]
    seconds: float

    def data(self) -> dict[str, Any]:
        """Return it for JSON and the journal."""
        return {
            "environment": self.env,
            "tenant": self.line["name"],
            "url": f"https://{self.line['domain']}",
            "plan": self.line["plan"],
            "port": self.line["port"],
            "hosts": self.hosts,
            "seconds": self.seconds,
        }


def run(order: AddRequest, progress: Progress = SILENT) -> AddResult:
    """Add the tenant, or finish adding it; no other tenant is touched."""
    started = time.monotonic()
    project_dir, env, name = order.project_dir, order.env, order.name
    lint.refuse(project_dir)
    with alone(project_dir, env, f"tenant add {name}"):
        declared = declaration.read(project_dir, env)
        preconditions.refuse_unprovisioned(declared)
        known = declared.tenants
        line = settle(order, known)
        if all(one.name != name for one in known):
            everybody = [*(one.values for one in known), line]
            preconditions.refuse_misfit(declared, everybody)
            # Before the guard for lost ones: a run that was killed left secrets, or a line.
            tenants.add(project_dir, env, line)
            declared = replace(declared, tenants=tenants.read(project_dir, env))
        preconditions.refuse_lost(declared)
        journal.append(project_dir, "tenant_add_started", env, {"tenant": name})
        declared, _ = ansible_run.ensure_secrets(declared, [name])
        variables = {"variables": {"phaseline_tenant": name}}
        recap = ansible_run.run(declared, "tenant", variables, progress)
        result = AddResult(env, line, recap.hosts, round(time.monotonic() - started, 1))
        journal.append(project_dir, "tenant_add", env, {**result.data(), "line": dict(line)})
    return result


def settle(order: AddRequest, known: Sequence[TenantLine]) -> Mapping[str, Any]:
    """Return the whole line: the one that is there, or the wanted one with a port of its own."""
    for index, one in enumerate(known):
        if one.name == order.name:
            refuse_other(order, one)
            return {"plan": "s", "port": sizing.default_port(index), **one.values}
    wrong = tenant_line.wrong_name(order.name)
    if wrong:
        raise PhaselineError(Fault("C009", wrong[0], None, wrong[1]))
    rest = dict(order.line)
    head = {"name": rest.pop("name"), "domain": rest.pop("domain"), "plan": rest.pop("plan", "s")}
    return {**head, "port": rest.pop("port", None) or free_port(known), **rest}


def refuse_other(order: AddRequest, there: TenantLine) -> None:
    """Raise when the tenant is there already and is not what is wanted."""
    other = sorted(key for key, value in order.line.items() if there.values.get(key) != value)
    if other:
        message = f"tenant '{there.name}' is there with another {' and '.join(other)}"
        hint = f"Edit its line, then run: phaseline env provision {order.env}"
        raise PhaselineError(Fault("C014", message, there.place, hint))


def free_port(known: Sequence[TenantLine]) -> int:
    """Return the first port that no tenant has, counting those that have none in their line."""
    taken = {one.port or sizing.default_port(index) for index, one in enumerate(known)}
    port = sizing.FIRST_PORT
    while port in taken or port + 1 in taken:
        port += sizing.PORT_STEP
    return port

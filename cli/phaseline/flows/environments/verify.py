"""Verify an environment: read its hosts and its sites, judge, keep the verdict; nothing changes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phaseline import __version__
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.flows.environments import resolved_inventory
from phaseline.hosts.verify import external_probe
from phaseline.hosts.verify import facts as testhosts
from phaseline.hosts.verify.check_table import CHECKS
from phaseline.hosts.verify.checks import model
from phaseline.hosts.verify.external_probe import SiteProbe
from phaseline.progress import SILENT
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host
    from phaseline.hosts.verify.checks.model import CheckResult, Facts
    from phaseline.progress import Progress


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """What to verify: an environment, perhaps one tenant of it; `deep` hashes whole releases."""

    project_dir: Path
    env: str
    tenant: str = ""
    deep: bool = False
    keep: bool = True


@dataclass(frozen=True, slots=True)
class EnvVerifyResult:
    """The verdict on an environment; `hosts` holds every check's answer."""

    env: str
    kind: str
    tenant: str
    deep: bool
    verdict: str
    counts: Mapping[str, int]
    checks: int
    written: str
    seconds: float
    unreachable: Sequence[Mapping[str, str]]
    hosts: Sequence[Mapping[str, Any]]
    tenants: Sequence[Mapping[str, str]]

    def data(self) -> dict[str, Any]:
        """Return it for JSON, the page and the journal's artifact."""
        return {
            "environment": self.env,
            "kind": self.kind,
            "tenant": self.tenant,
            "deep": self.deep,
            "verdict": self.verdict,
            "counts": self.counts,
            "checks": self.checks,
            "written": self.written,
            "version": __version__,
            "seconds": self.seconds,
            "unreachable": self.unreachable,
            "hosts": self.hosts,
            "tenants": self.tenants,
        }


def run(order: VerifyRequest, progress: Progress = SILENT) -> EnvVerifyResult:
    """Return the verdict on an environment with every check's answer."""
    started = time.monotonic()
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    declared = resolved_inventory.declare(order.project_dir, order.env, deep=order.deep)
    refuse_unknown(declared, order.tenant)
    progress.step(f"{order.env}: {len(declared.hosts)} hosts, {len(declared.tenants)} tenants")
    facts, lost = testhosts.read(declared, declared.hosts, progress)
    for host in declared.having("proxy"):
        if host.name in facts:
            facts[host.name].answers = {
                **facts[host.name].answers,
                **seen_from_outside(order, declared, host),
            }
    outcomes = model.judge_all(CHECKS, declared, facts, order.tenant)
    result = EnvVerifyResult(
        env=order.env,
        kind=declared.kind,
        tenant=order.tenant,
        deep=order.deep,
        verdict=verdict(outcomes, lost),
        counts=dict(Counter(one.verdict for one in outcomes)),
        checks=len({one.check.id for one in outcomes}),
        written=moment,
        seconds=round(time.monotonic() - started, 3),
        unreachable=[{"host": name, "reason": why} for name, why in sorted(lost.items())],
        hosts=[report(host, facts, outcomes) for host in declared.hosts],
        tenants=[{"name": one.name, "domain": one.domain} for one in declared.tenants],
    )
    if order.keep:
        remember(order, result.data())
    return result


def refuse_unknown(declared: DeclaredEnvironment, tenant: str) -> None:
    """Raise when the chosen tenant is not declared."""
    names = [one.name for one in declared.tenants]
    if tenant and tenant not in names:
        hint = suggest(tenant, names, f"Tenants: {', '.join(names) or 'none'}.")
        message = f"no tenant '{tenant}' in environment '{declared.name}'"
        raise PhaselineError(Fault("C002", message, None, hint))


def verdict(outcomes: tuple[CheckResult, ...], lost: Mapping[str, str]) -> str:
    """Return one word: unreachable, failed or passed; no check at all is no pass."""
    if lost:
        return "unreachable"
    if not outcomes or any(one.bad for one in outcomes):
        return "failed"
    return "passed"


def report(
    host: Host, facts: Mapping[str, Facts], outcomes: tuple[CheckResult, ...]
) -> dict[str, Any]:
    """Return a host with its checks, for every form of the report."""
    functions = ("odoo", "postgres", "proxy", "backup", "monitoring")
    return {
        "name": host.name,
        "address": str(host.variables.get("ansible_host") or host.name),
        "functions": [one for one in functions if one in host.groups],
        "read": host.name in facts,
        "checks": [one.data() for one in outcomes if one.host == host.name],
    }


def seen_from_outside(
    order: VerifyRequest, declared: DeclaredEnvironment, host: Host
) -> dict[str, dict[str, Any]]:
    """Return what a stranger sees of every tenant's site, and a query's answer as its user."""
    found: dict[str, dict[str, Any]] = {}
    for tenant in declared.tenants:
        if order.tenant in ("", tenant.name):
            authority = str(host.variables.get("environment_ca_certificate") or "")
            door = SiteProbe(door_of(declared, host), tenant.domain, authority)
            ports = tuple(sorted({*external_probe.PORTS, *own_ports(tenant)}))
            found.update(external_probe.probe(door, ports))
            found[f"query/{tenant.domain}"] = resolved_inventory.query(
                order.project_dir, declared.name, tenant.name
            )
    return found


def door_of(declared: DeclaredEnvironment, host: Host) -> str:
    """Return the address a proxy is asked at: its own, where the environment has several."""
    given = host.variables
    public = given.get("odoo_address") if len(declared.having("proxy")) == 1 else None
    return str(public or given.get("ansible_host") or host.name)


def own_ports(tenant: DeclaredTenant) -> set[int]:
    """Return the ports of a tenant's Odoo."""
    return {int(tenant.sizing[key]) for key in ("http_port", "gevent_port") if key in tenant.sizing}


def remember(order: VerifyRequest, result: Mapping[str, Any]) -> None:
    """Write the verdict into the project's journal, the whole answer as its artifact."""
    artifact = journal.store(order.project_dir, result)
    short = {key: result[key] for key in ("verdict", "counts", "checks", "seconds", "tenant")}
    journal.append(order.project_dir, "env_verify", order.env, {**short, "artifact": artifact})

"""Whether monitoring watches: targets, rules, the way of alerts."""

from __future__ import annotations

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, nothing

LEAST_RULES = 15


def targets(subject: Subject) -> list[dict[str, object]]:
    """Return the targets Prometheus asks."""
    found: list[dict[str, object]] = subject.facts["targets"]["data"]["activeTargets"]
    return found


def up(subject: Subject) -> Finding:
    """Return the targets that do not answer."""
    found = [f"{one['scrapePool']} {one['scrapeUrl']}: {one['lastError']}"
             for one in targets(subject) if one["health"] == "down"]  # fmt: skip
    return nothing(found, "every target answers")


def watched(subject: Subject) -> Finding:
    """Return the hosts of the environment nobody watches."""
    said = " ".join(f"{one['labels']} {one['scrapeUrl']}" for one in targets(subject))
    lost = [
        host.name
        for host in subject.declared.hosts
        if host.name not in said and str(host.variables.get("host_address")) not in said
    ]
    return nothing(lost, "every host of the environment")


def sites(subject: Subject) -> Finding:
    """Return the tenants whose site is not probed."""
    said = " ".join(f"{one['labels']} {one['discoveredLabels']}" for one in targets(subject))
    lost = [one.name for one in subject.declared.tenants if one.domain not in said]
    return nothing(lost, "every tenant's site is probed")


def rules(subject: Subject) -> Finding:
    """Return whether the rules of alerts are loaded and evaluate."""
    groups = subject.facts["rules"]["data"]["groups"]
    alerts = [one for group in groups for one in group["rules"] if one["type"] == "alerting"]
    broken = [str(one["name"]) for one in alerts if one.get("health") == "err"]
    said = f"{len(alerts)} rules" + (f", broken: {', '.join(broken)}" if broken else "")
    return Finding(f"at least {LEAST_RULES} rules, none broken", said,
                   len(alerts) >= LEAST_RULES and not broken)  # fmt: skip


def way(subject: Subject) -> Finding:
    """Return whether alerts have somewhere to go."""
    found = subject.facts["managers"]["data"]["activeAlertmanagers"]
    return Finding("an Alertmanager", f"{len(found)} of them", bool(found))


def manager(subject: Subject) -> Finding:
    """Return whether Alertmanager answers."""
    found = subject.facts["alertmanager"]["cluster"]["status"]
    return Finding("ready or disabled", str(found), found in ("ready", "disabled", "settling"))


CHECKS = tuple(
    Check(f"monitoring.{id_}", says, "monitoring", judge)
    for id_, says, judge in (
        ("targets", "Every target answers", up),
        ("hosts", "Every host is watched", watched),
        ("sites", "Every site is probed", sites),
        ("rules", "The rules of alerts are loaded", rules),
        ("way", "Alerts have somewhere to go", way),
        ("alertmanager", "Alertmanager answers", manager),
    )
)

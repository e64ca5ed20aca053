"""A check, what it may look at, and what it answers; nothing here reads a host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify.checks import baseline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host

OK = "ok"
DEVIATES = "deviates"
NOT_APPLICABLE = "not applicable"
UNREADABLE = "could not be read"


class UnreadableError(Exception):
    """What a check needs could not be read: never the same as being in order."""


class DoesNotApplyError(Exception):
    """The check has nothing to say here; the text says why."""


class Facts:
    """What was read on one host by name; an unread one raises when it is asked for."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep the answers: `{"value": ...}` or `{"error": "why"}` each."""
        self.answers = answers

    def __getitem__(self, name: str) -> Any:
        """Return what was read."""
        answer = self.answers.get(name)
        if answer is None:
            message = f"{name} was not read"
            raise UnreadableError(message)
        if "error" in answer:
            message = f"{name}: {answer['error']}"
            raise UnreadableError(message)
        return answer["value"]

    def text(self, name: str) -> str:
        """Return what was read as text."""
        return str(self[name])

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return what was read as a list of records."""
        found: list[dict[str, Any]] = self[name]
        return found


@dataclass(frozen=True, slots=True)
class Subject:
    """What a judge looks at: one host, perhaps one tenant on it."""

    declared: DeclaredEnvironment
    host: Host
    facts: Facts
    tenant: DeclaredTenant | None = None

    @property
    def who(self) -> DeclaredTenant:
        """The tenant; only checks for each tenant ask."""
        if self.tenant is None:
            message = "this check is for each tenant"
            raise DoesNotApplyError(message)
        return self.tenant

    @property
    def sizing(self) -> Mapping[str, Any]:
        """The numbers the sizing gives the tenant on this host; nodes may differ in size."""
        here: Mapping[str, Any] = self.host.variables.get("odoo_sizes") or {}
        return here.get(self.who.name) or self.who.sizing


@dataclass(frozen=True, slots=True)
class Finding:
    """What was expected and what was found; the judge says whether that is in order."""

    expected: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a host or a tenant: where it applies and who judges it."""

    id: str
    says: str
    group: str
    judge: Callable[[Subject], Finding]
    each: str = "host"  # or tenant

    @property
    def source(self) -> str:
        """The line of the hardening baseline that the check asserts."""
        return baseline.source(self.id)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check's answer for one host or tenant."""

    check: Check
    host: str
    tenant: str
    verdict: str
    expected: str
    found: str

    @property
    def bad(self) -> bool:
        """Whether somebody has to look."""
        return self.verdict in (DEVIATES, UNREADABLE)

    def data(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            "id": self.check.id,
            "says": self.check.says,
            "source": self.check.source,
            "group": self.check.group,
            "host": self.host,
            "tenant": self.tenant,
            "verdict": self.verdict,
            "expected": self.expected,
            "found": self.found,
        }


def evaluate(check: Check, subject: Subject) -> CheckResult:
    """Return the outcome of a check; what could not be read is said, never passed over."""
    tenant = subject.tenant.name if subject.tenant else ""
    try:
        finding = check.judge(subject)
    except DoesNotApplyError as reason:
        return CheckResult(check, subject.host.name, tenant, NOT_APPLICABLE, "", str(reason))
    except UnreadableError as error:
        return CheckResult(check, subject.host.name, tenant, UNREADABLE, "", str(error))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        found = f"an answer in a form nobody expected: {error!r}"
        return CheckResult(check, subject.host.name, tenant, UNREADABLE, "", found)
    verdict = OK if finding.holds else DEVIATES
    return CheckResult(check, subject.host.name, tenant, verdict, finding.expected, finding.found)


def judge_all(
    checks: tuple[Check, ...],
    declared: DeclaredEnvironment,
    facts: Mapping[str, Facts],
    only: str = "",
) -> tuple[CheckResult, ...]:
    """Return the outcomes of all checks on every host that was read; `only` chooses a tenant."""
    outcomes = []
    for host in declared.hosts:
        if host.name not in facts:
            continue
        for check in checks:
            if check.group != "all" and check.group not in host.groups:
                continue
            chosen = [tenant for tenant in declared.tenants if only in ("", tenant.name)]
            whom = chosen if check.each == "tenant" else [None]
            outcomes += [
                evaluate(check, Subject(declared, host, facts[host.name], tenant))
                for tenant in whom
            ]
    return tuple(outcomes)


def contained(subject: Subject) -> bool:
    """Return whether the host is a container, which shares the kernel of the machine below it."""
    return subject.facts.text("container").strip() not in ("", "none")


def equals(expected: object, found: object) -> Finding:
    """Return a finding that holds when both are the same as text."""
    return Finding(say(expected), say(found), say(expected) == say(found))


def nothing(offenders: object, expected: str) -> Finding:
    """Return a finding that holds when there is no offender."""
    found = [offenders] if isinstance(offenders, str) else [str(one) for one in offenders or ()]  # type: ignore[attr-defined]
    return Finding(expected, ", ".join(sorted(found)) or "none", not found)


def say(value: object) -> str:
    """Return a value as a person reads it."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)

"""Asks hosts one thing by a module of Ansible, and returns what the module said of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible.process import Process, event_of, unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phaseline.hosts.ansible.playbook import AnsibleContext

TIMEOUT = 120  # seconds for the module on a host
LAST_LINES = 5
WITH_DATA = {"PHASELINE_EVENTS_DATA": "1"}


@dataclass(frozen=True, slots=True)
class Question:
    """A module with its arguments, and the hosts that get it; `settings` are for Ansible."""

    hosts: str
    module: str
    arguments: str
    limit: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    playbooks: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def words(self) -> list[str]:
        """Return it as arguments of `ansible`."""
        return [
            "adhoc", self.hosts, *(["--limit", self.limit] if self.limit else []),
            *(["--playbook-dir", str(self.playbooks)] if self.playbooks else []),
            "--task-timeout", str(TIMEOUT),
            "--module-name", self.module, "--args", self.arguments,
        ]  # fmt: skip


@dataclass(slots=True)
class Replies:
    """What each host replied; `why` is what Ansible said where it could not ask."""

    of_hosts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    failures: list[Mapping[str, Any]] = field(default_factory=list)
    status: int = 0
    why: str = ""

    def refuse_unreachable(self) -> None:
        """Raise for the hosts that did not answer."""
        lost = [one for one in self.failures if one["status"] == "unreachable"]
        if lost:
            said = [(one["host"], " ".join(str(one.get("message", "")).split())) for one in lost]
            raise PhaselineError(*(unreachable(host, text) for host, text in said))

    def refuse_silence(self, code: str, says: str, hint: str = "") -> None:
        """Raise unless every host replied, and one at least."""
        if self.status or not self.of_hosts:
            told = [str(one.get("message", "")) for one in self.failures] or [self.why]
            message = " ".join(f"{says}: {told[0] or 'it names no host'}".split())
            raise PhaselineError(Fault(code, message, Place("inventory.ini"), hint))


def ask(context: AnsibleContext, question: Question) -> Replies:
    """Return what the hosts reply; a host that does not is among the failures."""
    replies, loose = Replies(), list[str]()
    inventory = context.project_dir / "inventory.ini"
    surroundings = {**context.surroundings(), **WITH_DATA, **question.settings}
    with Process(question.words(), inventory, question.variables, surroundings) as process:
        for line in process.lines():
            event = event_of(line)
            if event is None:
                loose = [*loose[-LAST_LINES:], line.strip()]
            elif event["event"] == "result" and event["status"] in {"ok", "changed"}:
                replies.of_hosts[event["host"]] = event.get("data") or {}
            elif event["event"] == "result":
                replies.failures.append(event)
    replies.status = process.status
    errors = [line for line in loose if "rror" in line]
    replies.why = (errors or [" ".join(filter(None, loose))])[0]
    return replies

"""Runs a playbook of the kit as a child of ours and tells what happened on every host."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.hosts.ansible.process import KEY_TROUBLE, Process, event_of, unreachable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from phaseline.progress import Progress

HIDDEN = "********"
SHOWN = 2000  # characters of a failure's message
KEPT = ("PATH", "LANG", "HOME", "SSH_AUTH_SOCK")  # keys may live in an agent only


@dataclass(frozen=True, slots=True)
class AnsibleContext:
    """What every run stands on: the project, the kit, collections, the vault's password file."""

    project_dir: Path
    kit: Path
    collections: Path
    vault_password: Path | None

    def surroundings(self) -> dict[str, str]:
        """Return the environment variables of an Ansible child."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        passed = {name: value for name, value in os.environ.items() if name.startswith("ANSIBLE_")}
        own = {
            "ANSIBLE_BECOME": "True",
            "ANSIBLE_CALLBACK_PLUGINS": str(self.kit / "playbooks" / "callback_plugins"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "ANSIBLE_FORKS": "20",
            "ANSIBLE_GATHERING": "smart",  # once a run: all plays ask for the same facts
            "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "True",
            "ANSIBLE_RETRY_FILES_ENABLED": "False",
            "ANSIBLE_ROLES_PATH": str(self.kit / "roles"),
        }
        # Whatever the caller's habits are: a host that cannot prove itself gets no secrets, and
        # the vault opens with the password it was closed with.
        fixed = {"ANSIBLE_HOST_KEY_CHECKING": "True"}
        if self.vault_password:
            fixed["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.vault_password)
        merged = {**kept, **own, **passed, **fixed}
        if given := passed.get("ANSIBLE_CALLBACK_PLUGINS"):
            both = f"{own['ANSIBLE_CALLBACK_PLUGINS']}:{given}"
            merged["ANSIBLE_CALLBACK_PLUGINS"] = both
        return merged


@dataclass(frozen=True, slots=True)
class Play:
    """One playbook on the hosts of one environment; `variables` are extra ones."""

    name: str
    limit: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    check: bool = False
    diff: bool = False
    hide: Collection[str] = field(default=(), repr=False)


@dataclass(slots=True)
class Recap:
    """How every host ended: counts of ok, changed, failures, unreachable; and what failed."""

    hosts: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)


def play(ground: AnsibleContext, order: Play, log: Path, progress: Progress) -> Recap:
    """Run a playbook to its end and return how every host ended; failures are faults.

    `progress` hears of every task: its role and its name. The log gets every line, and only its
    owner may read it.
    """
    recap = Recap()
    tail: list[str] = []
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    inventory = ground.project_dir / "inventory.ini"
    child = Process(_words(ground, order), inventory, order.variables, ground.surroundings())
    with os.fdopen(handle, "w", encoding="utf-8") as kept, child:
        for raw in child.lines():
            line = _mask(raw, order.hide)
            kept.write(line if line.endswith("\n") else line + "\n")
            event = event_of(line)
            if event is None:
                tail = [*tail[-20:], line.rstrip()]
            else:
                _take(recap, event, progress)
    _judge(order, recap, child.status, tail, log)
    return recap


def _words(ground: AnsibleContext, order: Play) -> list[str]:
    playbook = ground.kit / "playbooks" / f"{order.name}.yml"
    return [
        "playbook", str(playbook), "--limit", order.limit,
        *(["--check"] if order.check else []), *(["--diff"] if order.diff else []),
    ]  # fmt: skip


def _take(recap: Recap, event: Mapping[str, Any], progress: Progress) -> None:
    if event["event"] == "task":
        progress.step(event["role"], event["name"])
    elif event["event"] == "recap":
        recap.hosts = {name: dict(counts) for name, counts in event["hosts"].items()}
    elif event["event"] == "result":
        one = {key: str(event.get(key, "")) for key in ("host", "role", "task", "status")}
        if event["status"] in {"failed", "unreachable"}:
            recap.failures.append({**one, "message": str(event.get("message", ""))[:SHOWN]})
        elif event["status"] == "changed":
            recap.changes.append({**one, "diff": str(event.get("diff", ""))})


def _judge(order: Play, recap: Recap, status: int, tail: list[str], log: Path) -> None:
    if recap.failures:
        raise PhaselineError(*(_fault(one, log) for one in recap.failures))
    if status != 0:
        said = "\n".join(line for line in tail if line)[-SHOWN:]
        message = f"playbook {order.name} did not run: {said or f'exit status {status}'}"
        raise PhaselineError(Fault("H042", message, None, f"The whole log: {log}"))


def _fault(one: Mapping[str, str], log: Path) -> Fault:
    place, said = Place(one["host"]), one["message"]
    if one["status"] == "unreachable" or any(text in said for text in KEY_TROUBLE):
        return unreachable(one["host"], said)
    where = f"{one['role']}: {one['task']}" if one["role"] else one["task"]
    hint = f"Mend it and run the same command again. The whole log: {log}"
    return Fault("H043", f"{where} failed: {said}", place, hint)


def _mask(line: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        if secret and secret in line:
            line = line.replace(secret, HIDDEN)
    return line

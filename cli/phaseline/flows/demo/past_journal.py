"""What a demo's project has behind it: its journal's last events, its signatures, its logins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.files import journal
from phaseline.files.project.project import open_project
from phaseline.flows.environment import secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phaseline.core.node import Node


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who can log in to the demo's Odoo."""

    name: str
    login: str
    password: str


def last(project: Path, kind: str, key: str = "", value: str = "") -> dict[str, Any] | None:
    """Return the payload of the journal's last event of a kind, None when there is none."""
    found = None
    for entry in journal.read(project):
        if entry.kind == kind and (not key or entry.payload.get(key) == value):
            found = dict(entry.payload)
    return found


def is_signed(project: Path, stage: str) -> bool:
    """Return whether a stage is signed on its input as it is now, and not applied since."""
    signed = begun = None
    for entry in journal.read(project):
        if entry.payload.get("stage") == stage:
            signed = entry if entry.kind == "sign" else signed
            begun = entry if entry.kind == "apply_started" else begun
    if signed is None or (begun is not None and begun.seq > signed.seq):
        return False
    return bool(signed.payload["input_hash"] == open_project(project).input_hash(stage))


def people(project: Path, env: str) -> Iterator[Login]:
    """Yield the tenant's users with the passwords that were made for them."""
    secrets = secrets_of(project, env)
    users: Node | None = open_project(project).root.entries.get("users")
    for user in users.items if users else ():
        text = {name: str(node.value) for name, node in user.entries.items()}
        password = secrets.find(f"users.{text['key']}")
        if password:
            yield Login(f"{text['name']} ({text['role']})", text["login"], password)

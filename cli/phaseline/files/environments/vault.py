"""The secrets of an environment in the project: one ansible-vault file beside its variables."""

from __future__ import annotations

import json
import os
import secrets as randomness
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments.group_vars import folder
from phaseline.files.paths import state_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

GIVEN = "PHASELINE_VAULT_PASSWORD_FILE"
MARK = b"$ANSIBLE_VAULT;"
LENGTH = 32


def path(project: Path, env: str) -> Path:
    """Return where the vault of an environment is."""
    return folder(project, env) / "vault.yml"


def password_path(project: Path) -> Path:
    """Return where the vault's password is, or would be."""
    given = os.environ.get(GIVEN)
    return Path(given) if given else state_dir(project) / "vault-password"


def password_file(project: Path) -> Path:
    """Return the file with the vault's password; one is made where no vault asks for another."""
    found = password_path(project)
    _refuse_lost(project, found)
    found.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    durable.write_once(found, lambda: randomness.token_urlsafe(LENGTH) + "\n", 0o600)
    refuse_open(found, "the vault's password can be read by others")
    return found


def refuse_open(file: Path, message: str) -> None:
    """Raise for a file that others than its owner can open."""
    if durable.open_to_others(file):
        raise PhaselineError(Fault("C006", message, Place(str(file)), f"Run: chmod 600 {file}"))


def load(project: Path, env: str) -> dict[str, Any]:
    """Return the secrets of an environment by name, none when it has no vault yet."""
    file = path(project, env)
    if not file.is_file():
        return {}
    refuse_open(file, "the vault can be read by others")
    sealed = file.read_bytes()
    if not sealed.startswith(MARK):
        hint = f"Run: ansible-vault encrypt {file}, and change every secret that was in it."
        message = "the vault is not encrypted"
        raise PhaselineError(Fault("C012", message, Place(str(file)), hint))
    _refuse_foreign(file, env, sealed)
    from ansible.errors import AnsibleError  # noqa: PLC0415  # costs 0.2 s, for few commands

    try:
        opened = _lib(project).decrypt(sealed)
    except AnsibleError as error:
        hint = f"Put its password into {password_file(project)}, or name a file in {GIVEN}."
        message = "the vault does not open with this password"
        raise PhaselineError(Fault("C007", message, Place(str(file)), hint)) from error
    found: dict[str, Any] = yaml.safe_load(opened) or {}
    return found


def save(project: Path, env: str, values: Mapping[str, Any]) -> bool:
    """Keep the secrets of an environment and return whether anything changed."""
    if load(project, env) == values:
        return False
    text = yaml.safe_dump(dict(values), sort_keys=True, allow_unicode=True)
    sealed = _lib(project).encrypt(text)
    file = path(project, env)
    file.parent.mkdir(parents=True, exist_ok=True)
    durable.write(file, sealed, 0o600)
    return True


def texts(values: Any) -> set[str]:
    """Return every secret text in it, so that output can be kept free of them."""
    if isinstance(values, dict):
        return {text for one in values.values() for text in texts(one)}
    text = str(values or "").strip()
    lines = text.splitlines()
    if len(lines) > 1:  # a key: a line of it alone is as secret, and JSON writes it as one line
        return {json.dumps(text)[1:-1], *(line for line in lines if not line.startswith("-----"))}
    return {text} if text else set()


def _lib(project: Path) -> Any:
    from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: PLC0415  # as above

    secret = VaultSecret(password_file(project).read_bytes().strip())
    return VaultLib([("default", secret)])


def _refuse_foreign(file: Path, env: str, sealed: bytes) -> None:
    """Raise for a vault whose first line says that it is sealed for something else."""
    parts = sealed.split(b"\n", 1)[0].decode(errors="replace").strip().split(";")
    identity = parts[3] if len(parts) > 3 else ""  # noqa: PLR2004 (name; version; cipher; id)
    if identity not in {"", "default", env}:
        message = f"the vault is sealed for '{identity[:40]}', not for '{env}'"
        hint = f"Put the vault of '{env}' there, or run: ansible-vault rekey {file}"
        raise PhaselineError(Fault("C007", message, Place(str(file)), hint))


def _refuse_lost(project: Path, wanted: Path) -> None:
    vaults = sorted((project / "group_vars").glob("*/vault.yml"))
    # In this order: another run may be making both, the password first.
    if vaults and not wanted.is_file():
        hint = f"Copy it there from who made the project, or name a file in {GIVEN}."
        message = f"the password of the vault is missing: {wanted}"
        raise PhaselineError(Fault("C007", message, Place(str(vaults[0])), hint))

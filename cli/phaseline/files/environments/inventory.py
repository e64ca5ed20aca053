"""Where the Odoo of an environment answers, and of which kind the environment is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.environments.declared import DeclaredInventory

KINDS = ("testing", "production")
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an environment's Odoo answers."""

    name: str
    kind: str
    url: str
    database: str
    login: str


def address(inventory: DeclaredInventory, path: Path, env: str) -> Address:
    """Return where an environment's Odoo is; an unknown environment is a fault."""
    known = [name for name, own in inventory.groups.items() if "odoo_url" in own]
    if env not in known:
        names = [SANDBOX, *known]
        hint = suggest(env, names, f"Environments: {', '.join(names)}.")
        if env in inventory.environments():
            hint = f"It has no tenant yet: phaseline tenant add NAME --env {env} --domain DOMAIN"
        message = f"no environment '{env}' with an odoo_url"
        raise PhaselineError(Fault("C002", message, Place(str(path)), hint))
    return Address(
        name=env,
        kind=kind(inventory, path, env),
        url=inventory.value(env, "odoo_url").rstrip("/"),
        database=inventory.value(env, "odoo_database") or env,
        login=inventory.value(env, "odoo_login") or "admin",
    )


def kind(inventory: DeclaredInventory, path: Path, env: str) -> str:
    """Return of which kind an environment is; another one than ours is a fault."""
    found = inventory.kind(env)
    if found not in KINDS:
        fallback = f"Write environment_kind={' or '.join(KINDS)} in [{env}:vars]."
        hint = fallback if env in inventory.groups else suggest(env, inventory.groups, fallback)
        message = f"environment_kind of '{env}' is '{found}'"
        raise PhaselineError(Fault("C002", message, Place(str(path)), hint))
    return found

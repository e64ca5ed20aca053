"""The environments of a project, as group variables of its Ansible inventory (INI)."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.core.suggestions import suggest
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def groups(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the variables of every group that has some."""
    parser = configparser.ConfigParser(
        allow_no_value=True, delimiters=("=",), interpolation=None, strict=False
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    if path.is_file():
        try:
            parser.read_string(path.read_text(encoding="utf-8-sig"), str(path))
        except (configparser.Error, UnicodeDecodeError) as error:
            message = " ".join(str(error).split())
            raise PhaselineError(Fault("C002", message, Place(str(path)))) from error
    return {
        name.removesuffix(":vars"): {key: value or "" for key, value in parser[name].items()}
        for name in parser.sections()
        if name.endswith(":vars")
    }


def address(path: Path, env: str) -> Address:
    """Return where an environment's Odoo is; an unknown environment is a fault."""
    listed = groups(path)
    known = {name: found for name, found in listed.items() if "odoo_url" in found}
    if env not in known:
        names = [SANDBOX, *known]
        hint = suggest(env, names, f"Environments: {', '.join(names)}.")
        if "environment_kind" in listed.get(env, {}):
            hint = f"It has no tenant yet: phaseline tenant add NAME --env {env} --domain DOMAIN"
        message = f"no environment '{env}' with an odoo_url"
        raise PhaselineError(Fault("C002", message, Place(str(path)), hint))
    found = known[env]
    kind = found.get("environment_kind", "")
    if kind not in KINDS:
        hint = f"Write environment_kind={' or '.join(KINDS)} in [{env}:vars]."
        message = f"environment_kind of '{env}' is '{kind}'"
        raise PhaselineError(Fault("C002", message, Place(str(path)), hint))
    return Address(
        name=env,
        kind=kind,
        url=found["odoo_url"].rstrip("/"),
        database=found.get("odoo_database", env),
        login=found.get("odoo_login", "admin"),
    )

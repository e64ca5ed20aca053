"""The variables of an environment that phaseline writes into the project: release and CA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

RELEASE_HEAD = (
    "---\n# What runs on the hosts of this environment, by the Python of the host, and the\n"
    "# modules a new tenant's database holds. Written by `phaseline env provision`.\n"
)
CA_HEAD = "---\n# The certificate of this environment's own authority; its key is in the vault.\n"


def folder(project: Path, env: str) -> Path:
    """Return the folder of an environment's variables."""
    return project / "group_vars" / env


def releases(project: Path, env: str) -> dict[str, str]:
    """Return the declared release ids by Python version."""
    found = _read(folder(project, env) / "release.yml").get("odoo_releases") or {}
    return {str(python): str(name) for python, name in found.items()}


def write_releases(
    project: Path, env: str, declared: Mapping[str, str], modules: Iterable[str]
) -> bool:
    """Keep the declared releases and the template's modules; return whether anything changed."""
    body = {"odoo_releases": dict(sorted(declared.items())), "odoo_template_modules": [*modules]}
    return _write(folder(project, env) / "release.yml", RELEASE_HEAD, body)


def certificate(project: Path, env: str) -> str | None:
    """Return the certificate of the environment's authority as PEM, None before it is made."""
    found = _read(folder(project, env) / "ca.yml").get("environment_ca_certificate")
    return str(found) if found else None


def write_certificate(project: Path, env: str, pem: str) -> None:
    """Keep the certificate of the environment's authority."""
    _write(folder(project, env) / "ca.yml", CA_HEAD, {"environment_ca_certificate": pem})


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = " ".join(str(error).split())
        raise PhaselineError(Fault("B001", message, Place(str(path)))) from error
    return found if isinstance(found, dict) else {}


def _write(path: Path, head: str, body: Mapping[str, Any]) -> bool:
    text = head + yaml.safe_dump(dict(body), sort_keys=True, default_style=None, width=100)
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    durable.write(path, text)
    return True

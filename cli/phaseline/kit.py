"""Where the kit's own files are, and the programs of its roles that this side runs too.

A role's program is sent to hosts, so it keeps to the standard library; what both sides do stands
there once.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType


def folder() -> Path:
    """Return the folder holding blueprints, playbooks, roles, data_templates and migration."""
    package = Path(__file__).resolve().parent
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "blueprints").is_dir():
        return checkout
    return package / "kit"


def program(role: str, name: str) -> Path:
    """Return the file of a role's program."""
    return folder() / "roles" / role / "files" / f"{name}.py"


@functools.cache
def load(role: str, name: str) -> ModuleType:
    """Return a role's program as a module, to call its functions."""
    spec = importlib.util.spec_from_file_location(f"phaseline_{role}_{name}", program(role, name))
    if spec is None or spec.loader is None:
        message = f"the role {role} has no program {name}"
        raise ModuleNotFoundError(message)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

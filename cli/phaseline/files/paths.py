"""Where Phaseline keeps things on this machine: state, cache and the kit's own files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from phaseline import kit

STATE_VARIABLE = "PHASELINE_STATE_HOME"
CACHE_VARIABLE = "PHASELINE_CACHE_HOME"


def state_dir(project: Path) -> Path:
    """Return the folder of a project's running state; nobody has made it yet."""
    whole = project.expanduser().resolve()
    mark = hashlib.sha256(os.fsencode(whole)).hexdigest()[:8]
    return _home(STATE_VARIABLE, "XDG_STATE_HOME", "/var/lib", ".local/state") / (
        f"{whole.name or 'root'}-{mark}"
    )


def cache_dir() -> Path:
    """Return the folder of what can be made again: releases, downloads, template databases."""
    return _home(CACHE_VARIABLE, "XDG_CACHE_HOME", "/var/cache", ".cache")


def kit_dir() -> Path:
    """Return the folder holding blueprints, playbooks, roles, data_templates and migration."""
    return kit.folder()


def _home(own: str, standard: str, of_root: str, of_user: str) -> Path:
    """Return our own override, else root's system folder, else the user's folder.

    Root does not use its home: the account the sandbox drops to has to reach these folders.
    """
    if value := os.environ.get(own):
        return Path(value).expanduser().resolve()
    if os.geteuid() == 0:
        return Path(of_root) / "phaseline"
    if value := os.environ.get(standard):
        return Path(value).expanduser() / "phaseline"
    return Path.home() / of_user / "phaseline"

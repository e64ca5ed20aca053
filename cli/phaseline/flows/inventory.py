"""Reads a project's inventory: through Ansible, and once for as long as no file of it changes."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from phaseline.core.environments.declared import DeclaredInventory
from phaseline.files.environments import vault
from phaseline.hosts.ansible import inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "inventory.ini"
FOLDERS = ("group_vars", "host_vars")
READING = threading.Lock()


def path_of(project_dir: Path) -> Path:
    """Return where the inventory of a project is."""
    return project_dir / NAME


def read(project_dir: Path) -> DeclaredInventory:
    """Return what the inventory declares, nothing where there is none."""
    path = path_of(project_dir).absolute()
    if not path.is_file():
        return DeclaredInventory()
    password = vault.password_path(project_dir).absolute()
    with READING:  # environments that are built side by side ask at the same moment
        return _read(path, password, tuple(_states(path, password)))


@functools.lru_cache(maxsize=4)
def _read(path: Path, password: Path, _states: tuple[object, ...]) -> DeclaredInventory:
    return inventory.read(path, password if password.is_file() else None)


def _states(path: Path, password: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield of every file that is read what changes when the file does."""
    files = [path, password]
    for name in FOLDERS:
        files += sorted((path.parent / name).rglob("*"))
    for file in files:
        if file.is_file():
            state = file.stat()
            yield str(file), state.st_ino, state.st_mtime_ns, state.st_size

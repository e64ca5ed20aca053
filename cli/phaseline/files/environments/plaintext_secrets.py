"""Secrets that stand readable in a project's files: found by name and by look, never repeated."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from phaseline.core.environments.secret_detection import PRIVATE, looks_secret
from phaseline.errors import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS = ("group_vars", "host_vars")
NAMED = ("secret:", "ref:", "file:", "$")  # what a blueprint writes and is no secret
SUFFIXES = (".yml", ".yaml", ".json", "")
SIZE_LIMIT = 1_000_000
SEALED = "$ANSIBLE_VAULT;"
PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)[\"']?\s*[:=]\s*([^\s,}\]{\[][^,}\]]*)")
TAKE_OUT = "Take it out and change it, it may be known by now;"
HINT = f"{TAKE_OUT} secrets live in group_vars/ENV/vault.yml."
NAMED_HINT = f"{TAKE_OUT} a blueprint names a secret, as secret:NAME, and phaseline makes it."


def scan(project_dir: Path) -> Iterator[Fault]:
    """Yield every secret that stands in clear in the variables of a project."""
    for text, name in variables(project_dir):
        yield from scan_text(text, name)


def variables(project_dir: Path) -> Iterator[tuple[str, str]]:
    """Yield the text and the name of every file of variables of a project."""
    for folder in FOLDERS:
        for path in sorted((project_dir / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES and path.stat().st_size <= SIZE_LIMIT:
                text = path.read_text(encoding="utf-8", errors="replace")
                yield text, path.relative_to(project_dir).as_posix()


def find_written(project_dir: Path) -> Iterator[Fault]:
    """Yield every secret that stands in clear in a project's answers or its own blueprints."""
    for path in (project_dir / "tenant.yml", *sorted((project_dir / "blueprints").rglob("*.yml"))):
        if path.is_file() and path.stat().st_size <= SIZE_LIMIT:
            text = path.read_text(encoding="utf-8", errors="replace")
            name = path.relative_to(project_dir).as_posix()
            for fault in scan_text(text, name, NAMED):
                yield replace(fault, hint=NAMED_HINT)


def scan_text(text: str, name: str, named: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Yield every secret that stands in clear in a text; what begins as `named` is none."""
    if text.startswith(SEALED):
        return
    if name.rpartition("/")[2].startswith("vault"):
        hint = f"Run: ansible-vault encrypt {name}, and change every secret that was in it."
        yield Fault("C012", "the vault is not encrypted", Place(name, 1, 1), hint)
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        if PRIVATE.search(line):
            place = Place(name, number, 1)
            yield Fault("C012", "a private key is in plain text", place, HINT)
            continue
        for found in PAIR.finditer(line):
            value = "" if found[2].lstrip("\"'").startswith(named) else found[2]
            if looks_secret(found[1].replace("-", "_"), value):
                place = Place(name, number, found.start(1) + 1)
                yield Fault("C012", f"{found[1]} is a secret in clear", place, HINT)

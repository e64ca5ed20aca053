"""Reads what a blueprint promises: rows of capability, each with its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.files.yaml import nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "capabilities.yml"


def read(homes: Iterable[Path], blueprint: str) -> Mapping[str, str]:
    """Return the rows by id, none when the blueprint lists none; the first home wins."""
    for home in homes:
        path = home / blueprint / NAME
        if path.is_file():
            root = nodes.load(path, f"blueprints/{blueprint}/{NAME}")
            return {row: str(title.value) for row, title in root.entries.items()}
    return {}

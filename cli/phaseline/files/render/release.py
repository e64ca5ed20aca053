"""Releases as text: what one is made of, its locks, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def release(result: Mapping[str, Any]) -> str:
    """Return a release in two lines, and where its archive is when it was built just now."""
    state = {True: "built", False: "from the cache"}.get(result.get("fresh", ""), "stored")
    size = result["bytes"] / 1_000_000
    lines = [
        f"{result['id']} ({state})",
        f"  Odoo {result['odoo_version']}, Python {result['python']}, "
        f"{result['components']} components, {result['files']} files, {size:.0f} MB",
    ]
    if "archive" in result:
        lines.append(f"  {result['archive']}")
    return "\n".join(lines)


def manifest(whole: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    """Return a release and every component of it, one a line."""
    parts = [f"  {c['role']:8}{c['name']} {c['version']}" for c in whole["components"]]
    return "\n".join([release(summary), *parts])


def locks(changed: Mapping[str, bool]) -> str:
    """Return the locks, one a line, and whether each changed."""
    return "\n".join(f"{'changed' if moved else 'same':8}{name}" for name, moved in changed.items())


def verdict(result: Mapping[str, Any]) -> str:
    """Return whether a release is whole, and what differs."""
    state = "whole" if result["whole"] else "damaged"
    return "\n".join([f"{result['id']} is {state}", *(f"  {one}" for one in result["differences"])])

"""Environments as text: what a run of Ansible changed on each host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def provisioned(results: Iterable[Mapping[str, Any]]) -> str:
    """Return each environment with its hosts and the sites of its tenants."""
    return "\n".join(map(_one, results))


def _one(result: Mapping[str, Any]) -> str:
    verb = "would change" if result["check"] else "changed"
    lines = [f"{result['environment']} stands ({result['seconds']} s)"]
    if result["check"]:
        lines = [f"{result['environment']}, predicted ({result['seconds']} s)"]
    for name, counts in result["hosts"].items():
        lines.append(
            f"  {name:<12}  {counts.get('changed', 0):>4} {verb}, {counts['ok']:>4} looked at"
        )
    lines += [f"  {one['url']}  ({one['name']})" for one in result["tenants"]]
    return "\n".join(lines)

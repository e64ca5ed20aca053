"""Environments as text: what a run of Ansible changed on each host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def provisioned(results: Iterable[Mapping[str, Any]]) -> str:
    """Return each environment with its hosts and the sites of its tenants."""
    return "\n".join(map(_one, results))


def deployed(result: Mapping[str, Any]) -> str:
    """Return the releases that tenants run now, or would, and what changed on each host."""
    head = "would be deployed in" if result["check"] else "deployed in"
    releases = ", ".join(dict.fromkeys(result["releases"].values()))
    lines = [f"{releases} {head} {result['environment']} ({result['seconds']} s)"]
    return "\n".join([*lines, *_below(result)])


def _one(result: Mapping[str, Any]) -> str:
    lines = [f"{result['environment']} is ready ({result['seconds']} s)"]
    if result["check"]:
        lines = [f"{result['environment']}, predicted ({result['seconds']} s)"]
    return "\n".join([*lines, *_below(result)])


def _below(result: Mapping[str, Any]) -> Iterator[str]:
    verb = "would change" if result["check"] else "changed"
    for name, counts in result["hosts"].items():
        yield f"  {name:<12}  {counts.get('changed', 0):>4} {verb}, {counts['ok']:>4} checked"
    for one in result["tenants"]:
        yield f"  {one['url']}  ({one['name']})"

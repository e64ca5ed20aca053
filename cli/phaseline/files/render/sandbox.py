"""The sandbox as text: where it runs and with which logins, or how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def running(result: Mapping[str, Any]) -> str:
    """Return where a running sandbox is, and how to sign in."""
    return "\n".join(
        [
            f"the sandbox runs at {result['url']} ({result['seconds']} s)",
            f"  login     {result['login']}, password in {result['password_file']}",
            f"  API key   in {result['api_key_file']}",
            f"  database  {result['database']}",
            f"  release   {result['release']}, {len(result['modules'])} modules asked for",
        ]
    )


def status(result: Mapping[str, Any]) -> str:
    """Return how the sandbox is, and its processes."""
    lines = [f"the sandbox is {result['state']}"]
    if result["url"]:
        lines.append(f"  {result['url']}, release {result['release']}")
    lines += [f"  {one['pid']:>7}  {one['command'][:90]}" for one in result["processes"]]
    return "\n".join(lines)

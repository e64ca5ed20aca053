"""This machine, the lab and the sandbox as text: what is missing, where they run."""

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


def lab(result: Mapping[str, Any]) -> str:
    """Return the state of a lab and of each of its hosts."""
    took = f" ({result['seconds']} s)" if "seconds" in result else ""
    lines = [f"the lab is {result['state']}{took}"]
    lines += [
        f"  {one['name']:<12}  {one['address']:<15}  {one['suite']:<9}  {one['state']}"
        for one in result["hosts"]
    ]
    if result["hosts"]:
        lines.append(f"  ssh -F {result['ssh_config']} {result['hosts'][0]['name']}")
    return "\n".join(lines)


def findings(result: Mapping[str, Any]) -> str:
    """Return one line for each check, and below a missing one the command that fixes it."""
    lines = []
    for one in result["findings"]:
        mark = "ok" if one["fine"] else ("MISSING" if one["needed"] else "missing")
        lines.append(f"{mark:<8}{one['name']:<11}{one['says']}")
        if not one["fine"] and one["mend"]:
            lines.append(f"{'':<19}{one['mend']}")
    return "\n".join(lines)

"""The lab as text: its hosts, and how to reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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

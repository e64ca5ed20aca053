"""What this machine has and what is missing, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def findings(result: Mapping[str, Any]) -> str:
    """Return one line for each check, and below a missing one the command that fixes it."""
    lines = []
    for one in result["findings"]:
        mark = "ok" if one["fine"] else ("MISSING" if one["needed"] else "missing")
        lines.append(f"{mark:<8}{one['name']:<11}{one['says']}")
        if not one["fine"] and one["mend"]:
            lines.append(f"{'':<19}{one['mend']}")
    return "\n".join(lines)

"""What the demo leaves behind, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def finished(result: Mapping[str, Any]) -> str:
    """Return where to look and with which logins."""
    people = result["logins"]
    wide = max(len(one["login"]) for one in people)
    return "\n".join(
        [
            "",
            f"Odoo      {result['url']}",
            f"report    {result['report']}",
            f"project   {result['project']}",
            "logins",
            *(f"  {one['login']:{wide}}  {one['password']}  {one['name']}" for one in people),
            "",
            f"It took {result['seconds']:.0f} s. To end it: "
            f"phaseline sandbox down --project {result['project']}",
        ]
    )

"""A new project as text: what is in it, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def made(result: Mapping[str, Any]) -> str:
    """Return the files of a new project and the next commands."""
    folder = result["project"]
    return (
        f"Made {folder}: {', '.join(result['files'])}\n"
        f"Next: cd {folder}, answer the questions in tenant.yml, then phaseline release build,"
        " phaseline sandbox up, phaseline plan foundation"
    )

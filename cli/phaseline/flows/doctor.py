"""Look at this machine and say what is missing, and which command mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.files.paths import cache_dir, state_dir
from phaseline.hosts import doctor

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.doctor import MachineCheck


def examine(project: Path) -> tuple[MachineCheck, ...]:
    """Return everything that was looked at for a project on this machine."""
    return doctor.inspect(state_dir(project), cache_dir())


def healthy(findings: tuple[MachineCheck, ...]) -> bool:
    """Return whether nothing is missing that the main path needs."""
    return all(one.fine or not one.needed for one in findings)

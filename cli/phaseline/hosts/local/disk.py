"""Whether a disk has room for what is about to be made."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1 << 30


def need_room(folder: Path, gib: int) -> None:
    """Raise a fault unless the disk of a folder has so much room: better now than half-way."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(there).free / GIB
    if free < gib:
        hint = f"Free {gib} GiB there, or set PHASELINE_CACHE_HOME to a folder on another disk."
        message = f"{there} has {free:.1f} GiB free, {gib} are needed"
        raise PhaselineError(Fault("H016", message, hint=hint))

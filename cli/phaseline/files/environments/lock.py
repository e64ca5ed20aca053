"""One run at a time on an environment: a second one is told who is there, and does nothing."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.files.paths import state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def alone(project_dir: Path, env: str, what: str) -> Iterator[None]:
    """Hold an environment for one run; the lock goes with the process, however that ends."""
    path = state_dir(project_dir) / "locks" / f"{env}.lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            message = f"another run works on environment '{env}': {file.read().strip() or what}"
            hint = "Wait for it, then run the same command again."
            raise PhaselineError(Fault("C015", message, None, hint)) from error
        file.truncate(0)
        file.write(f"{what} (process {os.getpid()})\n")
        file.flush()
        yield

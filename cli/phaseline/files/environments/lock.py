"""One run at a time on an environment: a second one is told who is there, and does nothing."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from phaseline import durable
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
    with ExitStack() as held:
        try:
            held.enter_context(durable.lock(path, what, wait=0))
        except durable.HeldError as error:
            message = f"another run works on environment '{env}': {error.holder or what}"
            hint = "Wait for it, then run the same command again."
            raise PhaselineError(Fault("C015", message, None, hint)) from error
        yield

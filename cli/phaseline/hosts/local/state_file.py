"""What a sandbox remembers about itself, and the lock that one run at a time holds."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = "record.json"


def read(home: Path) -> dict[str, Any]:
    """Return what the sandbox of a folder remembers; nothing when there is none."""
    file = home / RECORD
    if not file.is_file():
        return {}
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return record


def write(home: Path, record: dict[str, Any]) -> None:
    """Write the record."""
    durable.write(home / RECORD, json.dumps(record, indent=1, sort_keys=True) + "\n")


@contextlib.contextmanager
def alone(home: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold a sandbox or lab for one run; a fault when another holds it longer than we wait."""
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(durable.lock(home / ".lock", str(home), wait))
        except durable.HeldError as error:
            hint = "Wait for it to end, then run the same command again."
            message = f"another run works on it: {error.holder}"
            raise PhaselineError(Fault("H010", message, Place(str(home)), hint)) from None
        yield

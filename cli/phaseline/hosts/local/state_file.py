"""What a sandbox remembers about itself, and the lock that one run at a time holds."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError

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
    """Write the record by way of a temporary name, so that it is there whole or not at all."""
    part = home / f".{RECORD}.part"
    part.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    part.rename(home / RECORD)


@contextlib.contextmanager
def alone(home: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the sandbox for one run; a fault when another one holds it longer than we wait."""
    home.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait
    while True:
        handle = (home / ".lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(FileNotFoundError):
                if os.fstat(handle.fileno()).st_ino == (home / ".lock").stat().st_ino:
                    break  # else `down` removed the file meanwhile: take the new one
        except BlockingIOError:
            if time.monotonic() > until:
                handle.close()
                hint = "Wait for it to end; `phaseline sandbox status` shows what runs."
                message = "another run works on this sandbox"
                raise PhaselineError(Fault("H010", message, hint=hint)) from None
            time.sleep(0.1)
        handle.close()
    try:
        yield
    finally:
        handle.close()

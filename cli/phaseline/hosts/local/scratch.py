"""Folders for unfinished work, that go at its end and also when whoever made them was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Give an empty folder `parent/prefix...`; those that killed runs left there go first.

    Its maker holds a lock on it. The kernel lets a lock go with its process, so a folder that can
    be locked belongs to nobody any more.
    """
    parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        # Others wait here: a folder that is made but not yet locked would look left behind.
        with _open(parent) as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            for left in parent.glob(f"{prefix}*"):
                _remove_left(left)
            made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            fcntl.flock(held.enter_context(_open(made)), fcntl.LOCK_EX)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _remove_left(left: Path) -> None:
    # OSError: it is somebody's, or went meanwhile.
    with contextlib.suppress(OSError), _open(left) as door:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left)


@contextlib.contextmanager
def _open(place: Path) -> Iterator[int]:
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

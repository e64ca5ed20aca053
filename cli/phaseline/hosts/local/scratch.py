"""Folders for unfinished work, that go at its end and also when whoever made them was killed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline import durable

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
        with durable.lock_folder(parent):
            for left in parent.glob(f"{prefix}*"):
                _remove_left(left)
            made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
            held.enter_context(durable.lock_folder(made))
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _remove_left(left: Path) -> None:
    # HeldError: it is somebody's; OSError: it went meanwhile.
    with contextlib.suppress(OSError, durable.HeldError), durable.lock_folder(left, wait=0):
        shutil.rmtree(left)

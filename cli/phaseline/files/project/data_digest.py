"""The hashes of a project's data files, taken once a run: plan, gate and signature share them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SUFFIXES = (".csv", ".tsv", ".xlsx")
Stamp = tuple[int, int, int, int]


class DataDigest:
    """What a run knows of the files in `data/`; each is read at most once, at the first question.

    A file that changed meanwhile is found by its inode, size and times; nothing is read again.
    """

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self.folder = folder
        self._hashes: dict[str, str] | None = None
        self._stamps: dict[str, Stamp] = {}

    @property
    def hashes(self) -> Mapping[str, str]:
        """SHA-256 by path below the folder."""
        if self._hashes is None:
            found = dict(self._files())
            self._stamps = {name: _stamp(path) for name, path in found.items()}
            self._hashes = {
                name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()
            }
        return self._hashes

    def changed(self) -> tuple[str, ...]:
        """Return the files that came, went or changed since they were read."""
        if self._hashes is None:
            return ()
        now = {name: _stamp(path) for name, path in self._files()}
        names = sorted({*now, *self._stamps})
        return tuple(name for name in names if now.get(name) != self._stamps.get(name))

    def require_unchanged(self, code: str, during: str) -> None:
        """Raise a fault of this code for every file that is no longer what was read."""
        hint = "Nothing was recorded; leave the data files alone and run the same command again."
        faults = [
            Fault(code, f"the data file changed during {during}", Place(f"data/{name}"), hint)
            for name in self.changed()
        ]
        if faults:
            raise PhaselineError(*faults)

    def _files(self) -> Iterator[tuple[str, Path]]:
        """Yield the data files by name; rejected rows and hidden files are no input."""
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            counts = path.suffix.lower() in SUFFIXES and path.is_file()
            if counts and "rejected" not in name and "/." not in f"/{name}":
                yield name, path


def _stamp(path: Path) -> Stamp:
    seen = path.stat()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns

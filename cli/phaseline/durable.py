"""How a file is written whole or not at all, and how one run at a time holds something.

Standard library only. A folder that is assembled elsewhere and renamed needs neither.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import glob
import itertools
import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

PART = ".part"
# File systems that cannot sync a folder say so with one of these.
NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP)
POLL_SECONDS = 0.1

_serial = itertools.count(1)


class HeldError(Exception):
    """Another run holds a lock; `holder` is what it wrote about itself, maybe nothing."""

    def __init__(self, holder: str) -> None:
        """Keep who holds it."""
        self.holder = holder
        super().__init__(holder)


def write(
    path: Path, content: str | bytes, mode: int | None = None, group: int | None = None
) -> None:
    """Give a file new content; whatever ends us, it holds the old content or the new one."""
    with stream(path, mode, group) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def write_once(path: Path, make: Callable[[], str], mode: int | None = None) -> None:
    """Have a file with what `make` returns; of two that make it at once, the first one counts."""
    if not path.is_file():
        with lock(lock_of(path), f"making {path.name}"):
            if not path.is_file():
                write(path, make(), mode)
            lock_of(path).unlink()  # those who wait for it see that and find the file


@contextlib.contextmanager
def stream(path: Path, mode: int | None = None, group: int | None = None) -> Iterator[BinaryIO]:
    """Give a stream that becomes the file when the block ends well.

    `mode` holds before anything can be read; without one the file keeps the rights it has, and a
    new file gets those of the umask. An `OSError`, also of a full disk, names the file.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}-{next(_serial)}{PART}")
    try:
        _require_ordinary(path)
        _sweep(path)
        with _create(part, _rights(path, mode)) as file:
            try:
                yield file
                if group is not None:
                    os.chown(part, -1, group)
                file.flush()
                os.fsync(file.fileno())
                part.replace(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        sync_folder(path.parent)
    except OSError as error:
        if error.filename in (None, str(part)):
            error.filename, error.filename2 = str(path), None
        raise


def sync_folder(folder: Path) -> None:
    """Have the names in a folder safe on the disk, where its file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def lock(
    path: Path,
    what: str,
    wait: float | None = None,
    told: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold a file that is there for nothing else; the lock goes with the process.

    `what` is written into the file for those who find it held. `wait` is in seconds, None waits as
    long as it takes; `HeldError` when it is held longer. `told` hears once for whom we wait.
    """
    descriptor = _hold(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, wait, told)
    try:
        _sign(descriptor, f"{what} (process {os.getpid()})\n")
        yield
    finally:
        _sign(descriptor, "")
        os.close(descriptor)


@contextlib.contextmanager
def lock_folder(folder: Path, wait: float | None = None) -> Iterator[None]:
    """Hold a folder as `lock` holds a file; nobody learns who holds it."""
    descriptor = _hold(folder, os.O_RDONLY | os.O_DIRECTORY, wait, None)
    try:
        yield
    finally:
        os.close(descriptor)


def lock_of(path: Path) -> Path:
    """Return the lock beside a file for those who read it, change it and write it back."""
    return path.with_name(f".{path.name}.lock")


def open_to_others(path: Path) -> bool:
    """Return whether anybody but its owner may do anything with a file or folder."""
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _require_ordinary(path: Path) -> None:
    """Raise for what a rename would silently replace: a device, a pipe, a folder."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))


def _rights(path: Path, mode: int | None) -> int | None:
    if mode is None and path.is_file():
        return stat.S_IMODE(path.stat().st_mode)
    return mode


@contextlib.contextmanager
def _create(part: Path, mode: int | None) -> Iterator[BinaryIO]:
    """Give a new file that we hold locked, so that nobody takes it for one left behind."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    while True:
        descriptor = os.open(part, flags, 0o666 if mode is None else 0o600)
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink == 0:
                continue  # swept between its making and the lock
            if mode is not None:
                os.fchmod(descriptor, mode)
            yield file
            return


def _sweep(path: Path) -> None:
    """Remove what killed writers of a file left: a part that nobody holds."""
    for left in path.parent.glob(f"{glob.escape(f'.{path.name}.')}*{PART}"):
        with contextlib.suppress(OSError):  # it is somebody's, or went meanwhile
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if _acquired(descriptor):
                    left.unlink()
            finally:
                os.close(descriptor)


def _hold(path: Path, flags: int, wait: float | None, told: Callable[[str], None] | None) -> int:
    """Return the descriptor of what we hold, once it is still what stands at its path."""
    until = None if wait is None else time.monotonic() + wait
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            _acquire(descriptor, until, told)
            if _is_there(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _acquire(descriptor: int, until: float | None, told: Callable[[str], None] | None) -> None:
    while not _acquired(descriptor):
        holder = _holder(descriptor)
        if until is not None and time.monotonic() >= until:
            raise HeldError(holder)
        if told:
            told(holder)
            told = None
        if until is None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            return
        time.sleep(POLL_SECONDS)


def _acquired(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> str:
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        return ""
    return os.pread(descriptor, 1000, 0).decode(errors="replace").strip()


def _is_there(descriptor: int, path: Path) -> bool:
    """Return whether a descriptor is what stands at a path; a lock file may have been removed."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int, text: str) -> None:
    """Write who holds a lock; on a full disk the lock holds without it."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)

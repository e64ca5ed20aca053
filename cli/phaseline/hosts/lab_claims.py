"""Which lab has which number on this machine, and what the first lab found and the last puts back.

Kept below /run, because bridges and cgroups do not outlive a restart of the machine either.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.hosts import lab_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLAIMS = Path("/run/phaseline/labs")
BEFORE = "ip_forward"


def claim(home: Path, wipe: Callable[[int], None]) -> int:
    """Return the number of the lab in a folder, a new one when it has none.

    Labs whose folder was deleted by hand are wiped on the way: nobody else could end them.
    """
    with _alone():
        for number, other in _all().items():
            if not other.is_dir():
                wipe(number)
                _drop(number)
        for number, other in _all().items():
            if other == home:
                return number
        number = lab_network.choose(_all().keys(), lab_network.taken())
        before = CLAIMS / BEFORE
        if not before.is_file():
            _write(before, lab_network.FORWARD.read_text(encoding="ascii").strip())
        _write(CLAIMS / f"{number}.json", json.dumps({"home": str(home)}))
        return number


def number(home: Path) -> int | None:
    """Return the number the lab in a folder has claimed, or None."""
    return next((one for one, other in _all().items() if other == home), None)


def release(number: int) -> None:
    """Give a number back; with the last one the machine forwards packets as it did before."""
    if not CLAIMS.is_dir():
        return
    with _alone():
        _drop(number)


def runtime(number: int) -> Path:
    """Return the folder of a lab's sockets: its path is short, as sockets want it."""
    return CLAIMS / str(number)


def _drop(number: int) -> None:
    sockets = runtime(number)
    if sockets.is_dir():
        for one in sockets.iterdir():
            one.unlink()
        sockets.rmdir()
    (CLAIMS / f"{number}.json").unlink(missing_ok=True)
    before = CLAIMS / BEFORE
    if not _all() and before.is_file():
        lab_network.FORWARD.write_text(before.read_text(encoding="ascii"), encoding="ascii")
        before.unlink()


def _all() -> dict[int, Path]:
    found = {}
    for file in CLAIMS.glob("*.json"):
        with contextlib.suppress(ValueError, KeyError):
            found[int(file.stem)] = Path(json.loads(file.read_text(encoding="utf-8"))["home"])
    return dict(sorted(found.items()))


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(text + "\n", encoding="utf-8")
    part.rename(file)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    CLAIMS.mkdir(parents=True, exist_ok=True)
    with (CLAIMS / ".lock").open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""Which lab has which number on this machine, and what the first lab found and the last puts back.

Kept below /run, because bridges and cgroups do not outlive a restart of the machine either.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.hosts.lab import network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CLAIMS = Path("/run/phaseline/labs")
BEFORE = "settings"
# Packets are forwarded, and twenty hosts have room for what their systemd watches.
SETTINGS = {
    Path("/proc/sys/net/ipv4/ip_forward"): 1,
    Path("/proc/sys/fs/inotify/max_user_instances"): 4096,
}


def claim(home: Path, wipe: Callable[[int], None], wanted: int | None = None) -> int:
    """Return the number of the lab in a folder; when it has none, the wanted or the first free.

    Labs whose folder was deleted by hand are wiped on the way: nobody else could end them.
    """
    with _alone():
        for gone in [one for one, other in _all().items() if not other.is_dir()]:
            wipe(gone)
            _drop(gone)
        found = number(home)
        if found is None:
            found = network.choose(_all().keys(), network.taken(), wanted)
        _set(SETTINGS)
        _write(CLAIMS / f"{found}.json", {"home": str(home)})
        return found


def number(home: Path) -> int | None:
    """Return the number the lab in a folder has claimed, or None."""
    return next((one for one, other in _all().items() if other == home), None)


def owner(number: int) -> Path | None:
    """Return the folder of the lab that has a number, or None."""
    return _all().get(number)


def release(number: int) -> None:
    """Give a number back; with the last one the machine's settings are what they were."""
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
    if not _all():
        _put_back()


def _set(settings: Mapping[Path, int]) -> None:
    """Raise the machine's settings to what labs need; what they were is written down first."""
    file = CLAIMS / BEFORE
    before: dict[str, int] = _read(file) if file.is_file() else {}
    low = {one: now for one in settings if (now := _now(one)) < settings[one]}
    _write(file, {**{str(one): now for one, now in low.items()}, **before})
    for one in low:
        one.write_text(f"{settings[one]}\n", encoding="ascii")


def _put_back() -> None:
    file = CLAIMS / BEFORE
    if file.is_file():
        for name, value in _read(file).items():
            Path(name).write_text(f"{value}\n", encoding="ascii")
        file.unlink()


def _now(setting: Path) -> int:
    return int(setting.read_text(encoding="ascii"))


def _all() -> dict[int, Path]:
    found = {}
    for file in CLAIMS.glob("*.json"):
        with contextlib.suppress(ValueError, KeyError):
            found[int(file.stem)] = Path(_read(file)["home"])
    return dict(sorted(found.items()))


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _write(file: Path, found: Mapping[str, Any]) -> None:
    durable.write(file, json.dumps(found) + "\n")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    CLAIMS.mkdir(parents=True, exist_ok=True)
    with durable.lock(CLAIMS / ".lock", "claims of labs"):
        yield

"""One hash of what decides a kept result: modules with all they import, files, the machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import grimp

from kit.tree import PACKAGE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COLD = "PHASELINE_TEST_COLD"  # when set, nothing starts from a kept result


def cold() -> bool:
    """Return whether this run has to make everything anew."""
    return bool(os.environ.get(COLD))


@cache
def imported(*modules: str) -> frozenset[Path]:
    """Return the files of modules and of all they import, however far away."""
    graph = grimp.build_graph("phaseline", cache_dir=None)
    names = {*modules}
    for module in modules:
        names |= graph.find_upstream_modules(module)
    stems = [PACKAGE.joinpath(*name.split(".")[1:]) for name in names]
    files = {stem.with_suffix(".py") for stem in stems} | {stem / "__init__.py" for stem in stems}
    # Programs and tables that lie beside modules may be read by any of them.
    files |= {path for path in PACKAGE.rglob("*") if path.suffix != ".py"}
    return frozenset(path for path in files if path.is_file() and path.suffix != ".pyc")


def below(*names: str) -> set[Path]:
    """Return the files of the tree that are named or lie below a named folder; all are there."""
    found: set[Path] = set()
    for name in names:
        some = {path for path in (ROOT / name, *(ROOT / name).rglob("*")) if path.is_file()}
        if not some:
            message = f"{name} decides a kept result and is not there"
            raise FileNotFoundError(message)
        found |= {path for path in some if path.suffix != ".pyc"}
    return found


def machine() -> list[str]:
    """Return what a result takes from this machine: programs, Debian of this week, processors."""
    packages = sorted(f"{one.name}=={one.version}" for one in metadata.distributions())
    week = "{}-{}".format(*dt.datetime.now(dt.UTC).isocalendar()[:2])
    system = [platform.python_version(), platform.machine(), str(os.cpu_count())]
    return [*system, week, *packages]


def made(folder: Path) -> str:
    """Return what tells a folder of the cache from one that was made anew under its name."""
    state = folder.stat()
    return f"{folder.name} {state.st_ino} {state.st_mtime_ns}"


def of(files: Iterable[Path], *texts: str) -> str:
    """Return the hash of files, with their names, and of texts."""
    found = hashlib.sha256()
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    for text in texts:
        found.update(f"{len(text)} {text}\n".encode())
    return found.hexdigest()[:24]

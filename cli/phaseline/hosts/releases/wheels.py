"""Python distributions by hashed lock: fetched by pip, verified again, unpacked side by side."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from phaseline.core.release import Pin, normal
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run, scratch
from phaseline.hosts.releases.debian_archive import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OLDEST_GLIBC = 5
NEWEST_GLIBC = {"3.11": 36, "3.13": 41}  # Debian 12 and Debian 13
MACHINE = os.uname().machine


def pip() -> list[str]:
    """Return the command of the first pip found: this Python's own, else the system's."""
    for python in (sys.executable, "/usr/bin/python3"):
        if run.run([python, "-m", "pip", "--version"], timeout=60).status == 0:
            return [python, "-m", "pip", "--disable-pip-version-check"]
    hint = "Run `apt-get install python3-pip` as root, then the same command again."
    raise PhaselineError(Fault("H005", "the program pip is missing", hint=hint))


def target(python: str) -> list[str]:
    """Return pip's options that ask for files of one Python on Debian, whatever runs pip."""
    digits = python.replace(".", "")
    newest = NEWEST_GLIBC.get(python, max(NEWEST_GLIBC.values()))
    platforms = [f"manylinux_2_{n}_{MACHINE}" for n in range(newest, OLDEST_GLIBC - 1, -1)]
    platforms += [f"manylinux{age}_{MACHINE}" for age in ("2014", "2010", "1")]
    platforms.append(f"linux_{MACHINE}")
    options = ["--implementation", "cp", "--python-version", python]
    for abi in (f"cp{digits}", "abi3", "none"):
        options += ["--abi", abi]
    for platform in platforms:
        options += ["--platform", platform]
    return options


def fetch(
    pins: Sequence[Pin], python: str, cache: Path, build_path: Path | None = None
) -> dict[Pin, Path]:
    """Return the file of each pin, from the cache or fetched with its hash required.

    Sources are allowed where `build_path` holds the unpacked build tools: pip then reads their
    metadata with those, never with tools from the index.
    """
    cache.mkdir(parents=True, exist_ok=True)
    found = {pin: _cached(pin, cache) for pin in pins}
    missing = [pin for pin in pins if found[pin] is None]
    if missing:
        with scratch.folder(cache, ".pip-") as folder:
            _download(missing, python, folder, build_path)
            for file in sorted((folder / "files").iterdir()):
                _keep(file, missing, cache)
        found = {pin: _cached(pin, cache) for pin in pins}
    lost = [pin for pin in pins if found[pin] is None]
    if lost:
        raise PhaselineError(*(_mismatch(pin) for pin in lost))
    return {pin: file for pin, file in found.items() if file is not None}


def unpack(wheel: Path, into: Path) -> None:
    """Unpack a wheel's library files; scripts and data files are left out."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename).parts
            if entry.is_dir() or ".." in parts or entry.filename.startswith("/"):
                continue
            if parts[0].endswith(".data"):
                if len(parts) < 3 or parts[1] not in {"purelib", "platlib"}:  # noqa: PLR2004
                    continue
                parts = parts[2:]
            goal = into.joinpath(*parts)
            goal.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, goal.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            goal.chmod(0o755 if (entry.external_attr >> 16) & 0o111 else 0o644)


def build(sdist: Path, build_path: Path, into: Path) -> Path:
    """Return the wheel built from a verified source with the locked build tools, offline."""
    before = set(into.glob("*.whl"))
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--use-pep517"]
    outcome = run.run(
        [*pip(), "wheel", *options, "--no-cache-dir", "--wheel-dir", into, sdist],
        env=_environment(build_path),
    )
    run.must_succeed(outcome, "H007", f"{sdist.name} could not be built")
    built = (set(into.glob("*.whl")) - before).pop()
    if not built.name.endswith("-none-any.whl"):
        built.unlink()
        message = f"{sdist.name} holds machine code, and only pure Python sources are built here"
        raise PhaselineError(Fault("H007", message, hint="Pin a version that has a wheel."))
    return built


def metadata(wheel: Path) -> dict[str, list[str]]:
    """Return the fields of a wheel's METADATA, each with all its values."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        head = archive.read(name).decode("utf-8", "replace").split("\n\n", 1)[0]
    fields: dict[str, list[str]] = {}
    for line in head.splitlines():
        key, mark, value = line.partition(": ")
        if mark and not line.startswith((" ", "\t")):
            fields.setdefault(key, []).append(value.strip())
    return fields


def _download(pins: Sequence[Pin], python: str, folder: Path, build_path: Path | None) -> None:
    requirements = folder / "requirements.txt"
    lines = [" ".join([str(pin), *(f"--hash={one}" for one in pin.hashes)]) for pin in pins]
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "files").mkdir()
    sources = (
        ["--only-binary=:all:"] if build_path is None else ["--no-build-isolation", "--use-pep517"]
    )
    outcome = run.run(
        [
            *pip(),
            "download",
            "--quiet",
            "--require-hashes",
            "--no-deps",
            *sources,
            *target(python),
            "--dest",
            folder / "files",
            "--requirement",
            requirements,
        ],
        env=_environment(build_path),
        timeout=1800,
    )
    if outcome.status != 0:
        raise PhaselineError(_explain(outcome))


def _environment(build_path: Path | None) -> dict[str, str]:
    env = dict(os.environ)
    env.pop("PYTHONPATH", None)
    if build_path is not None:
        env["PYTHONPATH"] = str(build_path)
    # Built wheels must not depend on when or by whom they were built.
    return {**env, "SOURCE_DATE_EPOCH": "315532800", "PYTHONHASHSEED": "0"}


def _cached(pin: Pin, cache: Path) -> Path | None:
    for one in pin.hashes:
        folder = cache / one.removeprefix("sha256:")
        for file in folder.glob("*") if folder.is_dir() else ():
            if sha256(file) == folder.name:
                return file
    return None


def _keep(file: Path, pins: Iterable[Pin], cache: Path) -> None:
    digest = sha256(file)
    if not any(f"sha256:{digest}" in pin.hashes for pin in pins):
        return
    folder = cache / digest
    folder.mkdir(exist_ok=True)
    file.replace(folder / file.name)


def _explain(outcome: run.CommandResult) -> Fault:
    said = outcome.errors + outcome.output
    errors = [line for line in said.splitlines() if "WARNING" not in line and line.strip()]
    tail = "\n".join(errors[-run.LAST_LINES :]) or outcome.tail
    if "DO NOT MATCH THE HASHES" in said:
        hint = "The index serves another file than the one locked; do not use it, and find out why."
        return Fault("H003", f"a distribution differs from its lock: {tail}", hint=hint)
    if "No matching distribution" in said and "(from versions: none)" not in said:
        hint = "Run `phaseline release lock` to take versions that the index carries, and review."
        return Fault("H003", f"a locked version is not in the index: {tail}", hint=hint)
    hint = "Check the network and pip's index settings, then run the same command again."
    return Fault("H004", f"the download of Python distributions failed: {tail}", hint=hint)


def _mismatch(pin: Pin) -> Fault:
    hint = "Run `phaseline release lock` and review its difference."
    return Fault(
        "H003", f"no file of {normal(pin.name)} {pin.version} has a locked hash", hint=hint
    )

"""The archive of a release: every file hashed, one deterministic tar, an id made of the content."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable, kit
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run, scratch
from phaseline.hosts.releases.debian_archive import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = kit.load("odoo_release", "release")
FILES, MANIFEST, SBOM = PROGRAM.LIST, PROGRAM.MANIFEST, PROGRAM.SBOM
EPOCH = 315532800  # 1980-01-01: a date every tool accepts


@dataclass(frozen=True, slots=True)
class Stored:
    """A release on this machine: its archive, the archive's hash and its manifest."""

    id: str
    archive: Path
    manifest: dict[str, Any]

    @property
    def python(self) -> str:
        """The Python version it is made for."""
        return str(self.manifest["python"])


def list_files(tree: Path) -> str:
    """Return the list of a tree's files with their hashes, in the form `sha256sum -c` reads."""
    found = PROGRAM.hashes(tree, PROGRAM.file_names(tree))
    return "".join(f"{digest}  {name}\n" for name, digest in found.items())


def make_id(series: str, python: str, files: str, inputs: dict[str, Any]) -> str:
    """Return the id of a release: readable in front, the hash of content and inputs behind."""
    return str(PROGRAM.make_id(series, python, files, inputs))


def canonical(value: Any) -> str:
    """Return JSON text that is the same for the same value."""
    return str(PROGRAM.canonical(value))


def date(release: str) -> int:
    """Return the date of all files of a release, in Unix seconds, made of the id's last digits.

    Odoo tells versions of an asset by the dates of its files: they must be the same on every node,
    and others in another release, or its browsers would keep the assets of the one before.
    """
    return EPOCH + int(release[-7:], 16)


def write(tree: Path, archive: Path, when: int) -> str:
    """Write the tree as one tar and return its hash; owners, times and order never vary.

    Level 1 of gzip: the archive is half as big again as at level 6 and written four times faster.
    """
    with (
        durable.stream(archive) as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=1, mtime=0) as packed,
        io.BufferedWriter(packed, 1 << 20) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in sorted(_walk(tree), key=lambda one: one.relative_to(tree).parts):
            _add(tar, path, path.relative_to(tree).as_posix(), when)
    return sha256(archive)


def unpack(stored: Stored, releases: Path) -> Path:
    """Return the folder of an unpacked release, unpacking it first when it is not there."""
    goal = releases / stored.id
    if goal.is_dir():
        return goal
    check_archive(stored)
    with scratch.folder(releases, ".unpack-") as made:
        folder = made / "tree"
        folder.mkdir()
        options = ["--extract", "--gzip", "--no-same-owner", "--no-same-permissions"]
        done = run.run(["tar", *options, "--file", stored.archive, "--directory", folder])
        run.must_succeed(done, "H008", f"{stored.archive.name} could not be unpacked")
        folder.chmod(0o755)
        folder.rename(goal)
    return goal


def keep_unpacked(tree: Path, stored: Stored, releases: Path) -> Path:
    """Move the tree an archive was just written from to where `unpack` would unpack it."""
    goal, when = releases / stored.id, date(stored.id)
    if goal.is_dir():
        return goal
    for folder, _, files in os.walk(tree, topdown=False):
        for name in files:
            path = Path(folder) / name
            path.chmod(_mode(path.stat()))
            os.utime(path, (when, when))
        Path(folder).chmod(0o755)
        with contextlib.suppress(OSError):  # an archive holds files: no folder without any
            Path(folder).rmdir()
    tree.rename(goal)
    return goal


def check_archive(stored: Stored) -> None:
    """Raise a fault unless the archive has the hash it was stored under."""
    if not stored.archive.is_file() or sha256(stored.archive) != stored.manifest["archive_sha256"]:
        hint = "Run `phaseline release build` to build it again."
        message = f"{stored.archive} is missing or not as it was built"
        raise PhaselineError(Fault("H008", message, hint=hint))


def check_content(archive: Path) -> tuple[str, ...]:
    """Return what differs between an archive's files and its own list; nothing is unpacked."""
    found: dict[str, str] = {}
    papers: dict[str, str] = {}
    with tarfile.open(archive, mode="r|gz") as tar:
        for entry in tar:
            stream = tar.extractfile(entry)
            if stream is None:
                found[entry.name] = "not a file"
            elif entry.name in PROGRAM.PAPERS:
                papers[entry.name] = stream.read().decode()
            else:
                found[entry.name] = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return tuple(PROGRAM.differences(papers.get(FILES, ""), found, papers.get(MANIFEST, "{}")))


def check_tree(tree: Path) -> tuple[str, ...]:
    """Return what differs between a release's files and its own list and id, in sentences."""
    return tuple(PROGRAM.differences_of(tree))


def store(tree: Path, manifest: dict[str, Any], releases: Path) -> Stored:
    """Write archive and manifest of a finished tree under the release's id."""
    releases.mkdir(parents=True, exist_ok=True)
    archive = releases / f"{manifest['id']}.tar.gz"
    digest = write(tree, archive, date(manifest["id"]))
    kept = {**manifest, "archive_sha256": digest, "archive_bytes": archive.stat().st_size}
    put(releases / f"{manifest['id']}.json", canonical(kept))
    durable.write(releases / f"{manifest['id']}.sbom.json", (tree / SBOM).read_bytes())
    return Stored(manifest["id"], archive, kept)


def read(releases: Path, name: str) -> Stored:
    """Return a stored release by its id."""
    file = releases / f"{name}.json"
    if not file.is_file():
        known = ", ".join(names(releases)) or "none"
        hint = "Run `phaseline release build`."
        raise PhaselineError(
            Fault("H009", f"there is no release {name} here (here: {known})", hint=hint)
        )
    return Stored(name, releases / f"{name}.tar.gz", json.loads(file.read_text(encoding="utf-8")))


def names(releases: Path) -> tuple[str, ...]:
    """Return the ids of the releases on this machine, the newest last."""
    found = [f for f in releases.glob("odoo-*.json") if not f.name.endswith(".sbom.json")]
    return tuple(f.stem for f in sorted(found, key=lambda one: one.stat().st_mtime))


def put(file: Path, text: str) -> None:
    """Write a text and the folder it stands in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    durable.write(file, text)


def _walk(tree: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted(files):
            yield Path(folder) / name


def _add(tar: tarfile.TarFile, path: Path, name: str, when: int) -> None:
    state = path.stat()
    entry = tarfile.TarInfo(name)
    entry.size = state.st_size
    entry.mode = _mode(state)
    entry.mtime = when
    with path.open("rb") as stream:
        tar.addfile(entry, stream)


def _mode(state: os.stat_result) -> int:
    return 0o755 if state.st_mode & 0o100 else 0o644

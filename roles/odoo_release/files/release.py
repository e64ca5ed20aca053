"""Unpack, check and count releases of Odoo on a host; run with the standard library alone.

The kit loads this file for the id and the check of a release, and sends it along with `env verify`.

unpack ARCHIVE HOME   unpack beside HOME, check, prove, compile, rename; the archive goes
check HOME            compare every file with the release's own list
unused ROOT ID KEEP   print the folders that no tenant runs on and that are too old to keep
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CACHE = Path("/var/cache/odoo")
LIST, MANIFEST, SBOM = "files.sha256", "manifest.json", "sbom.json"
PAPERS = (LIST, MANIFEST, SBOM)
PLAIN = (stat.S_IFREG, stat.S_IFDIR)
PAGE = "<html><body><p>Page</p></body></html>"


def unpack(archive: str, goal: str) -> None:
    """Leave the release in its place, or nothing."""
    home = Path(goal)
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=home.parent) as name:
        tree = Path(name) / home.name
        tree.mkdir()
        tree.chmod(0o755)
        with tarfile.open(archive, mode="r|gz") as tar:
            for entry in tar:
                lay(tar, entry, tree)
        check(str(tree))
        prove(tree)
        tree.rename(home)
    compile_ahead(home)
    Path(archive).unlink()


def lay(tar: tarfile.TarFile, entry: tarfile.TarInfo, tree: Path) -> None:
    """Write one file of the archive; a release holds nothing but plain files below its folder."""
    path = tree / entry.name
    stream = tar.extractfile(entry) if entry.isreg() else None
    if stream is None or entry.name.startswith("/") or ".." in path.parts:
        sys.exit(f"{entry.name} does not belong into a release")
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.write_bytes(stream.read())
    path.chmod(0o755 if entry.mode & 0o100 else 0o644)
    os.utime(path, (entry.mtime, entry.mtime))  # Odoo makes the addresses of assets out of it


def check(folder: str) -> None:
    """End with the differences between a release's files and its own list, if there are any."""
    wrong = differences_of(Path(folder))
    if wrong:
        sys.exit(f"{len(wrong)} files are not as released: {', '.join(wrong[:20])}")


def differences_of(tree: Path) -> list[str]:
    """Return what differs between a release's files and its own list and id, in sentences."""
    found = {**hashes(tree, file_names(tree)), **dict.fromkeys(strange_names(tree), "not a file")}
    listed, manifest = ((tree / one).read_text(encoding="utf-8") for one in (LIST, MANIFEST))
    return differences(listed, found, manifest)


def differences(listed: str, found: dict[str, str], manifest: str) -> list[str]:
    """Return what differs between a release's papers and the hashes of its files."""
    wrong = compare(read_list(listed), found)
    paper = json.loads(manifest)
    made = make_id(
        str(paper.get("series")), str(paper.get("python")), listed, paper.get("inputs", {})
    )
    if made != paper.get("id"):
        wrong.append(f"its content makes the id {made}, it says {paper.get('id')}")
    return wrong


def compare(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    """Return which files are missing, of no release, or changed."""
    wrong = [f"{name} is missing" for name in sorted(wanted.keys() - found.keys())]
    wrong += [f"{name} is not of this release" for name in sorted(found.keys() - wanted.keys())]
    both = sorted(wanted.keys() & found.keys())
    return wrong + [f"{name} has changed" for name in both if wanted[name] != found[name]]


def read_list(text: str) -> dict[str, str]:
    """Return the hash of each file of a list, in the form `sha256sum` writes."""
    return {line[66:]: line[:64] for line in text.splitlines()}


def file_names(tree: Path) -> list[str]:
    """Return every file below a folder but the release's papers, always in the same order."""
    names = []
    for place, folders, files in os.walk(tree):
        folders.sort()
        names += [os.path.relpath(os.path.join(place, one), tree) for one in sorted(files)]
    return [name for name in names if name not in PAPERS]


def strange_names(tree: Path) -> list[str]:
    """Return what is below a folder and neither file nor folder: links, pipes, sockets, devices."""
    paths = (Path(place) / one for place, dirs, files in os.walk(tree) for one in dirs + files)
    kinds = ((one, stat.S_IFMT(one.lstat().st_mode)) for one in paths)
    return [os.path.relpath(one, tree) for one, kind in kinds if kind not in PLAIN]


def hashes(tree: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the hash of each of these files that is there."""
    return {name: hash_file(tree / name) for name in names if (tree / name).is_file()}


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def make_id(series: str, python: str, files: str, inputs: dict[str, Any]) -> str:
    """Return the id of a release: readable in front, the hash of content and inputs behind."""
    return f"odoo-{series}-py{python.replace('.', '')}-{digest(files, inputs)}"


def digest(files: str, inputs: dict[str, Any]) -> str:
    """Return the last part of an id, made of the list of files and of what the build took."""
    made = hashlib.sha256(files.encode())
    made.update(canonical(inputs).encode())
    return made.hexdigest()[:16]


def canonical(value: Any) -> str:
    """Return JSON text that is the same for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def prove(tree: Path) -> None:
    """Start Odoo and wkhtmltopdf of the release once."""
    quiet = {"PATH": os.defpath, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([tree / "bin/odoo", "--version"], env=quiet, check=True, capture_output=True)
    done = subprocess.run(
        [tree / "bin/wkhtmltopdf", "--quiet", "-", "-"],
        input=PAGE.encode(), env=quiet, check=True, capture_output=True,
    )  # fmt: skip
    if not done.stdout.startswith(b"%PDF"):
        sys.exit("wkhtmltopdf of the release printed no PDF")


def compile_ahead(home: Path) -> None:
    """Compile the release and the standard library into the cache that all tenants read.

    A tenant may not write there, and without it each of its processes would compile anew.
    """
    standard = Path(os.__file__).parent
    # Rarely used: compiled by whoever imports them.
    skipped = "/(tests?|idlelib|turtledemo|lib2to3|(l10n|test|pos|hw|payment)_[a-z0-9_]+)/"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "compileall", "-q", "-q", "-j", "0", "-x", skipped,
         home / "server", home / "python", standard],
        env={"PATH": os.defpath, "PYTHONPYCACHEPREFIX": str(CACHE)},
        check=False, capture_output=True,
    )  # fmt: skip


def unused(root: str, wanted: str, keep: str) -> None:
    """Print what can go: a release's folder and what was compiled of it."""
    releases = Path(root) / "releases"
    used = {link.resolve().name for link in (Path(root) / "tenants").glob("*")} | {wanted}
    there = [one for one in releases.glob("odoo-*") if one.is_dir() and one.name not in used]
    there.sort(key=lambda one: one.stat().st_ctime, reverse=True)
    old = there[max(0, int(keep) - 1) :]
    hour_ago = time.time() - 3600
    broken = [one for one in releases.glob(".unpack-*") if one.stat().st_mtime < hour_ago]
    for one in old:
        compiled = CACHE / str(one).lstrip("/")
        if compiled.is_dir():
            print(compiled)
        print(one)
    for one in broken:
        print(one)


if __name__ == "__main__":
    os.umask(0o022)
    verbs: dict[str, Callable[..., None]] = {"unpack": unpack, "check": check, "unused": unused}
    verbs[sys.argv[1]](*sys.argv[2:])

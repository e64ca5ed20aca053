"""Unpack, check and count releases of Odoo on a host; run with the standard library alone.

unpack ARCHIVE HOME   unpack beside HOME, check, prove, compile, rename; the archive goes
check HOME            compare every file with the release's own list
unused ROOT ID KEEP   print the folders that no tenant runs on and that are too old to keep
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

CACHE = Path("/var/cache/odoo")
PAPERS = {"files.sha256", "manifest.json", "sbom.json"}
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
    tree = Path(folder)
    hashed = subprocess.run(
        ["/usr/bin/sha256sum", "--check", "--quiet", "--strict", "files.sha256"],
        cwd=tree, check=False, capture_output=True, text=True,
    )  # fmt: skip
    wrong = hashed.stdout.splitlines() if hashed.returncode else []
    lines = (tree / "files.sha256").read_text(encoding="utf-8").splitlines()
    listed = {line[66:] for line in lines} | PAPERS
    for place, folders, files in os.walk(tree):
        names = files + [one for one in folders if (Path(place) / one).is_symlink()]
        found = (os.path.relpath(f"{place}/{one}", tree) for one in names)
        wrong += [f"{one} is not of this release" for one in found if one not in listed]
    if wrong or hashed.returncode:
        said = ", ".join(sorted(wrong)[:20]) or hashed.stderr
        sys.exit(f"{len(wrong)} files are not as released: {said}")


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
    {"unpack": unpack, "check": check, "unused": unused}[sys.argv[1]](*sys.argv[2:])

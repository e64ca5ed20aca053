"""Odoo's own source tree, from a Debian package, a git commit or a folder."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run
from phaseline.hosts.releases.debian_archive import sha256

if TYPE_CHECKING:
    from phaseline.core.release import OdooSource

COMMIT = re.compile(r"^[0-9a-f]{40}$")
SERIES = re.compile(r"^version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", re.MULTILINE)
SKIPPED = ("__pycache__", ".git", ".github", ".tx", "*.pyc")


@dataclass(frozen=True, slots=True)
class Missing:
    """Links of a tree whose targets are nowhere, by their path."""

    paths: tuple[str, ...]


def from_debian(package: Path, assets: list[Path], into: Path, scratch: Path) -> Missing:
    """Put the package's `odoo` folder in place, each link replaced by the file it leads to.

    The link targets come out of `assets`, the packages that the distribution would install too.
    """
    root = scratch / "root"
    for file in [package, *assets]:
        says = f"{file.name} could not be unpacked"
        run.must_succeed(run.run(["dpkg-deb", "-x", file, root]), "H007", says)
    tree = root / "usr/lib/python3/dist-packages/odoo"
    missing = _materialise(tree, root)
    into.mkdir(parents=True, exist_ok=True)
    tree.rename(into / "odoo")
    return missing


def from_git(source: OdooSource, into: Path, cache: Path) -> Missing:
    """Put the tree of a commit in place; the commit's own hash vouches for its content."""
    if not COMMIT.match(source.commit):
        hint = "Write the full hash of a commit: a branch or a tag would not stay the same."
        raise PhaselineError(Fault("H001", f"{source.commit} is not a commit", hint=hint))
    git = run.lookup("git", "git")
    store = cache / hashlib.sha256(source.repository.encode()).hexdigest()[:16]
    env = run.clean_environment(GIT_TERMINAL_PROMPT="0", HOME=str(cache))
    if not store.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        done = run.run([git, "init", "--quiet", "--bare", str(store)], env=env)
        run.must_succeed(done, "H007", "no git store could be made")
    _get_commit(git, store, source, env)
    archive = into.parent / "git.tar"
    done = run.run([git, "-C", str(store), "archive", "-o", str(archive), source.commit], env=env)
    run.must_succeed(done, "H006", f"commit {source.commit[:12]} could not be read")
    into.mkdir(parents=True, exist_ok=True)
    done = run.run(["tar", "--extract", "--file", archive, "--directory", into])
    run.must_succeed(done, "H007", "the tree of the commit could not be unpacked")
    archive.unlink()
    return _only_odoo(into)


def from_path(folder: Path, into: Path) -> Missing:
    """Copy a checkout into place, without its version control and compiled files."""
    for part in _parts(folder):
        ignored = shutil.ignore_patterns(*SKIPPED)
        shutil.copytree(part, into / part.name, symlinks=True, ignore=ignored)
    return _only_odoo(into)


def fingerprint(folder: Path) -> str:
    """Return the hash of all that `from_path` would copy; where the folder lies does not matter."""
    digest = hashlib.sha256()
    for part in _parts(folder):
        for where, folders, files in os.walk(part):
            folders[:] = sorted(one for one in folders if one not in SKIPPED)
            for name in sorted(
                [*files, *(one for one in folders if (Path(where) / one).is_symlink())]
            ):
                path = Path(where) / name
                if path.suffix != ".pyc":
                    content = str(path.readlink()) if path.is_symlink() else sha256(path)
                    digest.update(f"{path.relative_to(folder)}\0{content}\0".encode())
    return digest.hexdigest()


def _parts(folder: Path) -> list[Path]:
    if not (folder / "odoo").is_dir():
        raise PhaselineError(_not_odoo(f"{folder} holds no odoo folder"))
    return [folder / name for name in ("addons", "odoo") if (folder / name).is_dir()]


def check_series(tree: Path, series: str) -> None:
    """Raise a fault unless the tree is an Odoo of the asked series."""
    file = tree / "odoo/release.py"
    found = SERIES.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    if found is None:
        raise PhaselineError(_not_odoo("the source has no odoo/release.py that names a version"))
    if f"{found[1]}.{found[2]}" != series:
        message = f"the source is Odoo {found[1]}.{found[2]}, the recipe asks for {series}"
        raise PhaselineError(_not_odoo(message))


def _get_commit(git: str, store: Path, source: OdooSource, env: dict[str, str]) -> None:
    have = [git, "-C", str(store), "cat-file", "-e", f"{source.commit}^{{commit}}"]
    if run.run(have, env=env).status == 0:
        return
    fetch = [git, "-C", str(store), "fetch", "--quiet", "--no-tags"]
    shallow = [*fetch, "--depth", "1", source.repository, source.commit]
    if run.run(shallow, env=env, timeout=1800).status == 0:
        return
    # A server may refuse single commits: take its branches then.
    whole = [*fetch, source.repository, "+refs/heads/*:refs/heads/*"]
    hint = "Check the repository's address and the network, then run the same command again."
    done = run.run(whole, env=env, timeout=3600)
    run.must_succeed(done, "H004", f"{source.repository} could not be fetched", hint)
    if run.run(have, env=env).status != 0:
        message = f"{source.repository} has no commit {source.commit[:12]}"
        raise PhaselineError(Fault("H006", message, hint="Check the commit in the recipe."))


def _only_odoo(tree: Path) -> Missing:
    for child in tree.iterdir():
        if child.name in {"odoo", "addons"}:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()
    return _materialise(tree, tree)


def _materialise(tree: Path, root: Path) -> Missing:
    missing = []
    for link in sorted(path for path in tree.rglob("*") if path.is_symlink()):
        target = _target(link, root)
        link.unlink()
        if target is None:
            missing.append(link.relative_to(tree).as_posix())
        elif target.is_dir():
            shutil.copytree(target, link)
        else:
            shutil.copyfile(target, link)
    return Missing(tuple(missing))


def _target(link: Path, root: Path) -> Path | None:
    """Return the file a link leads to inside `root`, following links there; None when outside."""
    found = link
    for _ in range(20):
        goal = Path(found.readlink())
        found = root / goal.relative_to("/") if goal.is_absolute() else found.parent / goal
        found = Path(os.path.normpath(found))
        if not found.is_relative_to(root):
            return None
        if not found.is_symlink():
            return found if found.exists() else None
    return None


def _not_odoo(message: str) -> Fault:
    hint = "Point `odoo:` of release.yml at a checkout or commit of Odoo."
    return Fault("H006", message, hint=hint)

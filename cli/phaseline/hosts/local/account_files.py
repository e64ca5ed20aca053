"""Files in folders that belong to the sandbox's account, changed only as that account.

A caller that is root never writes there itself: the account could have laid a link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phaseline.hosts.local import run

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.local.account import Account


def write(account: Account, file: Path, text: str) -> None:
    """Write a text."""
    _do(account, f"{file} could not be written", "tee", file, send=text)


def move(account: Account, old: Path, new: Path) -> None:
    """Rename a file or folder; the new name must be free."""
    _do(account, f"{new} could not be put in place", "mv", "--no-target-directory", old, new)


def make(account: Account, *folders: Path) -> None:
    """Make folders with their parents."""
    _do(account, f"{folders[0]} could not be made", "mkdir", "--mode=700", "--parents", *folders)


def copy(account: Account, source: Path, goal: Path) -> None:
    """Copy a folder, as a clone of its blocks where the file system can do that."""
    options = ("--archive", "--reflink=auto", "--no-target-directory")
    _do(account, f"{source} could not be copied", "cp", *options, source, goal)


def link(account: Account, source: Path, goal: Path) -> None:
    """Make a folder whose files are hard links to another's: for files that never change."""
    options = ("--archive", "--link", "--no-target-directory")
    _do(account, f"{source} could not be linked", "cp", *options, source, goal)


def remove(account: Account, *paths: Path) -> None:
    """Remove files and folders; what is not there is fine."""
    _do(account, f"{paths[0]} could not be removed", "rm", "--recursive", "--force", *paths)


def exists(account: Account, path: Path) -> bool:
    """Return whether the account sees a file or folder there."""
    return run.run(["test", "-e", path], account=account).status == 0


def _do(account: Account, says: str, *words: str | Path, send: str | None = None) -> None:
    done = run.run([*words], account=account, cwd=None, send=send, timeout=1800)
    run.must_succeed(done, "H017", says, "Check the free space and the rights of the folder.")

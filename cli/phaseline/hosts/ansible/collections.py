"""The Ansible collections that roles need, taken by hash out of one wheel of the package index.

`requirements.yml` names the same versions for those who use Ansible Galaxy. The wheel `ansible`
holds a hundred collections and 547 MB; the few we use are 16 MB.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import zipfile
from pathlib import Path, PurePosixPath

from phaseline.core.release import Pin
from phaseline.hosts.local import scratch
from phaseline.hosts.releases import wheels

WHEEL = Pin(
    "ansible",
    "12.3.0",
    ("sha256:cd156f82fa87f7a899212b0efa9f7ca3a24d609212de9f78428a572eb01e5414",),
)
COLLECTIONS = {
    "amazon.aws": "10.1.2",
    "ansible.posix": "2.1.0",
    "community.crypto": "3.0.5",
    "hetzner.hcloud": "5.4.0",
}
LEFT_OUT = {"tests", "docs", "changelogs", ".github", ".azure-pipelines"}


def ensure(cache: Path) -> Path:
    """Return the folder for ANSIBLE_COLLECTIONS_PATH; it is filled at its first use."""
    text = f"{WHEEL.hashes[0]} {sorted(COLLECTIONS)}"
    home = cache / "collections"
    there = home / hashlib.sha256(text.encode()).hexdigest()[:16]
    if not there.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        wheel = wheels.fetch([WHEEL], python, cache / "wheels")[WHEEL]
        with scratch.folder(home, ".making-") as made:
            _unpack(wheel, made / "whole")
            try:
                (made / "whole").rename(there)
            except OSError:
                if not there.is_dir():  # another run was first: its folder is the same
                    raise
    return there


def _unpack(wheel: Path, into: Path) -> None:
    wanted = {tuple(name.split(".")) for name in COLLECTIONS}
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename).parts
            if len(parts) < 4 or parts[0] != "ansible_collections":  # noqa: PLR2004
                continue
            if entry.is_dir() or ".." in parts or parts[3] in LEFT_OUT or parts[1:3] not in wanted:
                continue
            goal = into.joinpath(*parts)
            goal.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, goal.open("wb") as sink:
                shutil.copyfileobj(source, sink)
    # people and accounts of this machine may read it, whoever made it
    for folder, _, _ in os.walk(into):
        Path(folder).chmod(0o755)

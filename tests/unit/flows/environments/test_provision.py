"""What provisioning asks of this machine before it sends anything."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from phaseline.flows.environments import provision
from phaseline.flows.machines import release

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NAME = "odoo-19.0-py313-0123456789abcdef"


def test_a_release_whose_archive_was_changed_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASELINE_CACHE_HOME", str(tmp_path))
    folder = release.releases_dir()
    folder.mkdir(parents=True)
    assert not provision.has(NAME)
    archive = folder / f"{NAME}.tar.gz"
    archive.write_bytes(b"as built")
    paper = {"id": NAME, "archive_sha256": hashlib.sha256(b"as built").hexdigest()}
    (folder / f"{NAME}.json").write_text(json.dumps(paper))
    assert provision.has(NAME)
    archive.write_bytes(b"as somebody else would have it")
    assert not provision.has(NAME)

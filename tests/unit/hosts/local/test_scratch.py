"""Folders of unfinished work: they go with their makers, and nobody takes another's."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from phaseline.hosts.local import scratch

if TYPE_CHECKING:
    from pathlib import Path

MAKER = """
import sys
from pathlib import Path
from phaseline.hosts.local import scratch
with scratch.folder(Path(sys.argv[1]), ".work-") as made:
    (made / "file").write_text("half", encoding="utf-8")
    print(made.name, flush=True)
    sys.stdin.read()
"""


def test_a_folder_goes_at_the_end_and_after_a_fault(tmp_path: Path) -> None:
    parent = tmp_path / "new"
    with scratch.folder(parent, ".work-") as made:
        (made / "file").write_text("half", encoding="utf-8")
        assert made.parent == parent
    with pytest.raises(KeyError), scratch.folder(parent, ".work-"):
        raise KeyError
    assert list(parent.iterdir()) == []


def test_what_a_killed_maker_left_goes_and_a_living_ones_stays(tmp_path: Path) -> None:
    other = tmp_path / ".else-1"
    other.mkdir()
    program = [sys.executable, "-c", MAKER, str(tmp_path)]
    with subprocess.Popen(program, stdin=-1, stdout=-1, text=True) as maker:
        assert maker.stdout is not None
        its = tmp_path / maker.stdout.readline().strip()
        with scratch.folder(tmp_path, ".work-") as ours:
            assert sorted(tmp_path.iterdir()) == sorted([its, ours, other])
        maker.kill()
    assert (its / "file").is_file()
    with scratch.folder(tmp_path, ".work-") as ours:
        assert sorted(tmp_path.iterdir()) == sorted([ours, other])

"""The one atomic write, the one lock and the one check of a file's rights."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from phaseline import durable
from unit import interrupted_writes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD = "old content\n"
NEW = "new content, which is longer than the old one\n" * 20

HOLD = """
import sys, time
from pathlib import Path
from phaseline import durable
with durable.lock(Path(sys.argv[1]), "a long piece of work"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("end", interrupted_writes.ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("before", [None, OLD], ids=["a new file", "a file that was there"])
def test_an_interrupted_write_leaves_what_was_there(
    tmp_path: Path, end: Callable[..., None], before: str | None
) -> None:
    path = tmp_path / "file.txt"
    if before:
        durable.write(path, before)
    status = interrupted_writes.run(lambda: end(lambda: durable.write(path, NEW)))
    assert status in (-signal.SIGKILL, interrupted_writes.FAILED)
    assert (path.read_text() if path.exists() else None) == before


def test_a_write_that_fails_leaves_no_second_name(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    durable.write(path, OLD)
    full = interrupted_writes.with_a_disk_that_fills_up
    interrupted_writes.run(lambda: full(lambda: durable.write(path, NEW)))
    assert names(tmp_path) == ["file.txt"]


def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    end = interrupted_writes.killed_before_the_rename
    interrupted_writes.run(lambda: end(lambda: durable.write(path, NEW)))
    assert len(names(tmp_path)) == 1
    durable.write(path, OLD)
    assert names(tmp_path) == ["file.txt"]


def test_the_part_of_a_writer_that_lives_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    with durable.stream(path) as slow:
        slow.write(b"slow\n")
        durable.write(path, "quick\n")
    assert (names(tmp_path), path.read_text()) == (["file.txt"], "slow\n")


def test_a_full_disk_names_the_file_and_not_its_part(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    with pytest.raises(OSError, match="No space") as caught, durable.stream(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert caught.value.filename == str(path)


def test_a_folder_that_is_not_there_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "file.txt"
    with pytest.raises(FileNotFoundError) as caught:
        durable.write(path, OLD)
    assert caught.value.filename == str(path)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_mode_that_is_asked_for_holds_under_every_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        durable.write(tmp_path / "secret", OLD, 0o600)
        durable.write(tmp_path / "public", OLD, 0o644)
        durable.write(tmp_path / "any", OLD)
    finally:
        os.umask(before)
    modes = [mode(tmp_path / name) for name in ("secret", "public", "any")]
    assert modes == [0o600, 0o644, 0o666 & ~umask]


def test_a_file_keeps_the_rights_somebody_gave_it(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    durable.write(path, OLD)
    path.chmod(0o640)
    durable.write(path, NEW)
    assert mode(path) == 0o640


def test_content_is_never_to_be_read_with_wider_rights(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    durable.write(path, OLD, 0o644)
    with durable.stream(path, 0o600) as file:
        part = next(one for one in tmp_path.iterdir() if one.name.startswith("."))
        assert mode(part) == 0o600
        file.write(b"secret")
    assert mode(path) == 0o600


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a device"])
def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "there"
    {
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "link to a device": lambda: path.symlink_to("/dev/null"),
    }[kind]()
    with pytest.raises(OSError, match="not an ordinary file"):
        durable.write(path, NEW)
    assert not path.is_file()


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    goal, link = tmp_path / "goal", tmp_path / "link"
    goal.write_text(OLD)
    link.symlink_to(goal)
    durable.write(link, NEW)
    assert (goal.read_text(), link.read_text(), link.is_symlink()) == (OLD, NEW, False)


def _write_often(path: Path, letter: str) -> None:
    for _ in range(10):
        durable.write(path, letter * 5000)


def test_writers_at_once_leave_the_whole_content_of_one(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_often, args=(path, letter)) for letter in "abc"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [one.exitcode for one in writers] == [0, 0, 0]
    assert path.read_text() in {letter * 5000 for letter in "abc"}
    assert names(tmp_path) == ["file.txt"]


def test_of_several_that_make_a_file_at_once_the_first_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "key"
    context = multiprocessing.get_context("fork")
    queue = context.Queue()

    def work(letter: str) -> None:
        durable.write_once(path, lambda: letter, 0o600)
        queue.put(path.read_text())

    makers = [context.Process(target=work, args=(letter,)) for letter in "abcdef"]
    for one in makers:
        one.start()
    read = {queue.get(timeout=60) for _ in makers}
    for one in makers:
        one.join()
    assert read == {path.read_text()}
    assert mode(path) == 0o600


def hold(path: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path), str(seconds)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_lock_that_is_held_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with hold(path, 30) as holder:
        with pytest.raises(durable.HeldError) as caught, durable.lock(path, "mine", wait=0):
            pass
        holder.kill()
    assert caught.value.holder == f"a long piece of work (process {holder.pid})"


def test_a_lock_goes_with_the_process_that_held_it(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with hold(path, 30) as holder:
        holder.kill()
    with durable.lock(path, "mine", wait=0):
        assert path.read_text() == f"mine (process {os.getpid()})\n"
    assert path.read_text() == ""


@pytest.mark.parametrize("wait", [None, 20.0])
def test_a_lock_waits_and_tells_once_for_whom(tmp_path: Path, wait: float | None) -> None:
    path, heard = tmp_path / ".lock", list[str]()
    with hold(path, 0.5) as holder, durable.lock(path, "mine", wait, heard.append):
        assert heard == [f"a long piece of work (process {holder.pid})"]


def test_a_wait_for_a_lock_ends_in_time(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with hold(path, 30) as holder:
        began = time.monotonic()
        with pytest.raises(durable.HeldError), durable.lock(path, "mine", wait=0.3):
            pass
        assert 0.3 <= time.monotonic() - began < 10
        holder.kill()


def test_a_folder_is_held_as_a_file_is(tmp_path: Path) -> None:
    with (
        durable.lock_folder(tmp_path),
        pytest.raises(durable.HeldError),
        durable.lock_folder(tmp_path, wait=0),
    ):
        pass


def test_a_folder_that_is_gone_is_not_made_by_holding_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), durable.lock_folder(tmp_path / "gone", wait=0):
        pass
    assert names(tmp_path) == []


def test_a_lock_file_that_was_removed_is_not_held_by_two(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with durable.lock(path, "first"):
        path.unlink()
        with (
            durable.lock(path, "second", wait=0),
            pytest.raises(durable.HeldError, match="second"),
            durable.lock(path, "third", wait=0),
        ):
            pass


def test_a_lock_empties_no_file_that_a_link_leads_to(tmp_path: Path) -> None:
    goal = tmp_path / "goal"
    goal.write_text(OLD)
    (tmp_path / ".lock").symlink_to(goal)
    with pytest.raises(OSError, match="symbolic link"), durable.lock(tmp_path / ".lock", "mine"):
        pass
    assert goal.read_text() == OLD


def test_a_full_disk_takes_no_lock_away(tmp_path: Path) -> None:
    def work() -> None:
        with durable.lock(tmp_path / ".lock", "mine", wait=0):
            pass

    full = interrupted_writes.with_a_full_disk
    assert interrupted_writes.run(lambda: full(work)) == 0


@pytest.mark.parametrize(
    ("rights", "others"), [(0o600, False), (0o400, False), (0o640, True), (0o601, True)]
)
def test_rights_of_group_and_others_are_seen(tmp_path: Path, rights: int, others: bool) -> None:
    path = tmp_path / "file"
    durable.write(path, OLD, rights)
    assert durable.open_to_others(path) is others

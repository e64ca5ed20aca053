"""The journal: every edit, deletion and cut is found, a crash while writing is none of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from phaseline.files import journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    for number in range(4):
        artifact = journal.store(tmp_path, {"number": number})
        journal.append(tmp_path, "plan", "testing", {"number": number, "artifact": artifact})
    return tmp_path


def lines(folder: Path) -> list[str]:
    return (folder / "journal" / "journal.jsonl").read_text().splitlines()


def rewrite(folder: Path, text: list[str]) -> None:
    (folder / "journal" / "journal.jsonl").write_text("".join(f"{line}\n" for line in text))


def codes(folder: Path) -> set[str]:
    return {fault.code for fault in journal.check(folder)}


def test_a_whole_journal_has_no_faults(kept: Path) -> None:
    assert journal.check(kept) == ()
    assert [entry.seq for entry in journal.read(kept)] == [1, 2, 3, 4]


def test_an_empty_journal_has_no_faults(tmp_path: Path) -> None:
    assert journal.check(tmp_path) == ()
    assert journal.read(tmp_path) == ()


@pytest.mark.parametrize("number", range(4))
def test_an_edited_entry_is_found(kept: Path, number: int) -> None:
    text = lines(kept)
    body = json.loads(text[number])
    body["who"] = "somebody else"
    text[number] = json.dumps(body)
    rewrite(kept, text)
    assert "J001" in codes(kept)


@pytest.mark.parametrize("number", range(4))
def test_a_deleted_entry_is_found(kept: Path, number: int) -> None:
    text = lines(kept)
    del text[number]
    rewrite(kept, text)
    assert "J002" in codes(kept)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_cut_is_found(kept: Path, left: int) -> None:
    rewrite(kept, lines(kept)[:left])
    assert "J002" in codes(kept)


def test_entries_in_another_order_are_found(kept: Path) -> None:
    text = lines(kept)
    rewrite(kept, [text[0], text[2], text[1], text[3]])
    assert "J002" in codes(kept)


def test_a_missing_head_is_found(kept: Path) -> None:
    (kept / "journal" / "head").unlink()
    assert codes(kept) == {"J002"}


def test_an_edited_artifact_is_found(kept: Path) -> None:
    next((kept / "journal" / "artifacts").iterdir()).write_text("{}")
    assert codes(kept) == {"J003"}


def test_a_deleted_artifact_is_found(kept: Path) -> None:
    next((kept / "journal" / "artifacts").iterdir()).unlink()
    assert codes(kept) == {"J003"}


def test_a_torn_line_is_told_left_out_and_mended_by_the_next(kept: Path) -> None:
    path = kept / "journal" / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"seq": 5, "ha')
    assert codes(kept) == {"J004"}
    assert len(journal.read(kept)) == 4
    journal.append(kept, "plan", "testing", {})
    assert journal.check(kept) == ()
    assert len(journal.read(kept)) == 5


def test_a_crash_between_line_and_head_is_no_cut(kept: Path) -> None:
    head = (kept / "journal" / "head").read_text()
    journal.append(kept, "plan", "testing", {})
    (kept / "journal" / "head").write_text(head)
    assert journal.check(kept) == ()


def test_text_of_any_script_survives(tmp_path: Path) -> None:
    journal.append(tmp_path, "sign", "testing", {"person": "Zoë \u2028 Ωmega"})
    assert journal.read(tmp_path)[0].payload["person"] == "Zoë \u2028 Ωmega"
    assert journal.check(tmp_path) == ()


def test_an_account_without_a_name_is_told_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])
    assert journal.append(tmp_path, "plan", "testing", {}).who.startswith("user ")

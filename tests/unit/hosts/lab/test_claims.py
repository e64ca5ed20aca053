"""Numbers of labs are claimed and given back, the machine's settings with the last of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.hosts.lab import claims

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two settings of a machine: one that is too low for labs and one that is not."""
    low, high = tmp_path / "low", tmp_path / "high"
    low.write_text("0\n")
    high.write_text("9\n")
    monkeypatch.setattr(claims, "CLAIMS", tmp_path / "labs")
    monkeypatch.setattr(claims, "SETTINGS", {low: 1, high: 2})
    return low, high


def home(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def claim(folder: Path, wiped: list[int] | None = None) -> int:
    return claims.claim(folder, (wiped if wiped is not None else []).append)


def test_two_labs_have_two_numbers_and_keep_them(
    tmp_path: Path, settings: tuple[Path, Path]
) -> None:
    one, two = home(tmp_path, "one"), home(tmp_path, "two")
    first, second = claim(one), claim(two)
    assert first != second
    assert (claim(one), claim(two)) == (first, second)
    assert claims.number(two) == second


def test_settings_are_put_back_with_the_last_lab_only(
    tmp_path: Path, settings: tuple[Path, Path]
) -> None:
    low, high = settings
    first, second = claim(home(tmp_path, "one")), claim(home(tmp_path, "two"))
    assert (low.read_text(), high.read_text()) == ("1\n", "9\n")
    claims.release(first)
    assert low.read_text() == "1\n"
    claims.release(second)
    assert (low.read_text(), high.read_text()) == ("0\n", "9\n")


def test_a_run_killed_before_it_raised_a_setting_still_knows_what_it_was(
    tmp_path: Path, settings: tuple[Path, Path]
) -> None:
    low, _ = settings
    one = home(tmp_path, "one")
    claim(one)
    low.write_text("0\n")  # as if the machine had been killed between writing down and raising
    number = claim(one)
    assert low.read_text() == "1\n"
    claims.release(number)
    assert low.read_text() == "0\n"


def test_a_lab_whose_folder_was_deleted_is_wiped_by_the_next(
    tmp_path: Path, settings: tuple[Path, Path]
) -> None:
    lost = home(tmp_path, "lost")
    number = claim(lost)
    lost.rmdir()
    wiped: list[int] = []
    assert claim(home(tmp_path, "next"), wiped) == number
    assert wiped == [number]


def test_releasing_what_is_not_claimed_is_fine(tmp_path: Path, settings: tuple[Path, Path]) -> None:
    claims.release(7)
    assert claims.number(tmp_path) is None

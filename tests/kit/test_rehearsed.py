"""What is rehearsed is about one feature each, covers what is there, and its record can be read."""

from __future__ import annotations

import datetime as dt

import pytest

import rehearsal
import schedule

FILES = rehearsal.files()


@pytest.mark.parametrize("file", FILES)
def test_a_rehearsed_file_is_about_one_known_feature(file: str) -> None:
    assert FILES[file] in schedule.FEATURES


def test_no_feature_is_without_tests_and_each_covers_what_is_there() -> None:
    assert set(FILES.values()) == set(schedule.FEATURES)
    assert all(rehearsal.covers("tests/schedule.py", one) for one in schedule.FEATURES)


def test_the_record_names_files_that_are_rehearsed() -> None:
    for file, row in rehearsal.rows().items():
        assert FILES.get(file) == row.feature
        assert row.outcome in {"passed", "failed"}
        assert dt.date.fromisoformat(row.date)
        assert row.seconds >= 0
        assert row.commit

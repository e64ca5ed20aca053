"""The signing key: made whole or not at all, and for its owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import signing

if TYPE_CHECKING:
    from pathlib import Path

BODY = dict.fromkeys(signing.SIGNED, "x")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = signing.sign(tmp_path / "state", BODY)
    assert signing.sign(tmp_path / "state", BODY) == first
    assert (tmp_path / "state" / "signing.key").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in (tmp_path / "state").iterdir()] == ["signing.key"]


def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path) -> None:
    signing.sign(tmp_path, BODY)
    (tmp_path / "signing.key").chmod(0o644)
    with pytest.raises(PhaselineError) as caught:
        signing.sign(tmp_path, BODY)
    assert caught.value.faults[0].code == "C006"

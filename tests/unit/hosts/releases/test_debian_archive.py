"""Packages come only out of an archive whose signature verifies, and only as they are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.hosts.releases import debian_archive
from phaseline.hosts.releases.debian_archive import KEYRING, Archive

if TYPE_CHECKING:
    from pathlib import Path

    from unit.hosts.releases.conftest import SignedArchive


def code(stopped: pytest.ExceptionInfo[PhaselineError]) -> str:
    return stopped.value.faults[0].code


def test_a_package_of_a_known_signer_is_fetched(signed: SignedArchive, tmp_path: Path) -> None:
    archive = Archive(signed.mirror, signed.keyring)
    files = debian_archive.fetch(archive, [signed.pin()], tmp_path / "debs")
    assert files["tiny"].read_bytes() == signed.package.read_bytes()


def test_a_cached_package_needs_no_mirror(signed: SignedArchive, tmp_path: Path) -> None:
    pin = signed.pin()
    debian_archive.fetch(Archive(signed.mirror, signed.keyring), [pin], tmp_path / "debs")
    nowhere = Archive("http://127.0.0.1:9/debian", signed.keyring)
    assert debian_archive.fetch(nowhere, [pin], tmp_path / "debs")["tiny"].is_file()


def test_a_package_damaged_in_the_cache_is_fetched_again(
    signed: SignedArchive, tmp_path: Path
) -> None:
    archive, pin = Archive(signed.mirror, signed.keyring), signed.pin()
    file = debian_archive.fetch(archive, [pin], tmp_path / "debs")["tiny"]
    file.write_bytes(b"half of it")
    again = debian_archive.fetch(archive, [pin], tmp_path / "debs")["tiny"]
    assert again.read_bytes() == signed.package.read_bytes()


def test_an_unknown_signer_is_refused(signed: SignedArchive, tmp_path: Path) -> None:
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(Archive(signed.mirror, KEYRING), [signed.pin()], tmp_path / "debs")
    assert code(stopped) == "H002"
    assert "--mirror" in stopped.value.faults[0].hint


def test_an_unsigned_archive_is_refused(signed: SignedArchive, tmp_path: Path) -> None:
    signed_file = signed.folder / "dists/sid/InRelease"
    text = signed_file.read_text(encoding="utf-8").split("\n\n", 1)[1].split("-----BEGIN", 1)[0]
    signed_file.unlink()
    (signed.folder / "dists/sid/Release").write_text(text, encoding="utf-8")
    archive = Archive(signed.mirror, signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [signed.pin()], tmp_path / "debs")
    assert code(stopped) == "H002"


def test_a_changed_index_is_refused(signed: SignedArchive, tmp_path: Path) -> None:
    for file in (signed.folder / "dists/sid/main/binary-amd64").iterdir():
        file.write_bytes(file.read_bytes() + b"\n")
    archive = Archive(signed.mirror, signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [signed.pin()], tmp_path / "debs")
    assert code(stopped) == "H003"


def test_a_changed_package_is_refused_and_nothing_is_kept(
    signed: SignedArchive, tmp_path: Path
) -> None:
    pin = signed.pin()
    content = bytearray(signed.package.read_bytes())
    content[-1] ^= 1
    signed.package.write_bytes(content)
    archive = Archive(signed.mirror, signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [pin], tmp_path / "debs")
    assert code(stopped) == "H003"
    assert list((tmp_path / "debs").iterdir()) == []


def test_another_hash_than_the_locked_one_is_refused(signed: SignedArchive, tmp_path: Path) -> None:
    archive = Archive(signed.mirror, signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [signed.pin(sha256="0" * 64)], tmp_path / "debs")
    assert code(stopped) == "H003"
    assert "release lock" in stopped.value.faults[0].hint


def test_a_version_that_is_gone_says_how_to_lock_anew(
    signed: SignedArchive, tmp_path: Path
) -> None:
    archive = Archive(signed.mirror, signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [signed.pin(version="0.9")], tmp_path / "debs")
    assert code(stopped) == "H003"
    assert "release lock" in stopped.value.faults[0].hint


def test_no_network_is_said_plainly(signed: SignedArchive, tmp_path: Path) -> None:
    nowhere = Archive("http://127.0.0.1:9/debian", signed.keyring)
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(nowhere, [signed.pin()], tmp_path / "debs")
    assert code(stopped) == "H004"
    assert list((tmp_path / "debs").iterdir()) == []


@pytest.mark.parametrize(("suite", "taken"), [("sid", True), ("trixie", False)])
def test_only_the_unstable_suite_may_be_past_its_date(
    signed: SignedArchive, tmp_path: Path, suite: str, taken: bool
) -> None:
    signed.publish(suite, valid_until="Fri, 02 Jan 2026 00:00:00 UTC")
    archive = Archive(signed.mirror, signed.keyring)
    if taken:
        assert debian_archive.fetch(archive, [signed.pin(suite)], tmp_path / "debs")
        return
    with pytest.raises(PhaselineError) as stopped:
        debian_archive.fetch(archive, [signed.pin(suite)], tmp_path / "debs")
    assert code(stopped) == "H002"


def test_the_newest_version_comes_with_its_hash(signed: SignedArchive, tmp_path: Path) -> None:
    archive = Archive(signed.mirror, signed.keyring)
    assert debian_archive.newest(archive, "sid", ["tiny"], tmp_path / "debs") == (signed.pin(),)

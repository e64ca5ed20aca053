"""The recipe of a release: every mistake told at once, and the locks that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.core.release import (
    DebianPin,
    Pin,
    format_debian,
    format_pins,
    parse_debian,
    parse_pins,
    unlocked,
)
from phaseline.errors import PhaselineError
from phaseline.files.paths import kit_dir
from phaseline.files.releases import recipe as release_recipe

if TYPE_CHECKING:
    from pathlib import Path

HASH = "sha256:" + "a" * 64


def faults(folder: Path, text: str) -> list[str]:
    (folder / "release.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PhaselineError) as stopped:
        release_recipe.read(folder)
    assert {one.code for one in stopped.value.faults} == {"H001"}
    return [one.message for one in stopped.value.faults]


def test_unknown_keys_are_told_with_what_was_meant(tmp_path: Path) -> None:
    text = "odo: {}\nodoo: {series: '19.0', source: path, path: x, comit: y}\n"
    assert faults(tmp_path, text) == [
        "unknown key odo, did you mean odoo?",
        "unknown key odoo.comit, did you mean commit?",
    ]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = "odoo: {series: '19.0', source: svn}\naddons: [odoo-addon-x]\npython: {sdists: docopt}\n"
    assert len(faults(tmp_path, text)) == 3


def test_what_the_source_needs_must_be_there(tmp_path: Path) -> None:
    told = faults(tmp_path, "odoo: {series: '19.0', source: git}\n")
    assert told == [
        "odoo.repository is missing for source git",
        "odoo.commit is missing for source git",
    ]


def test_broken_yaml_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "release.yml").write_text("odoo: {\n", encoding="utf-8")
    with pytest.raises(PhaselineError) as stopped:
        release_recipe.read(tmp_path)
    assert str(stopped.value.faults[0].place).endswith("release.yml:2:1")


def test_a_lock_reads_as_it_was_written() -> None:
    pins = (
        Pin("Babel", "2.10.3", (HASH,)),
        Pin("lxml", "6.1", (HASH, HASH.replace("a" * 64, "b" * 64))),
    )
    assert parse_pins(format_pins(pins, "title"), "x.lock") == (pins, ())
    packages = (DebianPin("sid", "odoo-19", "19.0.0+dfsg-1", "a" * 64),)
    assert parse_debian(format_debian(packages), "debian.lock") == (packages, ())


def test_a_line_without_a_hash_is_a_fault_at_its_line() -> None:
    text = f"# head\nBabel==1 \\\n    --hash={HASH}\nlxml==6\n"
    pins, wrong = parse_pins(text, "x.lock")
    assert [one.name for one in pins] == ["Babel"]
    assert [str(one.place) for one in wrong] == ["x.lock:4:1"]


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_the_kits_own_locks_hold_all_that_its_recipe_asks_for(python: str) -> None:
    folder = kit_dir() / "blueprints/ecommerce/release"
    recipe = release_recipe.read(folder)
    locks = release_recipe.read_locks(folder, python)
    assert unlocked(recipe, locks, "release.yml") == ()
    assert all(pin.hashes for pin in (*locks.python, *locks.addons, *locks.tools))

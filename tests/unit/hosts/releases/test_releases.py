"""A release is made of its inputs and nothing else: same inputs, same id; damage is seen."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from phaseline.core.release import OdooSource, Pin, format_pins
from phaseline.errors import PhaselineError
from phaseline.files.paths import CACHE_VARIABLE
from phaseline.flows.machines import release as flow
from phaseline.hosts.releases import archive as release_archive
from unit.hosts.releases.conftest import git, make_odoo


def made(cache: Path) -> list[str]:
    """Return what a build left: releases and half-made things, but no locks or indexes."""
    folder = cache / "releases"
    return sorted(one.name for one in folder.iterdir() if one.name != "inputs")


def build(recipe: Path, odoo: OdooSource | None = None) -> flow.ReleaseResult:
    return flow.build(flow.BuildRequest(recipe, "3.11", odoo))


def stop(recipe: Path, odoo: OdooSource | None = None) -> str:
    with pytest.raises(PhaselineError) as stopped:
        build(recipe, odoo)
    assert stopped.value.faults[0].hint
    return stopped.value.faults[0].code


def test_the_same_inputs_make_the_same_archive_elsewhere(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(recipe).stored
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "elsewhere"))
    second = build(recipe).stored
    assert second.id == first.id
    assert second.archive != first.archive
    assert second.archive.read_bytes() == first.archive.read_bytes()


def test_another_content_makes_another_id(recipe: Path, odoo_tree: Path) -> None:
    first = build(recipe).stored.id
    (odoo_tree / "addons/sale/__manifest__.py").write_text("{'name': 'Other'}\n", encoding="utf-8")
    assert build(recipe).stored.id != first


def test_a_second_build_comes_from_the_cache(recipe: Path) -> None:
    assert build(recipe).fresh
    assert not build(recipe).fresh


def test_a_damaged_archive_is_built_again(recipe: Path) -> None:
    stored = build(recipe).stored
    stored.archive.write_bytes(b"half")
    again = build(recipe)
    assert again.fresh
    assert again.stored.manifest["archive_sha256"] == stored.manifest["archive_sha256"]


def look(tree: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return everything of a tree that may differ: modes, dates of files, content."""
    return {
        path.relative_to(tree).as_posix(): (
            (path.stat().st_mode, 0, b"")
            if path.is_dir()
            else (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes())
        )
        for path in tree.rglob("*")
    }


def test_a_release_that_is_kept_unpacked_is_what_unpacking_makes(recipe: Path) -> None:
    goal = flow.releases_dir() / build(recipe).stored.id
    assert not goal.exists()
    for file in (flow.releases_dir() / "inputs").iterdir():
        file.unlink()
    stored = flow.build(flow.BuildRequest(recipe, "3.11", unpacked=True)).stored
    kept = look(goal)
    shutil.rmtree(goal)
    assert release_archive.unpack(stored, flow.releases_dir()) == goal
    assert look(goal) == kept
    assert len(kept) > 10


def test_the_files_of_another_release_have_another_date(recipe: Path, odoo_tree: Path) -> None:
    def dates() -> set[int]:
        tree = release_archive.unpack(build(recipe).stored, flow.releases_dir())
        return {int(path.stat().st_mtime) for path in tree.rglob("*") if path.is_file()}

    first = dates()
    assert len(first) == 1
    (odoo_tree / "addons/sale/__manifest__.py").write_text("{'name': 'Other'}\n", encoding="utf-8")
    assert len(dates() | first) == 2
    assert max(first) < time.time()


def test_links_become_files_and_lost_ones_are_left_out(recipe: Path) -> None:
    stored = build(recipe).stored
    tree = release_archive.unpack(stored, flow.releases_dir())
    static = tree / "server/odoo/addons/base/static"
    assert (static / "link.js").read_text(encoding="utf-8") == "let real = 1;\n"
    assert not (static / "link.js").is_symlink()
    assert not (static / "lost.js").exists()
    assert not list(tree.rglob("*.pyc"))
    assert not (tree / "server/README.md").exists()


def test_the_launcher_imports_only_the_release(recipe: Path, tmp_path: Path) -> None:
    tree = release_archive.unpack(build(recipe).stored, flow.releases_dir())
    (tree / "server/odoo/cli.py").write_text(
        "import sys\ndef main():\n    print([p for p in sys.path if 'packages' in p])\n",
        encoding="utf-8",
    )
    moved = tmp_path / "moved here"
    shutil.copytree(tree, moved)
    done = subprocess.run(
        ["/usr/bin/python3.11", str(moved / "bin/odoo")],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    if not Path("/usr/bin/python3.11").exists():
        pytest.skip("this Debian has another Python")
    assert done.stdout == "[]\n", done.stderr


def test_a_commit_gives_the_same_release_from_any_clone(recipe: Path, tmp_path: Path) -> None:
    origin = make_odoo(tmp_path / "origin")
    git(origin, "init", "--quiet")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "one")
    commit = git(origin, "rev-parse", "HEAD")
    (origin / "later").touch()
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "two")
    git(tmp_path, "clone", "--quiet", str(origin), str(tmp_path / "clone"))
    ids = {
        build(recipe, OdooSource("git", repository=str(where), commit=commit)).stored.id
        for where in (origin, tmp_path / "clone")
    }
    assert len(ids) == 1


def test_a_commit_must_be_there_and_be_a_hash(recipe: Path, tmp_path: Path) -> None:
    origin = make_odoo(tmp_path / "origin")
    git(origin, "init", "--quiet")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "one")
    assert stop(recipe, OdooSource("git", repository=str(origin), commit="f" * 40)) == "H006"
    assert stop(recipe, OdooSource("git", repository=str(origin), commit="main")) == "H001"
    assert (
        stop(recipe, OdooSource("git", repository=str(tmp_path / "no"), commit="f" * 40)) == "H004"
    )


def test_another_series_is_refused_and_nothing_half_made_stays(
    recipe: Path, tmp_path: Path, own_places: Path
) -> None:
    old = make_odoo(tmp_path / "old", "17, 0")
    assert stop(recipe, OdooSource("path", path=str(old))) == "H006"
    assert stop(recipe, OdooSource("path", path=str(tmp_path))) == "H006"
    assert made(own_places) == []


def test_the_papers_name_every_part(recipe: Path) -> None:
    tree = release_archive.unpack(build(recipe).stored, flow.releases_dir())
    bill = json.loads((tree / "sbom.json").read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["specVersion"] == "1.6"
    assert [one["name"] for one in bill["components"]] == ["odoo"]
    subprocess.run(["sha256sum", "-c", "--quiet", "files.sha256"], cwd=tree, check=True)


def test_verify_sees_a_changed_a_new_and_a_lost_file(recipe: Path) -> None:
    stored = build(recipe).stored
    assert flow.verify(stored.id) == flow.IntegrityResult(stored.id, ())
    tree = release_archive.unpack(stored, flow.releases_dir())
    (tree / "server/odoo/release.py").write_text("changed", encoding="utf-8")
    (tree / "server/odoo/new.py").touch()
    (tree / "bin/odoo").unlink()
    wrong = flow.verify(stored.id).differences
    assert [one.removeprefix("unpacked: ") for one in wrong] == [
        "bin/odoo is missing",
        "server/odoo/new.py is not of this release",
        "server/odoo/release.py has changed",
    ]


def test_verify_sees_what_is_no_file(recipe: Path) -> None:
    stored = build(recipe).stored
    tree = release_archive.unpack(stored, flow.releases_dir())
    (tree / "server/odoo/nowhere.py").symlink_to("/nowhere.py")
    (tree / "server/odoo/more").symlink_to("addons")
    (tree / "server/odoo/release.py").rename(tree.parent / "release.py")
    (tree / "server/odoo/release.py").symlink_to(tree.parent / "release.py")
    os.mkfifo(tree / "server/odoo/pipe")
    wrong = flow.verify(stored.id).differences
    assert [one.removeprefix("unpacked: server/odoo/") for one in wrong] == [
        "more is not of this release",
        "nowhere.py is not of this release",
        "pipe is not of this release",
        "release.py has changed",
    ]


def test_an_unknown_release_names_those_that_are_here(recipe: Path) -> None:
    stored = build(recipe).stored
    with pytest.raises(PhaselineError) as stopped:
        flow.show("odoo-none")
    assert stored.id in stopped.value.faults[0].message


def make_wheel(folder: Path, name: str, version: str) -> tuple[Path, str]:
    """Write a wheel that pip accepts and return it with its hash."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "value = 1\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        "License: MIT\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={encode(text)},{len(text)}\n" for path, text in files.items())
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record + f"{info}/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return file, hashlib.sha256(file.read_bytes()).hexdigest()


def encode(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of pip's index."""
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return folder


def lock(recipe: Path, name: str, sha256: str) -> None:
    pins = (Pin("little", "1.0", (f"sha256:{sha256}",)),)
    (recipe / name).write_text(format_pins(pins, "test"), encoding="utf-8")


def test_a_locked_distribution_is_unpacked_with_its_licence(recipe: Path, index: Path) -> None:
    _, digest = make_wheel(index, "little", "1.0")
    lock(recipe, "addons.lock", digest)
    stored = build(recipe).stored
    tree = release_archive.unpack(stored, flow.releases_dir())
    assert (tree / "python/little.py").is_file()
    part = next(c for c in stored.manifest["components"] if c["name"] == "little")
    assert part["sha256"] == digest
    assert part["licence"] == "MIT"


def test_a_build_tool_is_not_taken_for_the_releases_own_version(recipe: Path, index: Path) -> None:
    digests = {version: make_wheel(index, "little", version)[1] for version in ("1.0", "2.0")}
    for name, version in (("odoo-py311.lock", "2.0"), ("tools.lock", "1.0")):
        pins = (Pin("little", version, (f"sha256:{digests[version]}",)),)
        (recipe / name).write_text(format_pins(pins, "test"), encoding="utf-8")
    stored = build(recipe).stored
    tree = release_archive.unpack(stored, flow.releases_dir())
    assert (tree / "python/little-2.0.dist-info").is_dir()
    assert not (tree / "python/little-1.0.dist-info").exists()


def test_a_distribution_with_another_hash_is_refused(
    recipe: Path, index: Path, own_places: Path
) -> None:
    make_wheel(index, "little", "1.0")
    lock(recipe, "addons.lock", "0" * 64)
    assert stop(recipe) == "H003"
    assert made(own_places) == []
    assert list((own_places / "wheels").iterdir()) == []


def test_an_index_that_cannot_be_reached_is_said_plainly(
    recipe: Path, own_places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    lock(recipe, "addons.lock", "0" * 64)
    assert stop(recipe) == "H004"
    assert made(own_places) == []


def test_a_build_that_is_killed_leaves_nothing_that_counts(recipe: Path, own_places: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path;"
        "from phaseline.flows.machines import release as flow;"
        "from phaseline.hosts.releases import archive as release_archive;"
        "release_archive.store = lambda *_: os.kill(os.getpid(), 9);"
        "flow.build(flow.BuildRequest(Path(sys.argv[1]), '3.11'))"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(recipe)], check=False)
    assert killed.returncode == -9
    assert not [name for name in made(own_places) if not name.startswith(".")]
    assert [name for name in made(own_places) if name.startswith(".making-")]
    assert build(recipe).fresh
    assert not [name for name in made(own_places) if name.startswith(".making-")]

"""The wheel carries the kit: installed alone, in an empty folder, everything is there."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from kit import reference
from kit.tree import KIT_FOLDERS, PACKAGE, ROOT, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)  # hatchling builds the project of the current folder
    try:
        return folder / build_wheel(str(folder))
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the wheel's content and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program of the wheel; the dependencies are those of the running Python."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "100"}
    command = [sys.executable, "-m", "phaseline", *words]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=environment
    )


def test_the_wheel_holds_every_file_of_the_kit(installed: Path) -> None:
    wanted = [path.relative_to(ROOT) for path in tracked(*KIT_FOLDERS, "inventory.example.ini")]
    assert [path for path in wanted if not (installed / "phaseline" / "kit" / path).is_file()] == []


def test_the_wheel_holds_every_file_of_the_package(installed: Path) -> None:
    wanted = [path.relative_to(PACKAGE.parent) for path in tracked("cli/phaseline")]
    assert [path for path in wanted if not (installed / path).is_file()] == []


def test_the_wheel_holds_nothing_else(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir()}
    assert tops == {"phaseline", next(top for top in tops if top.endswith(".dist-info"))}
    kit = {path.name for path in (installed / "phaseline" / "kit").iterdir()}
    assert kit == {*KIT_FOLDERS, "inventory.example.ini"}


def test_the_installed_program_finds_its_kit(installed: Path, tmp_path: Path) -> None:
    code = "from phaseline.files.paths import kit_dir; print(kit_dir())"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
    )
    assert Path(answer.stdout.strip()) == installed / "phaseline" / "kit"


@pytest.mark.parametrize("name", [name for name, _ in reference.commands()])
def test_the_installed_command_shows_its_help(name: str, installed: Path, tmp_path: Path) -> None:
    answer = run(installed, tmp_path, *name.split()[1:], "--help")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Usage: ")
    assert list(tmp_path.iterdir()) == []


def test_help_imports_nothing_it_does_not_need() -> None:
    """That keeps it below a third of a second; a clock in a test would only measure load."""
    program = str(Path(sys.executable).with_name("phaseline"))
    line = [sys.executable, "-X", "importtime", program, "--help"]
    told = subprocess.run(line, check=True, capture_output=True, text=True).stderr
    for heavy in ("httpx", "odoorpc", "openpyxl", "rich", "jinja2", "cryptography", "yaml"):
        assert f"| {heavy}" not in told, heavy

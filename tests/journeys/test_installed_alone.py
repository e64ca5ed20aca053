"""The program installed alone, as pipx does it: a fresh venv, the wheel, an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from kit.tree import ROOT


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the console script of a venv that holds the wheel and its locked dependencies."""
    folder = tmp_path_factory.mktemp("alone")
    before = Path.cwd()
    os.chdir(ROOT)  # hatchling builds the project of the current folder
    try:
        wheel = folder / build_wheel(str(folder))
    finally:
        os.chdir(before)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "-q"]
    lock = ROOT / "requirements.lock"
    subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    return folder / "venv" / "bin" / "phaseline"


def run(program: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *words], check=False, capture_output=True, text=True, cwd=folder
    )


def test_a_project_begins_without_a_checkout(program: Path, tmp_path: Path) -> None:
    assert run(program, tmp_path, "init", "brand").returncode == 0
    assert (tmp_path / "brand" / "tenant.yml").is_file()
    assert (tmp_path / "brand" / "inventory.ini").read_text().startswith("# One inventory")


def test_the_demo_data_is_made_without_a_checkout(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path, "init", "brand")
    made = run(program, tmp_path, "migrate", "online_retail", "brand", "--format", "json")
    assert made.returncode == 0, made.stderr
    outputs = {one["object"]: one["rows"] for one in json.loads(made.stdout)["outputs"]}
    assert outputs["products"] >= 2900
    checked = run(program, tmp_path, "data", "validate", "--project", "brand")
    assert checked.returncode == 0, checked.stderr


def test_the_report_is_written_without_a_checkout(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path, "init", "brand")
    answer = run(program, tmp_path, "report", "--project", "brand", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["verdict"] == "open"
    assert "<title>" in (tmp_path / "brand" / "report.html").read_text()


def test_the_templates_are_written_without_a_checkout(program: Path, tmp_path: Path) -> None:
    answer = run(program, tmp_path, "data", "template", "all", "--out", "templates")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "templates" / "products.template.xlsx").is_file()

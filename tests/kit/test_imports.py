"""Imports run one way, and the pure packages ask neither the clock nor the disk."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kit.tree import PACKAGE, ROOT

IMPURE_CALLS = {
    "open", "input", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "time.time", "time.monotonic", "time.perf_counter", "os.getenv", "random.random", "uuid.uuid4",
}  # fmt: skip


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert answer.returncode == 0, answer.stdout


def test_no_command_imports_another() -> None:
    folder = PACKAGE / "commands"
    found = {
        f"{path.relative_to(folder)}: {name}"
        for path in sorted(folder.rglob("*.py"))
        for name in re.findall(r"^\s*from (phaseline\.commands\S*) import", path.read_text(), re.M)
        if not name.startswith("phaseline.commands.console")
    }
    assert not found


def called_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("package", ["core", "masterdata"])
def test_a_pure_package_asks_neither_clock_nor_disk(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for name in called_names(path) & IMPURE_CALLS
    }
    assert not found

"""What the tree checks share: where the checkout is and which files belong to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "cli" / "phaseline"
TOP_FOLDERS = ("blueprints", "cli", "data_templates", "migration", "playbooks", "roles", "tests")
KIT_FOLDERS = ("blueprints", "data_templates", "migration", "playbooks", "roles")


def modules() -> list[Path]:
    """Return every Python module of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def tracked(*folders: str) -> list[Path]:
    """Return the files git tracks, below the named folders or everywhere."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *folders]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    names = [name for name in answer.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]

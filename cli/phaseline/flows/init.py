"""Init: a new client project with the kit's example answers, ready to be edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments import tenants
from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = "# what the kit makes and nobody keeps\n.phaseline/\nrejected*\n*.report.html\n"
FOLDERS = ("data", "journal")
ENVIRONMENTS = ("testing", "production")  # those of the example inventory


@dataclass(frozen=True, slots=True)
class InitResult:
    """A project that was made: its folder and what lies in it."""

    project: Path
    files: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        return {"project": str(self.project), "files": list(self.files)}


def run(folder: Path) -> InitResult:
    """Make the project; a folder that is not empty is left alone."""
    if folder.exists() and any(folder.iterdir()):
        hint = "Name a new folder."
        message = "the folder is not empty"
        raise PhaselineError(Fault("C005", message, Place(str(folder)), hint))
    folder.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        (folder / name).mkdir()
        (folder / name / ".gitkeep").touch()
    kit = kit_dir()
    durable.write(folder / "tenant.yml", (kit / "blueprints/tenant.example.yml").read_bytes())
    durable.write(folder / "inventory.ini", (kit / "inventory.example.ini").read_bytes())
    for name in ENVIRONMENTS:
        tenants.begin(folder, name)
    durable.write(folder / ".gitignore", IGNORED)
    return InitResult(folder, tuple(sorted(path.name for path in folder.iterdir())))

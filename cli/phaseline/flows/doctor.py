"""Check this machine: what is missing, and the command that fixes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phaseline.files.paths import cache_dir, state_dir
from phaseline.hosts import doctor

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.doctor import MachineCheck


@dataclass(frozen=True, slots=True)
class DoctorResult:
    """Everything that was looked at, in the order in which it is needed."""

    findings: tuple[MachineCheck, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is missing that the main path needs."""
        return all(one.fine or not one.needed for one in self.findings)

    def data(self) -> dict[str, Any]:
        """Return the result as JSON shows it."""
        return {"healthy": self.healthy, "findings": [asdict(one) for one in self.findings]}


def examine(project: Path) -> DoctorResult:
    """Look at everything a project needs on this machine."""
    return DoctorResult(doctor.inspect(state_dir(project), cache_dir()))

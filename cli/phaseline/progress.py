"""What a long run tells while it works: the step it is at, and a detail of it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears what a run does; what it does with that is the caller's."""

    def step(self, name: str, detail: str = "") -> None:
        """Hear that a step begins, or goes on with a detail."""


class Within:
    """Hears an inner run and tells it as details of one step of an outer one."""

    def __init__(self, outer: Progress, name: str) -> None:
        """Keep who hears it, and the name of the outer step."""
        self.outer, self.name = outer, name

    def step(self, name: str, detail: str = "") -> None:
        """Pass the inner step on as a detail."""
        self.outer.step(self.name, f"{name} {detail}".rstrip())


class _Silent:
    """Hears everything and shows nothing."""

    def step(self, name: str, detail: str = "") -> None:
        """Show nothing."""


SILENT: Progress = _Silent()

"""What a long run tells while it works: the step it is at, and a detail of it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hears what a run does; what it does with that is the caller's."""

    def step(self, name: str, detail: str = "") -> None:
        """Hear that a step begins, or goes on with a detail."""


class _Silent:
    """Hears everything and shows nothing."""

    def step(self, name: str, detail: str = "") -> None:
        """Show nothing."""


SILENT: Progress = _Silent()

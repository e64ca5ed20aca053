"""Runs named steps one after the other and reports how each goes; what they do is not here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from phaseline.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, and what does it and returns one line on what came out."""

    title: str
    run: Callable[[Progress], str]


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that was taken."""

    title: str
    outcome: str
    seconds: float


class Listener(Progress, Protocol):
    """Hears how a row of steps goes, and by `step` what the one in work is doing."""

    def begin(self, number: int, total: int, title: str) -> None:
        """Hear that a step begins."""

    def end(self, result: StepResult) -> None:
        """Hear what came of it."""


def run_steps(steps: Sequence[Step], listener: Listener) -> tuple[StepResult, ...]:
    """Take every step in order and return what came of each; the first error ends it."""
    results = []
    for number, step in enumerate(steps, 1):
        started = time.monotonic()
        listener.begin(number, len(steps), step.title)
        outcome = step.run(listener)
        results.append(StepResult(step.title, outcome, round(time.monotonic() - started, 1)))
        listener.end(results[-1])
    return tuple(results)

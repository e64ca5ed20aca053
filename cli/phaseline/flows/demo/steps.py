"""Runs a row of named steps one after the other and tells a listener; what they do is not here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its title, and what does it and returns one line on what came out."""

    title: str
    run: Callable[[Callable[[str], None]], str]


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that was taken."""

    title: str
    outcome: str
    seconds: float


class Listener(Protocol):
    """Somebody who is told how a story goes."""

    def begin(self, number: int, total: int, title: str) -> None:
        """Hear that a step begins."""

    def say(self, text: str) -> None:
        """Hear what the step is doing now."""

    def end(self, told: StepResult) -> None:
        """Hear what came of it."""


def run_steps(steps: Sequence[Step], listener: Listener) -> tuple[StepResult, ...]:
    """Take every step in order and return what came of each; the first error ends the story."""
    told = []
    for number, step in enumerate(steps, 1):
        started = time.monotonic()
        listener.begin(number, len(steps), step.title)
        outcome = step.run(listener.say)
        told.append(StepResult(step.title, outcome, round(time.monotonic() - started, 1)))
        listener.end(told[-1])
    return tuple(told)

"""A story is told step by step, and an error ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.flows.demo import steps

if TYPE_CHECKING:
    from phaseline.progress import Progress


class Memory:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def begin(self, number: int, total: int, title: str) -> None:
        self.heard.append(f"begin {number}/{total} {title}")

    def step(self, name: str, detail: str = "") -> None:
        self.heard.append(f"step {name}{detail}")

    def end(self, result: steps.StepResult) -> None:
        self.heard.append(f"end {result.outcome}")


def chatty(progress: Progress) -> str:
    progress.step("working")
    return "all well"


def broken(_: Progress) -> str:
    raise PhaselineError(Fault("O001", "nobody answers"))


def test_each_step_is_announced_and_its_outcome_told() -> None:
    memory = Memory()
    told = steps.run_steps([steps.Step("one", chatty), steps.Step("two", chatty)], memory)
    assert [step.outcome for step in told] == ["all well", "all well"]
    assert memory.heard[:3] == ["begin 1/2 one", "step working", "end all well"]


def test_an_error_ends_the_story_and_is_not_swallowed() -> None:
    memory = Memory()
    with pytest.raises(PhaselineError):
        steps.run_steps([steps.Step("one", broken), steps.Step("two", chatty)], memory)
    assert memory.heard == ["begin 1/2 one"]

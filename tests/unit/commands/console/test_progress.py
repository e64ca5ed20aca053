"""Without a terminal progress is plain lines on stderr, with one it is a moving line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from phaseline.commands.console import progress
from phaseline.flows.demo.steps import Step, run_steps

if TYPE_CHECKING:
    import pytest

    from phaseline.progress import Progress


def build(hears: Progress) -> str:
    hears.step("unpacking")
    return "release a1b2"


STEPS = [Step("Build the release", build)]


def test_without_a_terminal_there_are_plain_lines_on_stderr(capsys: pytest.CaptureFixture) -> None:
    with progress.shown() as listener:
        run_steps(STEPS, listener)
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.splitlines() == [
        "[1/1] Build the release",
        "      unpacking",
        "      release a1b2 (0.0 s)",
    ]


def test_on_a_terminal_the_outcome_stays() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=80)
    with console.status("") as status:
        run_steps(STEPS, progress.Moving(status))
    assert "release a1b2" in shown.getvalue()

"""The one place where a fault becomes text on stderr and an exit code."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from phaseline import __version__
from phaseline.errors import CODES, Exit, Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterable


def run(command: click.Command) -> int:
    """Run a command line and return its exit code; commands return theirs or None for 0."""
    try:
        answer = command.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; run the same command again to go on", err=True)
        return Exit.INTERRUPTED
    except PhaselineError as error:
        show(error.faults)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 (the last door: an unexpected error is our bug)
        return report_disk(error) if isinstance(error, OSError) else report_bug(error)
    return answer if isinstance(answer, int) else Exit.DONE


def show(faults: Iterable[Fault]) -> None:
    """Print every fault on stderr: place, code and message, then the hint."""
    for fault in faults:
        where = f"{fault.place}: " if fault.place else ""
        click.echo(f"{where}{fault.code} {fault.message}", err=True)
        if fault.hint:
            click.echo(f"  hint: {fault.hint}", err=True)


def report_disk(error: OSError) -> int:
    """Say which file of the caller's could not be used; without one it is our bug."""
    if not error.filename:
        return report_bug(error)
    place = Place(os.fsdecode(error.filename))
    hint = "Check the path, its rights and the room on the disk."
    fault = Fault("C017", f"the file cannot be used: {error.strerror}", place, hint)
    show([fault])
    return CODES[fault.code].exit


def report_bug(error: Exception) -> int:
    """Write a report file for an unexpected error and say where it is."""
    text = f"phaseline {__version__}\n\n" + "".join(traceback.format_exception(error))
    handle, name = tempfile.mkstemp(prefix="phaseline-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as report:
        report.write(text)
    click.echo(f"this is a bug in phaseline: {type(error).__name__}: {error}", err=True)
    click.echo(f"  hint: Please send {Path(name)} with the command you ran.", err=True)
    return Exit.BUG

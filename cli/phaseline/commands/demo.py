"""`phaseline demo`: the whole story on this machine, for somebody who wants to see it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from phaseline.commands.console import progress
from phaseline.commands.console.output import emit, format_option
from phaseline.errors import Exit
from phaseline.flows.demo import run


@click.command()
@click.option(
    "--project",
    "project_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".phaseline/demo"),
    show_default=True,
    help="Where the demo's project is made.",
)
@format_option
def command(project_dir: Path, output_format: str) -> int:
    """Show everything: a real Odoo 19 with two proven stages, real data and a page of evidence.

    \b
    Examples:
      phaseline demo
      phaseline demo --project shown --format json
    """
    with progress.shown() as listener:
        shown = run.run(project_dir.absolute(), listener)
    result = {**asdict(shown), "project": str(shown.project), "report": str(shown.report)}
    emit(result, output_format, lambda: text(shown))
    return int(Exit.DIFFERENCES if shown.differences else Exit.DONE)


def text(shown: run.DemoResult) -> str:
    """Return where to look and with which logins."""
    wide = max(len(login.login) for login in shown.logins)
    logins = [f"  {one.login:{wide}}  {one.password}  {one.name}" for one in shown.logins]
    return "\n".join(
        [
            "",
            f"Odoo      {shown.url}",
            f"report    {shown.report}",
            f"project   {shown.project}",
            "logins",
            *logins,
            "",
            f"It took {shown.seconds:.0f} s. To end it: "
            f"phaseline sandbox down --project {shown.project}",
        ]
    )

"""`phaseline help errors`: what the codes mean."""

from __future__ import annotations

import click

from phaseline.commands.console.output import emit, format_option
from phaseline.errors import CODES, Code, Exit
from phaseline.suggestions import nearest


@click.command()
@click.argument("code", required=False)
@format_option
def command(code: str | None, output_format: str) -> int:
    """Explain an error code and its exit code; list all codes when none is named.

    \b
    Examples:
      phaseline help errors
      phaseline help errors E002
    """
    chosen = _chosen(code)
    rows = [
        {"code": name, "title": about.title, "exit": int(about.exit)}
        for name, about in sorted(chosen.items())
    ]
    lines = [f"{one['code']}  {one['title']}  (exit {one['exit']})" for one in rows]
    emit({"errors": rows}, output_format, lambda: "\n".join(lines))
    return int(Exit.DONE)


def _chosen(code: str | None) -> dict[str, Code]:
    if not code:
        return CODES
    wanted = code.upper()
    if wanted not in CODES:
        near = nearest(wanted, CODES)
        hint = f", did you mean '{near}'?" if near else ""
        message = f"no error code '{code}'{hint}"
        raise click.UsageError(message)
    return {wanted: CODES[wanted]}

"""`phaseline env verify`: is an environment what it is declared to be?"""

from __future__ import annotations

from pathlib import Path

import click

from phaseline.commands.console.options import colour, project_option
from phaseline.commands.console.output import emit
from phaseline.commands.console.progress import Lines
from phaseline.errors import Exit

EXITS = {"passed": Exit.DONE, "failed": Exit.UNVERIFIED, "unreachable": Exit.UNREACHABLE}


@click.command()
@click.argument("env")
@project_option
@click.option("--tenant", default="", metavar="NAME", help="Check this tenant only.")
@click.option("--deep", is_flag=True, help="Hash every file of the releases, not a sample.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="How the verdict is printed.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the page of evidence for a client's IT here.",
)
def command(
    env: str, project_dir: Path, tenant: str, deep: bool, output_format: str, html: Path | None
) -> int:
    """Check an environment's hosts and sites against the baseline; nothing is changed.

    Exit code 6 when something deviates or could not be read, 13 when a host is not reachable.

    \b
    Examples:
      phaseline env verify testing
      phaseline env verify production --tenant harbour --html evidence.html
      phaseline env verify production --format junit > verify.xml
    """
    from phaseline.files.render import evidence, evidence_html
    from phaseline.flows.environments import verify

    order = verify.VerifyRequest(project_dir, env, tenant=tenant, deep=deep)
    result = verify.run(order, Lines()).data()
    if html:
        evidence_html.write(html, result)
        click.echo(f"evidence: {html}", err=True)
    if output_format == "junit":
        click.echo(evidence.junit(result))
    else:
        emit(result, output_format, lambda: evidence.render(result, colour=colour()))
    return int(EXITS[result["verdict"]])

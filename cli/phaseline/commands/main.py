"""The entry point: the table of all commands, and the one handler that errors leave by."""

from __future__ import annotations

import sys

import click

from phaseline import __version__
from phaseline.commands.console import errors
from phaseline.commands.console.groups import LazyGroup, Verbs

HERE = "phaseline.commands"
COMMANDS: dict[str, str | Verbs] = {
    "apply": f"{HERE}.apply",
    "data": Verbs(
        "Templates, validation, loading and reconciliation of master data.",
        {
            "load": f"{HERE}.data.load",
            "reconcile": f"{HERE}.data.reconcile",
            "template": f"{HERE}.data.template",
            "validate": f"{HERE}.data.validate",
        },
    ),
    "demo": f"{HERE}.demo",
    "doctor": f"{HERE}.doctor",
    "drift": f"{HERE}.drift",
    "env": Verbs(
        "Build environments on hosts, size them and verify them.",
        {
            "deploy": f"{HERE}.env.deploy",
            "provision": f"{HERE}.env.provision",
            "size": f"{HERE}.env.size",
            "verify": f"{HERE}.env.verify",
        },
    ),
    "help": Verbs(
        "Explain error codes; the commands explain themselves with --help.",
        {"errors": f"{HERE}.console.help"},
    ),
    "history": f"{HERE}.history",
    "init": f"{HERE}.init",
    "lab": Verbs(
        "Run Debian hosts with SSH on this machine, to rehearse on and to test with.",
        {
            "down": f"{HERE}.lab.down",
            "status": f"{HERE}.lab.status",
            "up": f"{HERE}.lab.up",
        },
    ),
    "migrate": f"{HERE}.migrate",
    "plan": f"{HERE}.plan",
    "release": Verbs(
        "Build, lock, show and verify the archive that hosts run.",
        {
            "build": f"{HERE}.release.build",
            "lock": f"{HERE}.release.lock",
            "show": f"{HERE}.release.show",
            "verify": f"{HERE}.release.verify",
        },
    ),
    "report": f"{HERE}.report",
    "sandbox": Verbs(
        "Run a real Odoo of the project's own on this machine.",
        {
            "down": f"{HERE}.sandbox.down",
            "reset": f"{HERE}.sandbox.reset",
            "status": f"{HERE}.sandbox.status",
            "up": f"{HERE}.sandbox.up",
        },
    ),
    "sign": f"{HERE}.sign",
    "status": f"{HERE}.status",
    "tenant": Verbs(
        "Add, list and retire the tenants of an environment.",
        {
            "add": f"{HERE}.tenant.add",
            "list": f"{HERE}.tenant.list",
            "retire": f"{HERE}.tenant.retire",
        },
    ),
    "verify": f"{HERE}.verify",
}


@click.command(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="phaseline")
def cli() -> None:
    """Odoo rollouts as code: environments, phased blueprints, master data, proofs and gates."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(errors.run(cli))

"""Writes the generated tables of the READMEs, so that docs say what the code says.

`make docs` runs it; `tests/kit/test_docs.py` fails when a table is not what it would write.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import yaml

from kit.tree import ROOT
from phaseline.commands import main
from phaseline.errors import CODES, Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MARKS = "<!-- generated: {name} (make docs) -->\n{body}\n<!-- end: {name} -->"
AREAS = {
    "B": "Blueprint and tenant file",
    "C": "Command line and project",
    "D": "Data",
    "E": "Engine and gates",
    "H": "Releases, sandbox and hosts",
    "J": "Journal",
    "O": "Odoo",
}
EXITS = {
    Exit.DONE: "done, or nothing to do",
    Exit.FAILED: "failed",
    Exit.USAGE: "wrong usage",
    Exit.DIFFERENCES: "differences found (plan, drift), or rows rejected",
    Exit.INVALID: "input invalid",
    Exit.REFUSED: "a gate or a limit refused",
    Exit.UNVERIFIED: "a proof failed",
    Exit.UNKNOWN: "outcome unknown: reconcile before anything else",
    Exit.LOCKED: "another run holds the lock",
    Exit.SECRET: "a key, password or secret is missing or refused",
    Exit.UNREACHABLE: "unreachable",
    Exit.BUG: "a bug of ours; a report file was written",
    Exit.INTERRUPTED: "interrupted",
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield each command that does something, with its full name."""

    def walk(prefix: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child is not None:
                    yield from walk(f"{prefix} {name}", child)
        else:
            yield prefix, command

    yield from walk("phaseline", main.cli)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def first_sentence(text: str | None) -> str:
    paragraph = " ".join((text or "").split("\n\n")[0].split())
    return paragraph.replace("|", "\\|")


def usage(name: str, command: click.Command) -> str:
    arguments = [
        parameter.make_metavar(click.Context(command))
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    ]
    return "`" + " ".join([name, *arguments]).replace("|", "\\|") + "`"


def command_table() -> str:
    rows = [[usage(name, command), first_sentence(command.help)] for name, command in commands()]
    return table(["Command", "What it does"], rows)


def exit_table() -> str:
    return table(["Code", "Meaning"], [[str(int(code)), text] for code, text in EXITS.items()])


def error_tables() -> str:
    parts = []
    for letter, area in AREAS.items():
        rows = [
            [f"`{code}`", about.title, str(int(about.exit))]
            for code, about in sorted(CODES.items())
            if code[0] == letter
        ]
        if rows:
            parts.append(f"**{area}**\n\n" + table(["Code", "What happened", "Exit"], rows))
    return "\n\n".join(parts)


def specs() -> list[tuple[str, dict[str, Any]]]:
    paths = sorted((ROOT / "data_templates").glob("*/spec.yml"))
    found = [(path.parent.name, yaml.safe_load(path.read_text())) for path in paths]
    return sorted(found, key=lambda item: (item[1].get("order", 0), item[0]))


def stage_files() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each stage file of the blueprint with its name."""
    for path in sorted((ROOT / "blueprints" / "ecommerce").glob("[0-9][0-9]_*/*.yml")):
        yield f"{path.parent.name}/{path.name}", yaml.safe_load(path.read_text())


def stage_table() -> str:
    rows = [
        [f"[`{name}`](ecommerce/{name})", first_sentence(body.get("about"))]
        for name, body in stage_files()
    ]
    return table(["File", "What it puts in place or proves"], rows)


def decision_table() -> str:
    rows = [
        [f"`{path}`", name.split("_")[0], first_sentence(spec["ask"])]
        for name, body in stage_files()
        for path, spec in (body.get("decisions") or {}).items()
    ]
    return table(["Answer", "Stage", "Question"], rows)


def capability_table() -> str:
    titles = yaml.safe_load((ROOT / "blueprints" / "ecommerce" / "capabilities.yml").read_text())
    covered: dict[str, list[str]] = {row: [] for row in titles}
    for name, body in stage_files():
        for proof in body.get("proves") or []:
            for row in proof["covers"]:
                covered[row].append(f"[`{proof['id']}`](ecommerce/{name})")
    rows = [[row, titles[row], "<br>".join(proofs)] for row, proofs in covered.items()]
    return table(["Row", "Capability", "Proofs"], rows)


TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "cli/README.md": {
        "commands": command_table,
        "exit codes": exit_table,
        "error codes": error_tables,
    },
    "blueprints/README.md": {
        "stage files": stage_table,
        "decisions": decision_table,
        "capabilities": capability_table,
    },
}


def fill(text: str, tables: dict[str, Callable[[], str]]) -> str:
    """Return a page with each generated block written anew."""
    for name, write in tables.items():
        block = MARKS.format(name=name, body=write())
        pattern = re.compile(
            rf"<!-- generated: {re.escape(name)} .*?<!-- end: {re.escape(name)} -->", re.DOTALL
        )
        if not pattern.search(text):
            message = f"no block for '{name}'"
            raise ValueError(message)
        text = pattern.sub(block.replace("\\", r"\\"), text)
    return text


def write_all() -> None:
    for name, tables in TABLES.items():
        path = ROOT / name
        path.write_text(fill(path.read_text(), tables))


if __name__ == "__main__":
    write_all()

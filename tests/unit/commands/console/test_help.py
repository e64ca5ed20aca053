"""Help tells what a code means, and what was perhaps meant."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from phaseline.commands.main import cli
from phaseline.errors import CODES

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_one_code_is_explained_with_its_exit_code() -> None:
    answer = CliRunner().invoke(cli, ["help", "errors", "o001"])
    assert answer.output == "O001  Odoo cannot be reached  (exit 13)\n"


def test_every_code_is_listed_for_programs() -> None:
    answer = CliRunner().invoke(cli, ["help", "errors", "--format", "json"])
    assert [one["code"] for one in json.loads(answer.output)["errors"]] == sorted(CODES)


def test_an_unknown_code_names_a_near_one() -> None:
    answer = CliRunner().invoke(cli, ["help", "errors", "O0001"])
    assert answer.exit_code == 2
    assert "did you mean 'O001'" in answer.output


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "Write the page of evidence"),
        (("data",), "Load data files into Odoo"),
        (("tenant",), "Show every tenant: version"),
    ],
)
def test_help_lists_commands_without_importing_them(words: tuple[str, ...], line: str) -> None:
    program = (
        "import sys; from phaseline.commands.main import cli;"
        f"cli.main([*{words!r}, '--help'], standalone_mode=False);"
        "print([one for one in sys.modules if one.startswith('phaseline.flows')])"
    )
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert line in answer
    assert answer.splitlines()[-1] == "[]"


def test_a_misspelt_verb_of_a_group_names_the_nearest() -> None:
    answer = CliRunner().invoke(cli, ["data", "laod"])
    assert answer.exit_code == 2
    assert "no such command 'laod', did you mean 'load'?" in answer.output


def commands(group: click.Group = cli, head: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} ")
        elif command is not None:
            yield f"{head}{name}", command


@pytest.mark.parametrize(("name", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_every_command_has_examples_and_speaks_json(name: str, command: click.Command) -> None:
    text = CliRunner().invoke(cli, [*name.split(), "--help"]).output
    assert "Examples:" in text
    assert f"phaseline {name}" in text
    assert any("json" in getattr(option.type, "choices", ()) for option in command.params)

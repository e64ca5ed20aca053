"""Help tells what a code means, and what was perhaps meant."""

from __future__ import annotations

import json
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


def test_the_program_lists_its_commands_without_importing_them() -> None:
    answer = CliRunner().invoke(cli, ["--help"])
    assert "Write the page of evidence" in answer.output


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    todo = [(name, cli.get_command(context, name)) for name in cli.list_commands(context)]
    for name, command in todo:
        if isinstance(command, click.Group):
            todo += [(f"{name} {inner}", one) for inner, one in command.commands.items()]
        elif command is not None:
            yield name, command


@pytest.mark.parametrize(("name", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_every_command_has_examples_and_speaks_json(name: str, command: click.Command) -> None:
    text = CliRunner().invoke(cli, [*name.split(), "--help"]).output
    assert "Examples:" in text
    assert f"phaseline {name}" in text
    assert any("json" in getattr(option.type, "choices", ()) for option in command.params)

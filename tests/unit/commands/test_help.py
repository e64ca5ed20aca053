"""Help tells what a code means, and what was perhaps meant."""

from __future__ import annotations

import json

from click.testing import CliRunner

from phaseline.commands.main import cli
from phaseline.errors import CODES


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

"""The engine's commands: exit codes, JSON and text, one error door."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from phaseline.commands.console import errors
from phaseline.commands.main import cli
from unit.memory_project import Workshop, opened, workshop

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., int]
STAGE = """\
    phase: one
    decisions:
      name: {type: text, ask: "Which name?"}
    sets:
      - {ref: location.a, model: location, values: {name: "${tenant.name}", kind: bin}}
    proves:
      - id: the_location_is_a_bin
        says: The location is a bin.
        reads:
          - {model: location, domain: [[id, "=", "ref:location.a"]], expect: {kind: bin}}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    (tmp_path / "project").mkdir()
    made = workshop(tmp_path / "project")
    made.write("10_one", "10_file.yml", STAGE)
    made.tenant("name: First\n")
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    with opened(made, monkeypatch, {"testing": "testing"}):
        yield made


@pytest.fixture
def run(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run_words(*words: str) -> int:
        env = [] if words[0] == "history" else ["--env", "testing"]
        line = ["phaseline", *words, *env, "--project", str(shop.folder)]
        monkeypatch.setattr(sys, "argv", line)
        return errors.run(cli)

    return run_words


def test_the_whole_way_has_the_exit_codes_of_the_design(
    run: Run, shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("plan", "one") == 3
    assert "+ location.a" in capsys.readouterr().out
    assert run("verify", "one") == 5
    assert run("apply", "one") == 0
    assert run("plan", "one") == 0
    assert run("drift") == 0
    assert run("sign", "one", "--person", "Ada") == 5
    assert run("verify", "one") == 0
    assert run("sign", "one", "--person", "Ada") == 0
    assert run("status") == 0
    assert run("history") == 0
    assert run("history", "--check") == 0
    one = shop.odoo.of("location.a")["id"]
    shop.odoo.call("location", "write", [one], vals={"kind": "dock"})
    assert run("drift") == 3
    assert run("apply", "one") == 5
    assert run("apply", "one", "--overwrite", "location.kind") == 0


def test_a_failed_proof_has_its_own_exit_code(run: Run, shop: Workshop) -> None:
    shop.write("10_one", "10_file.yml", STAGE.replace("expect: {kind: bin}", "expect: {kind: x}"))
    assert run("apply", "one") == 0
    assert run("verify", "one") == 6


def test_faults_go_to_stderr_with_place_code_and_hint(
    run: Run, shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.tenant("nmae: First\n")
    assert run("plan", "one") == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "tenant.yml:1:1: B010 decision 'name' is unanswered" in told.err
    assert "tenant.yml:3:1: B012 unknown key 'nmae'" in told.err
    assert "hint: Did you mean 'name'?" in told.err


def test_an_unknown_stage_is_a_wrong_use(run: Run) -> None:
    assert run("plan", "oen") == 2


def test_a_tampered_journal_is_found(run: Run, shop: Workshop) -> None:
    run("plan", "one")
    path = shop.folder / "journal" / "journal.jsonl"
    path.write_text(path.read_text().replace('"create":1', '"create":2'))
    assert run("history", "--check") == 1


@pytest.mark.parametrize("words", [("plan",), ("drift",), ("status",), ("history",)])
def test_json_carries_its_format_version(
    run: Run, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "one")
    capsys.readouterr()
    run(*words, "--format", "json")
    assert json.loads(capsys.readouterr().out)["format_version"]


def test_text_has_no_colour_when_it_is_no_terminal(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("plan", "one")
    assert "\x1b" not in capsys.readouterr().out


def test_a_long_plan_is_cut_unless_all_is_wanted(
    run: Run, shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"      - {{ref: location.n{n}, model: location, values: {{name: n{n}}}}}\n"
        for n in range(90)
    )
    shop.write("10_one", "20_more.yml", "    phase: one\n    sets:\n" + rows)
    run("plan", "one")
    short = capsys.readouterr().out.splitlines()
    run("plan", "one", "--full")
    assert len(short) <= 60 < len(capsys.readouterr().out.splitlines())
    assert any("shown with --full" in line for line in short)


def test_a_file_that_cannot_be_used_is_told_and_no_bug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["phaseline", "init", "/proc/nothing/brand"])
    assert errors.run(cli) == 1
    assert "/proc/nothing: C017 the file cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--max-changes=-1", "--max-changes=many"])
def test_a_limit_is_a_number_from_nothing_up(run: Run, option: str) -> None:
    assert run("apply", "one", option) == 2

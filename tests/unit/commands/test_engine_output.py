"""What the engine's commands print and record, byte by byte, against the output kept beside this.

Write it anew with PHASELINE_KEEP_OUTPUT=1 when an output is meant to change, and read the diff.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from phaseline.commands.console import errors
from phaseline.commands.main import cli
from phaseline.files import journal
from unit.memory_project import Workshop, opened, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = Path(__file__).with_name("engine_output.txt")
STAGE = """\
    phase: one
    decisions:
      name: {type: text, ask: "Which name?"}
    modules: [stocking]
    settings: {group_a: true}
    sets:
      - ref: location.a
        model: location
        values: {name: "${tenant.name}", kind: bin, capacity: "1.5", tag_ids: ["ref:tag.x"]}
        initial: {note: "secret:door"}
      - {ref: tag.x, model: tag, values: {name: X}}
      - ref: location.old
        model: location
        adopt: [[name, "=", Old]]
        create: false
        values: {kind: dock}
      - {ref: location.gone, model: location, adopt: [[name, "=", Gone]], absent: true}
      - ref: location.finished
        model: location
        call: finish
        with: {kind: bin}
        until: {model: location, domain: [[name, "=", Old]], expect: {count: 7}}
    proves:
      - id: the_location_is_a_bin
        says: The location is a bin.
        covers: [A1]
        reads:
          - {model: location, domain: [[id, "=", "ref:location.a"]], expect: {kind: bin}}
      - id: it_is_a_dock
        says: It is a dock.
        when: ${tenant.name == Wrong}
        reads: [{model: location, domain: [[id, "=", "ref:location.a"]], expect: {kind: dock}}]
"""
TWO = "phase: two\nsets: [{ref: location.b, model: location, values: {name: B}}]\n"
VOLATILE = (
    (r'("?seconds"?): [0-9.]+', r"\1: S"),
    (r"\b[0-9]+\.[0-9]+ s\b", "S s"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(\+00:00)?", "TIME"),
    # A fingerprint and the hash of an input come from the files alone: they are kept as they are.
    (r'(?<!fingerprint": ")(?<!input_hash": ")\b[0-9a-f]{64}\b', "HASH"),
    (r'("ir.config_parameter"): [0-9]+', r"\1: N"),  # the lock renews itself by the clock
    (r"^[0-9]+ calls, ", "N calls, "),
    (r"\b[0-9a-f]{128}\b", "SIGNATURE"),
    (r"http://127.0.0.1:[0-9]+", "URL"),
    (r'"host": "[^"]*"', '"host": "HOST"'),
    (r'"who": "root"', '"who": "WHO"'),
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    (tmp_path / "project").mkdir()
    made = workshop(tmp_path / "project", ("10_one", "20_two"))
    made.write("10_one", "10_file.yml", STAGE)
    made.write("20_two", "10_file.yml", TWO)
    made.tenant("name: First\n")
    for name in ("Old", "Gone"):
        made.odoo.seed(f"x.{name.lower()}", "location", {"name": name, "kind": "bin"})
    module = {"name": "stocking", "state": "uninstalled"}
    made.odoo.seed("base.module_stocking", "ir.module.module", module)
    made.odoo.method("location", "finish", finish)
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(journal, "caller", lambda: "root")
    monkeypatch.setattr(socket, "gethostname", lambda: "host")
    with opened(made, monkeypatch, {"testing": "testing"}):
        yield made


def finish(odoo: object, _: tuple[int, ...], kind: str) -> bool:
    found = odoo.call("location", "search", domain=[["name", "=", "Old"]])  # type: ignore[attr-defined]
    return bool(odoo.call("location", "write", found, vals={"count": 7}))  # type: ignore[attr-defined]


def still(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "PROJECT")
    for pattern, word in VOLATILE:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text


def lines(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[str]:
    def run(*words: str, env: bool = True) -> str:
        where = ["--env", "testing"] if env else []
        line = ["phaseline", *words, *where, "--project", str(shop.folder)]
        monkeypatch.setattr(sys, "argv", line)
        exit_code = errors.run(cli)
        told = capsys.readouterr()
        return f"$ phaseline {' '.join(words)}\n{told.out}{told.err}exit code {exit_code}\n"

    yield run("status", "--format", "json")
    for form in ("json", "text"):
        yield run("plan", "one", "--full", "--format", form)
    yield run("plan", "--format", "json")
    yield run("apply", "one", "--format", "json")
    yield run("apply", "one")
    yield run("verify", "one", "--full")
    yield run("verify", "one", "--format", "json")
    yield run("sign", "one", "--person", "Ada", "--format", "json")
    yield run("sign", "one", "--person", "Ada")
    yield run("plan", "two")
    yield run("apply", "two")
    old = shop.odoo.call("location", "search", domain=[["name", "=", "Old"]])
    shop.odoo.call("location", "write", old, vals={"kind": "bin"})
    shop.odoo.create("location", [{"name": "By hand"}])
    for form in ("json", "text"):
        yield run("drift", "--format", form)
        yield run("status", "--format", form)
        yield run("history", "--format", form, env=False)
    yield run("apply", "one")
    yield run("plan", "one")
    yield run("report", "--format", "json", env=False)
    yield run("report")
    for entry in journal.read(shop.folder):
        yield f"{entry.seq} {entry.kind} {json.dumps(entry.payload, sort_keys=True)}\n"


def test_output_and_journal_are_as_kept(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = still("".join(lines(shop, monkeypatch, capsys)), shop.folder)
    if os.environ.get("PHASELINE_KEEP_OUTPUT"):
        KEPT.write_text(found, encoding="utf-8")
    assert found == KEPT.read_text(encoding="utf-8")

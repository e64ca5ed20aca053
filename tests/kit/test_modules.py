"""Every module keeps to the budget and says in one sentence what lives in it."""

from __future__ import annotations

import ast
import re

from kit.tree import ROOT, modules

MOST_LINES = 250
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}


def test_no_module_is_longer_than_the_budget() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_module_says_what_lives_in_it() -> None:
    silent = [p for p in modules() if not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


def test_no_module_has_a_vague_name() -> None:
    assert [path for path in modules() if path.stem in VAGUE_NAMES] == []


def test_only_the_commands_write_to_the_terminal() -> None:
    writers = [
        path.relative_to(ROOT)
        for path in modules()
        if "commands" not in path.parts
        and re.search(r"(?<![\w.])print\(|click\.echo\(|sys\.stdout\.write\(", path.read_text())
    ]
    assert writers == []


def test_a_test_is_named_as_a_sentence() -> None:
    short = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
        if name.count("_") < 3
    ]
    assert short == []

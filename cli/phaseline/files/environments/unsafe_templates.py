"""Templates in a project's variables that would run programs when Ansible reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.errors import Fault, Place
from phaseline.files.environments.plaintext_secrets import SEALED, variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# Other lookups stay: a client's own store of secrets is reached by one.
RUNS = re.compile(
    r"""\b(?:lookup|query|q)\s*\(\s*["'](?:ansible\.builtin\.)?(?:pipe|lines)["']|__\w+__"""
)
HINT = "Write the value itself: variables run no programs."


def scan(project_dir: Path) -> Iterator[Fault]:
    """Yield every template in the variables of a project that runs something."""
    for text, name in variables(project_dir):
        yield from scan_text(text, name)


def scan_text(text: str, name: str) -> Iterator[Fault]:
    """Yield the templates of a text that run something, each with its line."""
    if text.startswith(SEALED):
        return
    for found in TEMPLATE.finditer(text):
        if RUNS.search(found[0]):
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - (text.rfind("\n", 0, found.start()) + 1) + 1
            place = Place(name, line, column)
            yield Fault("C008", "a template runs something", place, HINT)

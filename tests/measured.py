"""Measured tables of the README: written between their markers, with the machine named."""

from __future__ import annotations

import platform
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def machine() -> str:
    """Return the processors of this machine, as a table names them."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [one.partition(":")[2].strip() for one in info if one.startswith("model name")]
    return f"{len(names)} cores of {names[0] if names else platform.machine()}"


def keep(name: str, text: str) -> None:
    """Put a table between its markers in the README."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    said = README.read_text(encoding="utf-8")
    head, tail = said.split(begin)[0], said.split(end)[1]
    README.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")

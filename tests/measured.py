"""Tables of `bench/MEASURED.md`: written between their markers, with the machine named."""

from __future__ import annotations

import platform
from pathlib import Path

PAGE = Path(__file__).parent / "bench" / "MEASURED.md"


def machine() -> str:
    """Return the processors of this machine, as a table names them."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [one.partition(":")[2].strip() for one in info if one.startswith("model name")]
    return f"{len(names)} cores of {names[0] if names else platform.machine()}"


def keep(name: str, text: str) -> None:
    """Put a table between its markers on the page."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    said = PAGE.read_text(encoding="utf-8")
    head, tail = said.split(begin)[0], said.split(end)[1]
    PAGE.write_text(f"{head}{begin}\n{text}\n{end}{tail}", encoding="utf-8")

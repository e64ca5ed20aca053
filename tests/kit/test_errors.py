"""Each error code is described once, used, and never invented on the spot."""

from __future__ import annotations

import re

from kit.tree import PACKAGE, modules
from phaseline.errors import CODES

CODE = re.compile(r"""["']([BCDEHJO]\d{3})["']""")


def used() -> set[str]:
    sources = [path.read_text() for path in modules() if path != PACKAGE / "codes.py"]
    return {code for source in sources for code in CODE.findall(source)}


def test_every_code_in_use_is_registered() -> None:
    assert used() - set(CODES) == set()


def test_every_registered_code_is_in_use() -> None:
    assert set(CODES) - used() == set()


def test_a_title_is_one_clause_without_a_full_stop() -> None:
    assert [code for code, about in CODES.items() if about.title.endswith(".")] == []


def test_no_code_is_written_twice_in_the_tables() -> None:
    written = re.findall(r'^    "([A-Z]\d{3})": Code', (PACKAGE / "codes.py").read_text(), re.M)
    assert sorted(written) == sorted(CODES)

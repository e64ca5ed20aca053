"""What preflight's probe finds out about a host."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from phaseline.files.places import kit_dir

PROBE = kit_dir() / "roles" / "preflight" / "files" / "probe.py"
FUNCTION = "\n\nprint(json.dumps([has_address(one) for one in sys.argv[1:]]))\n"


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("192.0.2.25", False), ("2001:db8::25", False)]
)
def test_an_address_of_somebody_else_is_told(address: str, own: bool) -> None:
    functions, _, _ = PROBE.read_text().partition("\nskew = ")
    said = subprocess.run(
        [sys.executable, "-c", functions + FUNCTION, address],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert json.loads(said) == [own]

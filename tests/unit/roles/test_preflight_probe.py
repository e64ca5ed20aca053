"""What preflight's probe finds out about a host."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

PROBE = kit_dir() / "roles" / "preflight" / "files" / "probe.py"


def asked(question: str, *words: str) -> object:
    """Return the probe's answer to one question, without its other looks at this machine."""
    functions, _, _ = PROBE.read_text().partition("\nskew = ")
    code = f"{functions}\n\nprint(json.dumps({question}))\n"
    said = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    ).stdout
    return json.loads(said)


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("192.0.2.25", False), ("2001:db8::25", False)]
)
def test_an_address_of_somebody_else_is_told(address: str, own: bool) -> None:
    assert asked("has_address(sys.argv[1])", address) is own


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("ufw/ufw.conf", "# startup\nENABLED=yes\n", ["ufw"]),
        ("ufw/ufw.conf", "ENABLED=no\n", []),
        ("systemd/system/multi-user.target.wants/firewalld.service", "", ["firewalld"]),
        ("systemd/system/multi-user.target.wants/nftables.service", "", []),
    ],
)
def test_another_firewall_is_noticed(
    tmp_path: Path, file: str, text: str, found: list[str]
) -> None:
    place = tmp_path / "etc" / file
    place.parent.mkdir(parents=True)
    place.write_text(text)
    assert asked("other_firewalls(sys.argv[1])", str(tmp_path)) == found

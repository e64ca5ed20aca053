"""The one way to start Ansible: a child of ours whose events we read, never its words."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, Place
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CALLBACK = "phaseline_events"
# An inventory is text in INI form, as lint reads it; one that may be executed is no program.
INVENTORY = {
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
    "ANSIBLE_INVENTORY_ENABLED": "ini",
    "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "ignore",
}
KEY_TROUBLE = ("Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED")


class Process:
    """A running `ansible WORDS`; it dies with us, and a file of variables dies with it."""

    def __init__(
        self,
        words: Sequence[str],
        inventory: Path,
        variables: Mapping[str, Any],
        surroundings: Mapping[str, str],
    ) -> None:
        """Keep what to start; `surroundings` is all of the caller's environment that it gets."""
        self.words, self.inventory, self.variables = words, inventory, variables
        self.surroundings, self.status = surroundings, 0

    def __enter__(self) -> Process:
        """Start it."""
        # Extra variables travel in a file only we can read: arguments are seen by everybody.
        self.extra = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(dict(self.variables), self.extra)
        self.extra.flush()
        argv = [
            *run.WITH_US, sys.executable, "-P", "-m", "ansible", *self.words,
            "--inventory", str(self.inventory), "--extra-vars", f"@{self.extra.name}",
        ]  # fmt: skip
        # The second: an ad-hoc command takes a callback of ours only when told to load any.
        ours = {"ANSIBLE_STDOUT_CALLBACK": CALLBACK, "ANSIBLE_LOAD_CALLBACK_PLUGINS": "True"}
        self.child = subprocess.Popen(
            argv,
            cwd=self.inventory.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**self.surroundings, **INVENTORY, **ours},
        )
        return self

    def lines(self) -> Iterator[str]:
        """Yield what it prints, line by line."""
        if self.child.stdout:
            yield from self.child.stdout

    def __exit__(self, kind: object, *_: object) -> None:
        """Wait for its end, which we bring about where we leave early."""
        if self.child.poll() is None and kind is not None:
            self.child.terminate()
        self.status = self.child.wait()
        if self.child.stdout:
            self.child.stdout.close()
        self.extra.close()


def event_of(line: str) -> dict[str, Any] | None:
    """Return the event in a line, None for a line that holds none."""
    if not line.startswith('{"event"'):
        return None
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return found


def unreachable(host: str, said: str) -> Fault:
    """Return the fault of a host that did not let us in."""
    if any(text in said for text in KEY_TROUBLE):
        hint = "Compare the key with the provider's console, then put it into known_hosts."
        message = f"the SSH key of {host} is unknown or has changed: {said}"
        return Fault("H041", message, Place(host), hint)
    message = f"{host} does not answer over SSH: {said}"
    return Fault("H040", message, Place(host), "Look at the host and its line in inventory.ini.")

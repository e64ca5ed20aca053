"""Secrets of one environment: a file only its owner can read, and environment variables over it."""

from __future__ import annotations

import json
import os
import re
import secrets as randomness
from contextlib import contextmanager
from typing import TYPE_CHECKING

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LENGTH = 18


class Secrets:
    """The secrets of one environment by name; `repr` never shows a value."""

    def __init__(self, path: Path, env: str) -> None:
        """Keep where the file is; it is read when asked."""
        self.path = path
        self.env = env

    def __repr__(self) -> str:
        """Return the place, never a value."""
        return f"Secrets({self.path})"

    def variable(self, name: str) -> str:
        """Return the environment variable that goes before the file."""
        return re.sub(r"[^A-Z0-9]", "_", f"PHASELINE_SECRET_{self.env}_{name}".upper())

    def find(self, name: str) -> str | None:
        """Return a secret, None when nobody set it."""
        return os.environ.get(self.variable(name)) or self._load().get(name)

    def get(self, name: str) -> str:
        """Return a secret; a missing one is a fault."""
        value = self.find(name)
        if value is None:
            hint = f"Set {self.variable(name)}, or put it into {self.path} (mode 0600)."
            message = f"secret '{name}' of environment '{self.env}' is missing"
            raise PhaselineError(Fault("C003", message, None, hint))
        return value

    def get_or_make(self, name: str) -> str:
        """Return a secret; one that is missing is made and kept."""
        value = self.find(name)
        if value is None:
            with self._alone():
                value = self._load().get(name) or randomness.token_urlsafe(LENGTH)
                self._save(name, value)
        return value

    def put(self, name: str, value: str) -> None:
        """Keep a secret; those that others put meanwhile stay."""
        with self._alone():
            self._save(name, value)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the file: whoever writes it has read it before."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with durable.lock(durable.lock_of(self.path), f"secrets of '{self.env}'"):
            yield

    def _save(self, name: str, value: str) -> None:
        body = json.dumps({**self._load(), name: value}, indent=1, sort_keys=True)
        durable.write(self.path, body, 0o600)

    def _load(self) -> dict[str, str]:
        """Return the file's secrets; a file open to others is a fault."""
        if not self.path.is_file():
            return {}
        if durable.open_to_others(self.path):
            hint = f"Run: chmod 600 {self.path}"
            message = "the secrets can be read by others"
            raise PhaselineError(Fault("C006", message, Place(str(self.path)), hint))
        found: dict[str, str] = json.loads(self.path.read_text())
        return found

"""Run one child program to its end: status checked, output kept, faults in our words."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from phaseline.hosts.local.account import Account

LAST_LINES = 12
NOT_FOUND = 127
# Should we be killed, the child goes with us: nothing half-made is written behind our back.
WITH_US = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a program ended."""

    status: int
    output: str
    errors: str

    @property
    def tail(self) -> str:
        """The last lines of what it said, for an error message."""
        said = (self.errors.strip() or self.output.strip()).splitlines()
        return "\n".join(said[-LAST_LINES:])


def lookup(name: str, package: str) -> str:
    """Return the path of a program; a fault names the Debian package that brings it."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        hint = f"Run `apt-get install {package}` as root, then the same command again."
        raise PhaselineError(Fault("H005", f"the program {name} is missing", hint=hint))
    return found


def clean_environment(**more: str) -> dict[str, str]:
    """Return a small environment with nothing of the caller's but the way to the network."""
    passed = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    kept = {name: os.environ[name] for name in passed if name in os.environ}
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **kept, **more}


def must_succeed(outcome: CommandResult, code: str, says: str, hint: str = "") -> str:
    """Return what the program printed; any other end than 0 is a fault with its last lines."""
    if outcome.status != 0:
        raise PhaselineError(Fault(code, f"{says}: {outcome.tail or outcome.status}", hint=hint))
    return outcome.output


def run(
    argv: Sequence[str | Path],
    *,
    timeout: float = 900.0,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    send: str | None = None,
) -> CommandResult:
    """Return how the program ended, whatever that was; a missing one is a fault."""
    words = [*WITH_US, *(str(word) for word in argv)]
    # Standard input is a pipe or nothing: a child never reads the caller's terminal.
    try:
        done = subprocess.run(
            words,
            input=send,
            stdin=subprocess.DEVNULL if send is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            cwd=cwd,
            env=None if env is None else dict(env),
            check=False,
            **(account.drop() if account else {}),
        )
    except FileNotFoundError as error:
        raise PhaselineError(Fault("H005", f"the program {words[0]} is missing")) from error
    except subprocess.TimeoutExpired:
        return CommandResult(124, "", f"{argv[0]} did not end within {timeout:.0f} s")
    if done.returncode == NOT_FOUND and done.stderr.startswith("setpriv: "):
        raise PhaselineError(Fault("H005", f"the program {argv[0]} is missing"))
    return CommandResult(done.returncode, done.stdout, done.stderr)

"""Which unprivileged account PostgreSQL and Odoo run as, whoever called."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import run
from phaseline.hosts.local.account import Account

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM_ACCOUNT = "phaseline"


def choose(create: str | None = None) -> Account:
    """Return the caller's account; for root the one behind sudo, else the system account.

    `create` is the path of useradd: with it a missing system account is made.
    """
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=False)
    behind = os.environ.get("SUDO_UID", "0")
    if behind.isdigit() and int(behind) != 0:
        try:
            return _named(pwd.getpwuid(int(behind)))
        except KeyError:
            pass  # the user behind sudo is not of this machine: use the system account
    try:
        return _named(pwd.getpwnam(SYSTEM_ACCOUNT))
    except KeyError:
        if create is None:
            raise PhaselineError(_missing()) from None
    _create(create)
    return _named(pwd.getpwnam(SYSTEM_ACCOUNT))


def owner(folder: Path) -> Account:
    """Return the account a folder belongs to: what was started there runs as that one."""
    entry = pwd.getpwuid(folder.stat().st_uid)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=os.geteuid() == 0)


def _named(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, dropped=True)


def _create(useradd: str) -> None:
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    run.must_succeed(
        run.run([useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]),
        "H015",
        f"the system account {SYSTEM_ACCOUNT} could not be made",
        "Start as an ordinary user instead, or make the account by hand.",
    )


def _missing() -> Fault:
    """Return the fault of a caller who asks for a sandbox that never was on this machine."""
    return Fault(
        "H013",
        "the sandbox is not running",
        hint=f"Run `phaseline sandbox up`, which makes the account {SYSTEM_ACCOUNT} for it.",
    )

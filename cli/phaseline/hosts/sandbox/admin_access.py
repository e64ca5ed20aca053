"""The administrator's password and API key, put into a database that nobody is connected to.

Odoo has no public method that makes a key, and its shell takes seconds to load. So the hashes are
made with the release's own libraries, in the form that `res.users` and `res.users.apikeys` of Odoo
19 read, and written in one transaction.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline import durable, kit
from phaseline.hosts.local import run

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.sandbox.odoo_server import Server

LOGIN = "admin"
ADMIN = 2  # base.user_admin
KEY_BYTES = 20
HEAD = """
import json, sys
order = json.load(sys.stdin)
sys.path.insert(0, order["python"])
"""
BODY = """
import psycopg2

database = psycopg2.connect(dbname=order["database"], host=order["host"], port=order["port"],
                            user=order["role"], connect_timeout=10)
with database, database.cursor() as cursor:
    set_password(cursor, order["user"], order["password"])
    if order["key"] is not None:
        set_key(cursor, order["user"], order["key"])
    for name, value in order["parameters"].items():
        cursor.execute(
            "INSERT INTO ir_config_parameter (key, value, create_date, write_date)"
            " VALUES (%s, %s, now() at time zone 'utc', now() at time zone 'utc')"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value", [name, value])
database.close()
"""


@dataclass(frozen=True, slots=True)
class Access:
    """How the administrator signs in."""

    password: str = field(repr=False)
    api_key: str = field(repr=False)


def get_or_make(folder: Path) -> Access:
    """Return the password and key kept in a folder, making files only the caller can read."""
    return Access(
        _kept(folder / "admin_password", secrets.token_urlsafe(15)),
        _kept(folder / "api_key", secrets.token_hex(KEY_BYTES)),
    )


def read(folder: Path) -> Access | None:
    """Return the password and key kept in a folder, or None."""
    files = [folder / "admin_password", folder / "api_key"]
    if not all(file.is_file() for file in files):
        return None
    return Access(*(file.read_text(encoding="utf-8").strip() for file in files))


def grant(server: Server, database: str, access: Access | None, url: str | None = None) -> None:
    """Put the administrator's access into a database; None shuts the account."""
    addresses = {"web.base.url": url, "web.base.url.freeze": "True", "report.url": url}
    order = {
        "python": str(server.release / "python"),
        "database": database,
        "host": str(server.cluster.sockets),
        "port": 5432,
        "role": "odoo",
        "user": ADMIN,
        "password": access.password if access else None,
        "key": access.api_key if access else None,
        "parameters": addresses if url else {},
    }
    outcome = run.run(
        [interpreter(server.release), "-I", "-c", _script()],
        account=server.account,
        env=server.environment(),
        cwd=server.run,
        send=json.dumps(order),
        timeout=120,
    )
    run.must_succeed(outcome, "H017", "the administrator's access could not be set")


def interpreter(release: Path) -> str:
    """Return the Python that a release's launcher names."""
    first = (release / "bin/odoo").read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("#!").strip()


def _script() -> str:
    """Return the program: on hosts a role gives administrators access by the same functions."""
    return HEAD + kit.program("tenant_service", "credentials").read_text(encoding="utf-8") + BODY


def _kept(file: Path, fresh: str) -> str:
    durable.write_once(file, lambda: f"{fresh}\n", 0o600)
    return file.read_text(encoding="utf-8").strip()

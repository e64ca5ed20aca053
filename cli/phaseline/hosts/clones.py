"""Throwaway copies of the sandbox's database, served by the same Odoo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts import account_files, postgres_server, sandbox
from phaseline.hosts.odoo_server import CLONE

if TYPE_CHECKING:
    from phaseline.hosts.sandbox import Running

NAME = re.compile(r"^[a-z0-9_]{1,40}$")
WAIT = 60.0  # for another copy that is being made
# Connections are shut out, running statements get two seconds, then the copy is made. What Odoo
# holds in its pool is dropped there and opened anew at the next request.
SHUT = """
ALTER DATABASE {source} ALLOW_CONNECTIONS false;
DO $$ BEGIN
  FOR i IN 1..20 LOOP
    EXIT WHEN NOT EXISTS (SELECT 1 FROM pg_stat_activity
                          WHERE datname = '{source}' AND state <> 'idle');
    PERFORM pg_sleep(0.1);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{source}';
END $$;
"""


def clone(running: Running, name: str) -> str:
    """Return the database of a fresh copy; address it by that name at the sandbox's own URL."""
    if not NAME.match(name):
        message = f"{name} is no name for a copy"
        hint = "Use small letters, digits and underscores, 40 at most."
        raise PhaselineError(Fault("H017", message, hint=hint))
    database, source = CLONE + name, running.database
    cluster, account = running.server.cluster, running.server.account
    store = running.server.run / "data/filestore"
    with sandbox.alone(running.home, WAIT):
        _remove(running, database)
        try:
            postgres_server.sql(cluster, SHUT.format(source=source))
            owner = postgres_server.THROWAWAY
            postgres_server.sql(
                cluster, f"CREATE DATABASE {database} OWNER {owner} TEMPLATE {source};"
            )
        finally:
            postgres_server.sql(cluster, f"ALTER DATABASE {source} ALLOW_CONNECTIONS true;")
        account_files.link(account, store / source, store / database)
    return database


def drop(running: Running, database: str) -> None:
    """Remove a copy with its files; one that is not there is fine."""
    if not database.startswith(CLONE) or not NAME.match(database.removeprefix(CLONE)):
        message = f"{database} is not a copy"
        raise PhaselineError(Fault("H017", message, hint="Only copies can be dropped."))
    with sandbox.alone(running.home, WAIT):
        _remove(running, database)


def names(running: Running) -> tuple[str, ...]:
    """Return the databases of the copies that are there."""
    found = postgres_server.databases(running.server.cluster)
    return tuple(name for name in found if name.startswith(CLONE))


def _remove(running: Running, database: str) -> None:
    postgres_server.sql(running.server.cluster, f"DROP DATABASE IF EXISTS {database} WITH (FORCE);")
    store = running.server.run / "data/filestore"
    account_files.remove(running.server.account, store / database)

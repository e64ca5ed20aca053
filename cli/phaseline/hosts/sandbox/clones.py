"""Throwaway copies of the sandbox's database, served by the same Odoo."""

from __future__ import annotations

import re
from concurrent import futures
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import account_files, state_file
from phaseline.hosts.sandbox import postgres_server
from phaseline.hosts.sandbox.odoo_server import CLONE

if TYPE_CHECKING:
    from phaseline.hosts.sandbox.postgres_server import Cluster
    from phaseline.hosts.sandbox.sandbox import Running

NAME = re.compile(r"^[a-z0-9_]{1,40}$")
WAIT = 60.0  # for another copy that is being made
TRIES = 5
# PostgreSQL first shuts the source for new sessions, which wait, and then gives the old ones five
# seconds to go. In these idle ones are ended at once, and those that work after two seconds. Odoo
# opens its own again at the next request, so most requests are only late. Two are not: one that
# works longer than two seconds fails; and one whose session is ended just after Odoo took it from
# its pool, when it still is idle for PostgreSQL, is answered 404 with nothing done (`_serve_db`).
CREATE = "CREATE DATABASE {database} OWNER {owner} TEMPLATE {source};"
CLEAR = """
DO $$ BEGIN
  FOR i IN 1..90 LOOP
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = '{source}' AND (state = 'idle' OR i > 40);
    PERFORM pg_sleep(0.05);
    PERFORM pg_stat_clear_snapshot();
    EXIT WHEN EXISTS (SELECT 1 FROM pg_database WHERE datname = '{database}');
  END LOOP;
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
    with state_file.alone(running.home, WAIT):
        _remove(running, database)
        _copy(cluster, source, database)
        account_files.link(account, store / source, store / database)
    return database


def drop(running: Running, database: str) -> None:
    """Remove a copy with its files; one that is not there is fine."""
    if not database.startswith(CLONE) or not NAME.match(database.removeprefix(CLONE)):
        message = f"{database} is not a copy"
        raise PhaselineError(Fault("H017", message, hint="Only copies can be dropped."))
    with state_file.alone(running.home, WAIT):
        _remove(running, database)


def names(running: Running) -> tuple[str, ...]:
    """Return the databases of the copies that are there."""
    found = postgres_server.databases(running.server.cluster)
    return tuple(name for name in found if name.startswith(CLONE))


def _copy(cluster: Cluster, source: str, database: str) -> None:
    create = CREATE.format(source=source, database=database, owner=postgres_server.THROWAWAY)
    for left in reversed(range(TRIES)):
        with futures.ThreadPoolExecutor(max_workers=1) as helper:
            made = helper.submit(postgres_server.sql, cluster, create)
            postgres_server.sql(cluster, CLEAR.format(source=source, database=database))
        try:
            made.result()
        except PhaselineError as error:
            if left == 0 or "being accessed by other users" not in str(error):
                raise
        else:
            return


def _remove(running: Running, database: str) -> None:
    postgres_server.sql(running.server.cluster, f"DROP DATABASE IF EXISTS {database} WITH (FORCE);")
    store = running.server.run / "data/filestore"
    account_files.remove(running.server.account, store / database)

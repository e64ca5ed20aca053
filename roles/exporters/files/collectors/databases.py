"""Asks each tenant's database how late its jobs are and which mails wait or failed."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from textfile import family

LIST = """
SELECT DISTINCT d.datname FROM pg_database d, aclexplode(d.datacl) a
 WHERE a.grantee = (SELECT oid FROM pg_roles WHERE rolname = current_user)
   AND a.privilege_type = 'CONNECT' AND d.datallowconn ORDER BY 1;
"""
# Names are full: whoever owns the tables could otherwise put others before them.
TENANT = r"""
SELECT 'late',
       coalesce(max(greatest(0, extract(epoch FROM now() AT TIME ZONE 'UTC' - nextcall))), 0)
  FROM public.ir_cron WHERE active;
SELECT to_regclass('public.mail_mail') IS NOT NULL AS mails \gset
\if :mails
SELECT 'failed', count(*) FROM public.mail_mail WHERE state = 'exception';
SELECT 'waiting', coalesce(max(greatest(0, extract(epoch FROM now() AT TIME ZONE 'UTC'
                                                     - greatest(create_date, scheduled_date)))), 0)
  FROM public.mail_mail WHERE state = 'outgoing';
\endif
"""
OPTIONS = (
    "-c default_transaction_read_only=on -c statement_timeout=5000 -c lock_timeout=2000"
    " -c search_path=pg_catalog"
)
NAME = re.compile(r"[a-z][a-z0-9_]*")
ROWS = ("late", "failed", "waiting")
PATIENCE = 10


def ask(database, script):
    """Return the rows of a script; by the socket, as the account this runs under."""
    argv = ["psql", "-XAtq", "-F", " ", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    env = {"PATH": "/usr/bin:/bin", "PGHOST": "/run/postgresql", "PGOPTIONS": OPTIONS}
    done = subprocess.run(
        argv, input=script, capture_output=True, text=True, timeout=PATIENCE, check=False, env=env
    )
    if done.returncode != 0:
        raise OSError(" ".join(done.stderr.split())[:300] or "no message")
    return [line.split(" ") for line in done.stdout.splitlines() if line]


def tenants():
    """Return the databases this account may enter; a server that restarts is waited for."""
    for wait in (2, 4, 8, 0):
        try:
            return [row[0] for row in ask("postgres", LIST) if NAME.fullmatch(row[0])]
        except OSError:
            if not wait:
                raise
            time.sleep(wait)
    return []


def tenant(name):
    """Return the metrics of a tenant; none when its database could not be read, which is told."""
    try:
        return {key: float(value) for key, value in ask(name, TENANT) if key in ROWS}
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"{name} could not be read: {error}", file=sys.stderr)
        return {}


def take(_state):
    """Return the lines of all tenants."""
    names = tenants()
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(names, pool.map(tenant, names), strict=True))
    read = [({"tenant": name}, int("late" in one)) for name, one in found.items()]

    def rows(key):
        return [({"tenant": name}, one[key]) for name, one in found.items() if key in one]

    return [
        *family("phaseline_database_read", "gauge", "Whether a database could be read.", read),
        *family("phaseline_database_job_late_seconds", "gauge",
                "How late the latest of Odoo's jobs is.", rows("late")),
        *family("phaseline_database_mails_failed", "gauge",
                "Mails that Odoo could not send.", rows("failed")),
        *family("phaseline_database_mail_waiting_seconds", "gauge",
                "How long the oldest mail has been waiting.", rows("waiting")),
    ]  # fmt: skip

"""Asks each tenant's database how late its jobs are and which mails wait or failed."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from textfile import family

LIST = """
SELECT DISTINCT d.datname FROM pg_database d, aclexplode(d.datacl) a
 WHERE a.grantee = (SELECT oid FROM pg_roles WHERE rolname = current_user)
   AND a.privilege_type = 'CONNECT' AND d.datallowconn ORDER BY 1;
"""
# A tenant owns its tables and may have laid code under them. A copy of a table runs none of it, and
# is refused for a view in its place; a query would run what is in an index before it begins.
JOBS = "COPY public.ir_cron (active, nextcall) TO STDOUT;"
HAS_MAILS = "SELECT to_regclass('public.mail_mail') IS NOT NULL;"
MAILS = "COPY public.mail_mail (state, create_date, scheduled_date) TO STDOUT;"
OPTIONS = (
    "-c default_transaction_read_only=on -c statement_timeout=5000 -c lock_timeout=2000"
    " -c search_path=pg_catalog,pg_temp -c row_security=off -c datestyle=ISO"
)
NAME = re.compile(r"[a-z][a-z0-9_]*")
EMPTY = r"\N"  # what a copy gives for no value
PATIENCE = 10


def ask(database, script):
    """Return the lines a script answers; by the socket, as the account this runs under."""
    argv = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    env = {"PATH": "/usr/bin:/bin", "PGHOST": "/run/postgresql", "PGOPTIONS": OPTIONS}
    done = subprocess.run(
        argv, input=script, capture_output=True, text=True, timeout=PATIENCE, check=False, env=env
    )
    if done.returncode != 0:
        raise OSError(" ".join(done.stderr.split())[:300] or "no message")
    return done.stdout.splitlines()


def tenants():
    """Return the databases this account may enter; a server that restarts is waited for."""
    for wait in (2, 4, 8, 0):
        try:
            return [name for name in ask("postgres", LIST) if NAME.fullmatch(name)]
        except OSError:
            if not wait:
                raise
            time.sleep(wait)
    return []


def tenant(name):
    """Return the metrics of a tenant; none when its database could not be read, which is told."""
    try:
        found = {"late": late(ask(name, JOBS))}
        return found | (mails(ask(name, MAILS)) if ask(name, HAS_MAILS) == ["t"] else {})
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"{name} could not be read: {error}", file=sys.stderr)
        return {}


def late(lines):
    """Return how late the latest active job is, in seconds."""
    rows = (line.split("\t") for line in lines)
    return max((age(due) for active, due in rows if active == "t"), default=0.0)


def mails(lines):
    """Return how many mails failed, and how long the oldest that waits has been waiting."""
    failed, waiting = 0, 0.0
    for line in lines:
        state, *moments = line.split("\t")
        failed += state == "exception"
        if state == "outgoing":
            known = [age(one) for one in moments if one != EMPTY]
            waiting = max(waiting, min(known, default=0.0))
    return {"failed": float(failed), "waiting": waiting}


def age(moment):
    """Return how many seconds ago a moment in UTC was; one to come was now."""
    found = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return max(0.0, time.time() - found.timestamp())


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

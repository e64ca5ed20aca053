"""A PostgreSQL cluster of the sandbox's own: one folder, one socket, no TCP port."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import account_files, processes
from phaseline.hosts.local import run as programs

if TYPE_CHECKING:
    from phaseline.hosts.local.account import Account

LIBRARY = Path("/usr/lib/postgresql")
PORT = 5432  # only the name of the socket: nothing listens on TCP
OWNER = "postgres"  # superuser of the cluster
ROLE = "odoo"  # what Odoo connects as: may create databases, nothing more
THROWAWAY = "throwaway"  # owner of clones: Odoo serves them when named and never lists them
# A sandbox can be made again at any time, so it trades the safety of its data for speed.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "log_min_messages": "warning",
    "autovacuum_naptime": "30s",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster: its data folder, the folder of its socket, the programs and who it runs as."""

    data: Path
    sockets: Path
    programs: Path
    account: Account

    @property
    def major(self) -> str:
        """PostgreSQL's major version."""
        return self.programs.parent.name

    @property
    def made(self) -> bool:
        """Whether the cluster is there, whole."""
        return (self.data / "PG_VERSION").is_file()


def find_programs() -> Path:
    """Return the folder of the newest PostgreSQL server's programs."""
    found = [
        f for f in LIBRARY.glob("*/bin") if (f / "initdb").exists() and f.parent.name.isdigit()
    ]
    if not found:
        hint = "Run `apt-get install postgresql` as root, then the same command again."
        raise PhaselineError(Fault("H005", "the PostgreSQL server is missing", hint=hint))
    return max(found, key=lambda one: int(one.parent.name))


def create(cluster: Cluster) -> None:
    """Make an empty cluster that lets in only its own account, over the socket, by its user id."""
    part = cluster.data.with_name("pg.part")
    options = ["--username", OWNER, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    done = programs.run(
        [cluster.programs / "initdb", *options, "--auth", "peer", "--pgdata", part],
        account=cluster.account,
        env=programs.clean_environment(),
        cwd=cluster.data.parent,
    )
    programs.must_succeed(done, "H011", "no PostgreSQL cluster could be made")
    roles = "".join(f"sandbox {cluster.account.name} {one}\n" for one in (OWNER, ROLE))
    account_files.write(cluster.account, part / "pg_hba.conf", "local all all peer map=sandbox\n")
    account_files.write(cluster.account, part / "pg_ident.conf", roles)
    account_files.move(cluster.account, part, cluster.data)


def start(cluster: Cluster, log: Path) -> None:
    """Start the server and wait until it answers; one that runs already is left alone."""
    if ready(cluster):
        return
    # What is left has no master any more, or one that hangs; its lock files would stop the new one.
    processes.end(running(cluster), signal.SIGKILL, 5.0)
    name = f".s.PGSQL.{PORT}"
    stale = [cluster.sockets / name, cluster.sockets / f"{name}.lock"]
    account_files.remove(cluster.account, cluster.data / "postmaster.pid", *stale)
    options = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
    child = processes.spawn(
        [cluster.programs / "postgres", "-D", cluster.data, "-k", cluster.sockets,
         "-p", str(PORT), *options],
        cluster.account,
        log=log,
        cwd=cluster.data,
        env=programs.clean_environment(),
    )  # fmt: skip
    until = time.monotonic() + 60
    while not ready(cluster):
        if child.poll() is not None or time.monotonic() > until:
            raise PhaselineError(_no_start(log))
        time.sleep(0.05)
    processes.let_go(child)


def stop(cluster: Cluster) -> None:
    """Stop the server at once but cleanly: sessions are cut, the data is written."""
    found = running(cluster)
    masters = [one for one in found if str(cluster.data) in one.command]
    processes.end(masters, signal.SIGINT, 30.0)
    processes.end(running(cluster), signal.SIGKILL, 5.0)


def running(cluster: Cluster) -> tuple[processes.Process, ...]:
    """Return the server's processes: they all work in the data folder."""
    return processes.inside(cluster.data, cluster.account.uid)


def ready(cluster: Cluster) -> bool:
    """Return whether the server takes connections."""
    words = ["-h", str(cluster.sockets), "-p", str(PORT), "-U", OWNER, "-t", "5", "-q"]
    if not (cluster.sockets / f".s.PGSQL.{PORT}").exists():
        return False
    program = cluster.programs / "pg_isready"
    env = programs.clean_environment()
    return programs.run([program, *words], account=cluster.account, env=env).status == 0


def sql(cluster: Cluster, statement: str, database: str = "postgres", timeout: float = 300) -> str:
    """Return the answer to statements run as the cluster's owner; a failure is a fault."""
    words = ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.sockets)]
    words += ["-p", str(PORT), "-U", OWNER, "-d", database, "-f", "-"]
    outcome = programs.run(
        [cluster.programs / "psql", *words],
        account=cluster.account,
        env=programs.clean_environment(PGCONNECT_TIMEOUT="10"),
        send=statement,
        timeout=timeout,
    )
    return programs.must_succeed(outcome, "H017", "PostgreSQL refused").strip()


def databases(cluster: Cluster) -> tuple[str, ...]:
    """Return the names of the databases."""
    answer = sql(cluster, "SELECT datname FROM pg_database WHERE NOT datistemplate;")
    return tuple(name for name in answer.splitlines() if name != "postgres")


def sockets_for(run: Path) -> Path:
    """Return where the socket of a sandbox lies: in its own folder, or in /tmp if that is too deep.

    The kernel takes no socket path longer than 107 bytes.
    """
    inside = run / "s"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= 100:  # noqa: PLR2004 (see above)
        return inside
    state = run.stat()
    return Path("/tmp") / f"phaseline-{state.st_dev:x}-{state.st_ino:x}"  # noqa: S108 (0700, checked)


def _no_start(log: Path) -> Fault:
    tail = log.read_text(errors="replace").splitlines()[-8:] if log.is_file() else []
    hint = "Run `phaseline sandbox reset` to recreate it."
    return Fault("H011", "PostgreSQL does not start: " + "\n".join(tail), hint=hint)

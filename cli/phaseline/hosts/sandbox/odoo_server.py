"""The Odoo server of a sandbox: its settings, its start, its end, and installing modules."""

from __future__ import annotations

import configparser
import contextlib
import io
import secrets
import signal
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from phaseline import durable, kit
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import processes
from phaseline.hosts.local import run as programs
from phaseline.hosts.sandbox import postgres_server

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.local.account import Account
    from phaseline.hosts.sandbox.postgres_server import Cluster
    from phaseline.progress import Progress

PROGRAM = kit.load("odoo_template", "install")  # hosts install with the same one
HOST = "127.0.0.1"
DATABASE = "sandbox"
CLONE = "clone_"
WORKERS = 2  # printing needs a second one: wkhtmltopdf calls back into Odoo
LIMIT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Server:
    """An Odoo server: the release it runs, its folder, its database cluster.

    The folder belongs to the caller and holds configuration and logs; `run` below it belongs to the
    account. So a caller that is root never writes where the account could have laid a link.
    """

    release: Path
    home: Path
    cluster: Cluster
    pycache: Path

    @property
    def account(self) -> Account:
        """Who it runs as."""
        return self.cluster.account

    @property
    def run(self) -> Path:
        """The account's folder."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home / "odoo.log"

    def environment(self) -> dict[str, str]:
        """Return the environment of its processes: all temporary files stay in its folder."""
        return programs.clean_environment(
            HOME=str(self.run),
            TMPDIR=str(self.run / "tmp"),
            PYTHONPYCACHEPREFIX=str(self.pycache),
        )


def free_ports(count: int) -> tuple[int, ...]:
    """Return ports that are free now."""
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.bind((HOST, 0))
            found.append(one.getsockname()[1])
    return tuple(found)


def is_free(port: int) -> bool:
    """Return whether a port can be bound now."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


def configure(server: Server, ports: tuple[int, int], cron: int) -> Path:
    """Write the server's configuration and return its path."""
    options = {
        "db_host": server.cluster.sockets,
        "db_port": postgres_server.PORT,
        "db_user": postgres_server.ROLE,
        "db_name": DATABASE,
        "db_maxconn": 16,
        "db_maxconn_gevent": 16,
        # Clones are served when a session or a header names them; the browser sees only one.
        "dbfilter": f"^({DATABASE}|{CLONE}[a-z0-9_]+)$",
        "list_db": False,
        "admin_passwd": secrets.token_urlsafe(24),
        "data_dir": server.run / "data",
        "bin_path": server.release / "bin",
        "http_interface": HOST,
        "http_port": ports[0],
        "gevent_port": ports[1],
        "workers": WORKERS,
        "max_cron_threads": cron,
        "server_wide_modules": "base,web,rpc",
        "limit_time_cpu": LIMIT_SECONDS,
        "limit_time_real": LIMIT_SECONDS,
        "log_level": "warn",
    }
    parser = configparser.RawConfigParser()
    parser["options"] = {key: str(value) for key, value in options.items()}
    text = io.StringIO()
    parser.write(text)
    file = server.home / "odoo.conf"
    group = server.account.gid if server.account.dropped else None
    durable.write(file, text.getvalue(), 0o640, group)
    return file


def start(server: Server, ports: tuple[int, int]) -> None:
    """Start the server and wait until it answers for its database."""
    child = processes.spawn(
        [server.release / "bin/odoo", "--config", server.home / "odoo.conf"],
        server.account,
        log=server.log,
        cwd=server.run,
        env=server.environment(),
    )
    until = time.monotonic() + 120
    while not answers(ports[0]):
        if child.poll() is not None or time.monotonic() > until:
            raise PhaselineError(_no_start(server.log, child.poll()))
        time.sleep(0.1)
    processes.let_go(child)


def answers(port: int, timeout: float = 30.0) -> bool:
    """Return whether an Odoo answers on the port, with its database open."""
    try:
        answer = httpx.get(f"http://{HOST}:{port}/web/health?db_server_status=1", timeout=timeout)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


def running(server: Server) -> tuple[processes.Process, ...]:
    """Return the server's processes and their children: all that works in the run folder itself."""
    ours = {one.pid for one in postgres_server.running(server.cluster)}
    found = processes.inside(server.run, server.account.uid)
    return tuple(one for one in found if one.pid not in ours)


def stop(server: Server) -> None:
    """Stop the server and everything it started."""
    found = running(server)
    # The first one is the master: it ends its workers itself.
    processes.end(found[:1], signal.SIGTERM, 10.0)
    processes.end(running(server), signal.SIGTERM, 3.0)


def install(server: Server, database: str, modules: tuple[str, ...], progress: Progress) -> None:
    """Install modules into an empty database, without demonstration data."""
    log = server.home / "install.log"
    log.unlink(missing_ok=True)
    child = processes.spawn(
        [server.release / "bin/odoo", "--config", server.home / "odoo.conf", "--database", database,
         *PROGRAM.options(modules), "--log-level", "info"],
        server.account,
        log=log,
        cwd=server.run,
        env=server.environment(),
    )  # fmt: skip
    shown = ""
    until = time.monotonic() + 3600
    while child.poll() is None:
        if time.monotonic() > until:
            child.kill()
        line = _progress(log)
        if line and line != shown:
            progress.step(line)
            shown = line
        time.sleep(0.5)
    lines = log.read_text(errors="replace").splitlines()
    wrong = PROGRAM.failures(lines)
    if child.returncode != 0 or wrong:
        tail = "\n".join((wrong or lines)[-8:])
        hint = f"Read {log}, fix the blueprint's modules, and run the same command again."
        raise PhaselineError(
            Fault("H014", f"the modules could not be installed: {tail}", hint=hint)
        )


def _progress(log: Path) -> str:
    """Return how far an installation is, from the last lines of its log."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 4000))
        lines = stream.read().decode(errors="replace").splitlines()
    for line in reversed(lines):
        if "Loading module " in line:
            return "installing " + line.partition("Loading module ")[2].rstrip(".")
    return ""


def _no_start(log: Path, status: int | None) -> Fault:
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:]) if log.is_file() else ""
    ended = "did not answer in time" if status is None else f"ended with status {status}"
    hint = f"Read {log}; `phaseline sandbox reset` recreates the sandbox."
    return Fault("H012", f"Odoo {ended}: {tail}", hint=hint)

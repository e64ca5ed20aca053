"""The sandbox: one real Odoo with its own PostgreSQL, as ordinary processes below one folder."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phaseline import durable
from phaseline.errors import Fault, PhaselineError
from phaseline.hosts.local import account_files, processes, state_file
from phaseline.hosts.sandbox import admin_access, odoo_server, postgres_server, templates
from phaseline.hosts.sandbox.odoo_server import DATABASE, Server
from phaseline.hosts.sandbox.postgres_server import Cluster

if TYPE_CHECKING:
    from phaseline.hosts.local.account import Account
    from phaseline.progress import Progress

# What tells databases of one template apart: the identity in our markers, and Odoo's own tokens.
RENEW = """
UPDATE ir_config_parameter SET value = gen_random_uuid()
 WHERE key IN ('database.uuid', 'database.secret');
"""


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What a sandbox is to be: where, of which release, with which modules, run by whom."""

    home: Path
    cache: Path
    release: Path
    modules: tuple[str, ...]
    account: Account
    cron: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers."""

    url: str
    database: str
    admin_login: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)
    home: Path
    release: str
    modules: tuple[str, ...]
    server: Server = field(repr=False)


@dataclass(frozen=True, slots=True)
class State:
    """What is there of a sandbox: `absent`, `stopped` or `running`."""

    kind: str
    record: dict[str, Any]
    processes: tuple[processes.Process, ...]


def up(spec: SandboxSpec, progress: Progress) -> Running:
    """Bring the sandbox up from whatever state it is in; one that is up is left alone."""
    with state_file.alone(spec.home):
        server = _server(spec.home, spec.release, spec.cache, spec.account)
        record = state_file.read(spec.home)
        if _is_up(server, record):
            return _running(server, record)
        _folders(server)
        odoo_server.stop(server)
        ports = _ports(record)
        odoo_server.configure(server, ports, spec.cron)
        template = templates.choose(spec.cache, spec.release.name, spec.modules, server)
        record = {"modules": list(template.modules), **record, "release": str(spec.release)}
        record |= {"ports": list(ports), "cron": spec.cron, "cache": str(spec.cache)}
        state_file.write(spec.home, record)
        templates.prepare(server, template, progress)
        _database(server, ports, progress)
        progress.step("starting Odoo")
        odoo_server.start(server, ports)
        masters = [odoo_server.running(server)[0], postgres_server.running(server.cluster)[0]]
        record["masters"] = [[one.pid, one.started, one.command] for one in masters]
        state_file.write(spec.home, record)
        return _running(server, record)


def status(home: Path, account: Account) -> State:
    """Return what is there of a sandbox, without changing anything."""
    record = state_file.read(home)
    run = home / "run"
    found = processes.inside(run, account.uid)
    if not record and not found:
        return State("absent", {}, ())
    # Both workers may be at a long request: be patient as long as the masters live.
    running = _masters_live(record) and odoo_server.answers(record["ports"][0], timeout=60.0)
    return State("running" if running else "stopped", record, found)


def lookup(home: Path, account: Account) -> Running:
    """Return the running sandbox; a fault when it does not answer."""
    record = state_file.read(home)
    access = admin_access.read(home)
    if not record or access is None or status(home, account).kind != "running":
        hint = "Run `phaseline sandbox up`."
        raise PhaselineError(Fault("H013", "the sandbox is not running", hint=hint))
    server = _server(home, Path(record["release"]), Path(record["cache"]), account)
    return _running(server, record)


def down(home: Path, account: Account, *, keep_access: bool = False) -> bool:
    """End every process of the sandbox and remove its files; return whether there was anything."""
    if not home.is_dir():
        return False
    with state_file.alone(home):
        run = home / "run"
        found = processes.inside(run, account.uid)
        server = _server(home, home, home, account)
        if run.is_dir():
            odoo_server.stop(server)
            postgres_server.stop(server.cluster)
            if server.cluster.sockets.parent != run:
                account_files.remove(account, server.cluster.sockets)
        there = bool(found) or (home / state_file.RECORD).is_file()
        for child in home.iterdir():
            kept = keep_access and child.name in {"admin_password", "api_key"}
            if child.is_dir():
                shutil.rmtree(child)
            elif not kept and child.name != ".lock":
                child.unlink()
        (home / ".lock").unlink()
        if not keep_access:
            home.rmdir()
    return there


def _server(home: Path, release: Path, cache: Path, account: Account) -> Server:
    run = home / "run"
    sockets = postgres_server.sockets_for(run) if run.is_dir() else run / "s"
    cluster = Cluster(run / "pg", sockets, postgres_server.find_programs(), account)
    return Server(release, home, cluster, cache / "pycache" / account.name / release.name)


def _folders(server: Server) -> None:
    home, account = server.home, server.account
    home.chmod(0o755)
    for folder in (server.run, server.pycache):
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
            if account.dropped:
                os.chown(folder, account.uid, account.gid)
    account_files.make(account, server.run / "tmp", server.run / "data/filestore")
    sockets = postgres_server.sockets_for(server.run)
    account_files.make(account, sockets)
    state = sockets.lstat()
    if state.st_uid != account.uid or durable.open_to_others(sockets) or sockets.is_symlink():
        message = f"{sockets} is not a private folder of {account.name}"
        raise PhaselineError(Fault("H011", message, hint="Remove it and start again."))


def _database(server: Server, ports: tuple[int, int], progress: Progress) -> None:
    """Have the sandbox's database: a copy of the template with the administrator's access."""
    cluster, url = server.cluster, f"http://{odoo_server.HOST}:{ports[0]}"
    access = admin_access.get_or_make(server.home)
    if DATABASE not in postgres_server.databases(cluster):
        progress.step("copying the template into a fresh database")
        making = "making"
        postgres_server.sql(cluster, f"DROP DATABASE IF EXISTS {making} WITH (FORCE);")
        statement = f"CREATE DATABASE {making} OWNER {postgres_server.ROLE}"
        postgres_server.sql(cluster, f"{statement} TEMPLATE {templates.TEMPLATE};")
        postgres_server.sql(cluster, RENEW, making)
        store = server.run / "data/filestore"
        account_files.remove(server.account, store / DATABASE)
        account_files.link(server.account, store / templates.TEMPLATE, store / DATABASE)
        admin_access.grant(server, making, access, url)
        postgres_server.sql(cluster, f"ALTER DATABASE {making} RENAME TO {DATABASE};")
        return
    admin_access.grant(server, DATABASE, access, url)


def _ports(record: dict[str, Any]) -> tuple[int, int]:
    kept = record.get("ports", [])
    if len(kept) == 2 and all(odoo_server.is_free(port) for port in kept):  # noqa: PLR2004
        return kept[0], kept[1]
    first, second = odoo_server.free_ports(2)
    return first, second


def _is_up(server: Server, record: dict[str, Any]) -> bool:
    if not _masters_live(record) or not postgres_server.ready(server.cluster):
        return False
    return odoo_server.answers(record["ports"][0], timeout=60.0)


def _masters_live(record: dict[str, Any]) -> bool:
    masters = [processes.Process(*one) for one in record.get("masters", [])]
    return bool(masters) and all(processes.alive(one) for one in masters)


def _running(server: Server, record: dict[str, Any]) -> Running:
    access = admin_access.get_or_make(server.home)
    return Running(
        url=f"http://{odoo_server.HOST}:{record['ports'][0]}",
        database=DATABASE,
        admin_login=admin_access.LOGIN,
        password=access.password,
        api_key=access.api_key,
        home=server.home,
        release=server.release.name,
        modules=tuple(record["modules"]),
        server=server,
    )

"""Template databases: whole clusters at rest, one for each release and set of modules."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.hosts.local import account_files
from phaseline.hosts.sandbox import admin_access, odoo_server, postgres_server

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.hosts.sandbox.odoo_server import Server
    from phaseline.progress import Progress

FORMAT = 1  # raise it when a template is made differently
TEMPLATE = "template"
BUILDING = "building"


@dataclass(frozen=True, slots=True)
class Template:
    """A template by what decides its content, and the folder it is cached in."""

    folder: Path
    modules: tuple[str, ...]


def choose(cache: Path, release: str, modules: tuple[str, ...], server: Server) -> Template:
    """Return the template of a release and a set of modules; nothing is made yet."""
    names = tuple(sorted(set(modules) | {"base", "web"}))
    parts = (str(FORMAT), release, server.cluster.major, *names)
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    return Template(own_folder(cache, server) / key, names)


def own_folder(cache: Path, server: Server) -> Path:
    """Return the account's own folder of templates, making it."""
    account = server.account
    folder = cache / "templates" / account.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        if account.dropped:
            os.chown(folder, account.uid, account.gid)
    return folder


def prepare(server: Server, template: Template, progress: Progress) -> None:
    """Have a running cluster that holds the template database, from the cache or built."""
    account, cluster = server.account, server.cluster
    if not cluster.made:
        if account_files.exists(account, template.folder):
            progress.step("copying the template database")
            _restore(server, template)
        else:
            progress.step("making a PostgreSQL cluster")
            account_files.remove(account, cluster.data.with_name("pg.part"))
            postgres_server.create(cluster)
    postgres_server.start(cluster, server.home / "postgres.log")
    if TEMPLATE not in postgres_server.databases(cluster):
        _build(server, template, progress)
        _save(server, template, progress)


def _build(server: Server, template: Template, progress: Progress) -> None:
    cluster, filestore = server.cluster, server.run / "data/filestore"
    role = postgres_server.ROLE
    postgres_server.sql(cluster, f"DROP DATABASE IF EXISTS {BUILDING} WITH (FORCE);")
    account_files.remove(server.account, filestore / BUILDING, filestore / TEMPLATE)
    for name, can in ((role, "LOGIN CREATEDB"), (postgres_server.THROWAWAY, "NOLOGIN")):
        postgres_server.sql(cluster, _ensure_role(name, can))
    postgres_server.sql(cluster, f"GRANT {postgres_server.THROWAWAY} TO {role};")
    create = f"CREATE DATABASE {BUILDING} OWNER {role} TEMPLATE template0"
    postgres_server.sql(cluster, f"{create} LC_COLLATE 'C' ENCODING 'UTF8';")
    progress.step(
        f"installing {len(template.modules)} modules into the template database (some minutes)"
    )
    odoo_server.install(server, BUILDING, template.modules, progress)
    admin_access.grant(server, BUILDING, None)  # nobody signs in with Odoo's first password
    postgres_server.sql(cluster, "VACUUM (ANALYZE);", BUILDING)
    account_files.make(server.account, filestore / BUILDING)
    account_files.move(server.account, filestore / BUILDING, filestore / TEMPLATE)
    postgres_server.sql(cluster, f"ALTER DATABASE {BUILDING} RENAME TO {TEMPLATE};")


def _save(server: Server, template: Template, progress: Progress) -> None:
    progress.step("keeping the template database for the next time")
    account, part = server.account, template.folder.with_suffix(".part")
    postgres_server.stop(server.cluster)
    account_files.remove(account, part)
    account_files.make(account, part / "filestore")
    account_files.copy(account, server.cluster.data, part / "pg")
    account_files.copy(account, server.run / "data/filestore" / TEMPLATE, part / "filestore")
    if not account_files.exists(account, template.folder):
        account_files.move(account, part, template.folder)
    postgres_server.start(server.cluster, server.home / "postgres.log")


def _restore(server: Server, template: Template) -> None:
    account, run = server.account, server.run
    part = run / "pg.part"
    filestore = run / "data/filestore" / TEMPLATE
    account_files.remove(account, part, filestore)
    account_files.make(account, filestore.parent)
    account_files.copy(account, template.folder / "filestore", filestore)
    account_files.copy(account, template.folder / "pg", part)
    account_files.move(account, part, server.cluster.data)


def _ensure_role(name: str, can: str) -> str:
    return (
        f"DO $$ BEGIN CREATE ROLE {name} {can}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    )

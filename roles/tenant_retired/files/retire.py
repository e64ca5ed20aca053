"""The last backup of a tenant, tried before anything is removed.

dump NAME FOLDER      dump the database, restore it beside, count all tables in both
files NAME FOLDER     compare attachments (names on standard input) with their SHA-1, pack all
manifest NAME FOLDER  write the sizes and hashes of what is stored there
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

COUNT = """
SELECT c.relname || ' ' || (xpath('/row/c/text()',
  query_to_xml(format('SELECT count(*) AS c FROM %I.%I', n.nspname, c.relname),
  false, true, '')))[1]
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1;
"""
THERE = "SELECT 1 FROM pg_database WHERE datname = '{name}'"
ATTACHED = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL;"
AS_POSTGRES = ["/usr/sbin/runuser", "-u", "postgres", "--"]
# Indexes need it, and no dump carries it: it is a change of what belongs to an extension.
EXTENSION = """CREATE EXTENSION unaccent WITH SCHEMA public;
ALTER FUNCTION public.unaccent(text) IMMUTABLE"""


def psql(database: str, sql: str) -> str:
    """Return what a statement answers."""
    argv = [*AS_POSTGRES, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
    return subprocess.run(argv, check=True, capture_output=True, text=True, cwd="/").stdout


def dump(name: str, folder: str) -> None:
    """Dump and try the dump; print `dumped`, the time and the attachments' names."""
    if not psql("postgres", THERE.format(name=name)):
        return
    work, trial = Path(folder), f"retired_{name}"
    file = work / "database.dump"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    with file.open("wb") as stream:
        argv = [*AS_POSTGRES, "pg_dump", "--format=custom", "--compress=1", name]
        subprocess.run(argv, check=True, stdout=stream, cwd="/")
    psql("postgres", f"DROP DATABASE IF EXISTS {trial} WITH (FORCE)")
    psql("postgres", f"CREATE DATABASE {trial} TEMPLATE template0")
    psql(trial, EXTENSION)
    try:
        with file.open("rb") as stream:
            argv = [*AS_POSTGRES, "pg_restore", "--exit-on-error", "--no-owner", "--no-privileges",
                    "--dbname", trial]  # fmt: skip
            subprocess.run(argv, check=True, stdin=stream, cwd="/")
        before, after = psql(name, COUNT), psql(trial, COUNT)
    finally:
        psql("postgres", f"DROP DATABASE IF EXISTS {trial} WITH (FORCE)")
    if before != after or not before:
        sys.exit("the dump restores to other numbers of rows than the database has")
    print("dumped", time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    print(psql(name, ATTACHED), end="")


def files(name: str, folder: str) -> None:
    """Pack the files, once each one that the database names is there and whole."""
    store, work = Path(f"/var/lib/odoo/{name}/filestore/{name}"), Path(folder)
    wrong = [one for one in sys.stdin.read().split() if not whole(store / one)]
    if wrong:
        sys.exit(f"{len(wrong)} attachments are missing or damaged: " + ", ".join(wrong[:10]))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    os.umask(0o077)
    part = work / "filestore.tar.zst"
    argv = [
        "/usr/bin/tar",
        "--create",
        "--zstd",
        "--file",
        str(part),
        "--directory",
        str(store),
        ".",
    ]
    subprocess.run(argv, check=True)
    subprocess.run(
        ["/usr/bin/tar", "--compare", "--file", str(part), "--directory", str(store)], check=True
    )


def whole(file: Path) -> bool:
    """Return whether an attachment's content has the hash that is its name."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha1").hexdigest() == file.name


def manifest(name: str, folder: str) -> None:
    """Write the manifest, last of all: a backup without one does not count."""
    found = {}
    for file in sorted(Path(folder).iterdir()):
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        found[file.name] = {"bytes": file.stat().st_size, "sha256": digest}
    part = Path(folder) / ".manifest.part"
    part.write_text(json.dumps({"tenant": name, "files": found}, indent=1) + "\n", encoding="utf-8")
    part.rename(Path(folder) / "manifest.json")


if __name__ == "__main__":
    {"dump": dump, "files": files, "manifest": manifest}[sys.argv[1]](*sys.argv[2:])

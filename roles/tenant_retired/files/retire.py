"""The last backup of a tenant, tried before anything is removed.

dump NAME FOLDER      dump the database, restore it beside, count all tables in both
files NAME FOLDER     compare attachments (names on standard input) with their SHA-1, pack all
manifest NAME FOLDER  write the sizes and hashes of what is stored there
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = """
SELECT c.relname || ' ' || (xpath('/row/c/text()',
  query_to_xml(format('SELECT count(*) AS c FROM %I.%I', n.nspname, c.relname),
  false, true, '')))[1]
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1;
"""
THERE = "SELECT 1 FROM pg_database WHERE datname = '{name}'"
ATTACHED = """SELECT DISTINCT store_fname FROM public.ir_attachment
 WHERE store_fname IS NOT NULL ORDER BY 1;"""
NAMED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}")
AS_POSTGRES = ["/usr/sbin/runuser", "-u", "postgres", "--"]
# A tenant owns its tables: code that it hung on them runs when they are read, and finds what it
# laid before the system's names. So they are read as the tenant's role, and names are the system's.
SESSION = {"PGOPTIONS": "-c search_path=pg_catalog,pg_temp", "PATH": "/usr/bin:/bin"}
# The dump is code of the tenant, too: it is restored by an account that has nothing, into a server
# of its own that ends with the unit, without network, and by a role that is no superuser.
TRIAL = [
    "/usr/bin/systemd-run", "--quiet", "--wait", "--pipe", "--collect",
    *(f"--property={one}" for one in (
        "User=phaseline_trial", "PrivateNetwork=yes", "PrivateTmp=yes", "PrivateDevices=yes",
        "ProtectSystem=strict", "ProtectHome=yes", "ProtectProc=invisible", "NoNewPrivileges=yes",
        "CapabilityBoundingSet=", "RestrictAddressFamilies=AF_UNIX", "UMask=0077",
        "InaccessiblePaths=-/run/postgresql -/var/lib/postgresql -/etc/phaseline",
        "RuntimeMaxSec=6h",
    )),
]  # fmt: skip
RESTORE = r"""
set -eu
cd /var/tmp
PATH="$1:/usr/bin:/bin"; export PATH
export PGHOST=/var/tmp PGDATA=/var/tmp/data LANG=C.UTF-8
initdb --auth=trust --username=server --encoding=UTF8 --lc-collate=C --lc-ctype=C.UTF-8 \
  --no-sync > /dev/null
printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '/var/tmp'" 'fsync = off' \
  'full_page_writes = off' 'wal_level = minimal' 'max_wal_senders = 0' 'max_wal_size = 2GB' \
  'maintenance_work_mem = 128MB' >> data/postgresql.auto.conf
pg_ctl --silent --wait --timeout=120 --log=/var/tmp/log start || { cat log >&2; exit 1; }
trap 'pg_ctl --silent --mode=immediate stop' EXIT
# Indexes need an immutable unaccent, and no dump carries that: it changes what is an extension's.
psql -XqU server -v ON_ERROR_STOP=1 -d postgres -f - <<'SQL'
CREATE ROLE restorer LOGIN;
CREATE DATABASE trial OWNER restorer TEMPLATE template0;
\connect trial
CREATE EXTENSION unaccent SCHEMA public;
ALTER FUNCTION public.unaccent(text) IMMUTABLE;
SQL
pg_restore --username=restorer --exit-on-error --no-owner --no-privileges --no-comments \
  --dbname=trial <&3
PGOPTIONS='-c search_path=pg_catalog,pg_temp' \
  psql -XAtqU restorer -v ON_ERROR_STOP=1 -d trial -c "$2"
"""


def psql(database: str, sql: str, role: str = "postgres") -> str:
    """Return what a statement answers."""
    argv = [*AS_POSTGRES, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", database,
            "-c", sql]  # fmt: skip
    return said(argv, env=SESSION)


def said(argv: list[str], **how: Any) -> str:
    """Return what a program prints; one that fails ends the run with its last words."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        argv, check=False, capture_output=True, text=True, cwd="/", **how
    )
    if done.returncode:
        sys.exit(f"{argv[0]} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def dump(name: str, folder: str) -> None:
    """Dump and try the dump; print `dumped`, the time and the attachments' names."""
    if not psql("postgres", THERE.format(name=name)):
        return
    work = Path(folder)
    file = work / "database.dump"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    with file.open("wb") as stream:
        argv = [
            *AS_POSTGRES,
            "pg_dump",
            "--username",
            name,
            "--format=custom",
            "--compress=1",
            name,
        ]
        subprocess.run(argv, check=True, stdout=stream, cwd="/")
    before, after = psql(name, COUNT, name), restored(file)
    if before != after or not before:
        sys.exit("the dump restores to other numbers of rows than the database has")
    print("dumped", time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    print(psql(name, ATTACHED, name), end="")


def restored(file: Path) -> str:
    """Return the numbers of rows in a restored dump; nothing of the trial is left."""
    major = int(psql("postgres", "SHOW server_version_num")) // 10000
    programs = f"/usr/lib/postgresql/{major}/bin"
    with file.open("rb") as stream:
        script = "exec 3<&0 0</dev/null\n" + RESTORE
        return said([*TRIAL, "/bin/sh", "-c", script, "trial", programs, COUNT], stdin=stream)


def files(name: str, folder: str) -> None:
    """Pack the files, once each one that the database names is there and whole.

    All is read as the tenant's account: a link that it laid there leads to what it may read itself.
    """
    store, work = Path(f"/var/lib/odoo/{name}/filestore/{name}"), Path(folder)
    names = [one for one in sys.stdin.read().split("\n") if one]
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700, parents=True)
    os.umask(0o077)
    with (work / "filestore.tar.zst").open("w+b") as stream, acting_as(f"odoo-{name}"):
        wrong = [one for one in names if not whole(store, one)]
        if wrong:
            sys.exit(f"{len(wrong)} attachments are missing or damaged: " + ", ".join(wrong[:10]))
        # From a folder that it may not read tar pads what it writes, which zstd refuses.
        tar = ["/usr/bin/tar", "--zstd", "--file=-"]
        subprocess.run([*tar, "--create", "."], check=True, stdout=stream, cwd=store)
        os.lseek(stream.fileno(), 0, os.SEEK_SET)  # tar moved it, which the object does not know
        subprocess.run([*tar, "--compare"], check=True, stdin=stream, cwd=store)


@contextmanager
def acting_as(account: str) -> Iterator[None]:
    """Have the rights of an account and no others; what is run gets them, too."""
    found = pwd.getpwnam(account)
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(found.pw_gid, found.pw_gid, 0)
    os.setresuid(found.pw_uid, found.pw_uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def whole(store: Path, name: str) -> bool:
    """Return whether an attachment is there under its hash, and has the content of that hash."""
    file = store / name
    if not NAMED.fullmatch(name) or file.is_symlink() or not file.is_file():
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

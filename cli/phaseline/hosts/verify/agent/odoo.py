"""Readings of Odoo's own things on a host; sent along with the agent, changes nothing.

The one thing it writes is a probe file as a tenant's user, and it removes it.
"""

from __future__ import annotations

import configparser
import hashlib
import importlib
import json
import pwd
import re
import secrets
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from phaseline.hosts.verify.agent.main import SECRET, VERBS, run, sql

RELEASE = "phaseline.roles.odoo_release"  # the role's program, sent along under this name


def conf(path: str) -> dict[str, str]:
    """Return the options of an odoo.conf; of secrets only what kind of value stands there."""
    parser = configparser.RawConfigParser()
    with Path(path).open() as file:
        parser.read_file(file)
    found = dict(parser["options"]) if parser.has_section("options") else {}
    for name, value in found.items():
        if SECRET.search(name) or name == "admin_passwd":
            hashed = value.startswith("$pbkdf2-sha512$")
            found[name] = "(hashed)" if hashed else "(plain)" if value else ""
    return found


def filestore(user: str, folder: str) -> dict[str, Any]:
    """Write a probe file as a tenant's user, read it back and remove it."""
    word = secrets.token_hex(16)
    probe = f"{folder}/.phaseline-probe-{word}"
    script = (
        "import os,sys\n"
        "path,word=sys.argv[1:]\n"
        "os.umask(0o077)\n"
        "try:\n"
        " open(path,'x').write(word)\n"
        " same=open(path).read()==word\n"
        "finally:\n"
        " os.path.exists(path) and os.remove(path)\n"
        "os.write(1, b'same' if same else b'other')\n"
    )
    argv = [sys.executable, "-I", "-c", script, probe, word]
    group = pwd.getpwnam(user).pw_gid
    said = run(argv, user=user, group=group, extra_groups=[]).strip()
    return {"same": said == "same", "left": Path(probe).exists()}


def guessable(database: str) -> list[str]:
    """Return the logins whose password is one that everybody tries first."""
    logins = "login IN ('admin', 'demo', 'portal', 'odoo') OR id = 2"
    query = f"SELECT login, password FROM public.res_users WHERE active AND ({logins})"  # noqa: S608
    weak = []
    for row in sql(database, query, database):
        found = re.match(r"\$pbkdf2-sha512\$(\d+)\$([^$]+)\$([^$]+)$", row["password"] or "")
        if not found:
            if row["password"]:
                weak.append(f"{row['login']} (not hashed)")
            continue
        salt, wanted = (b64decode(part.replace(".", "+") + "==") for part in found.groups()[1:])
        for guess in {"admin", row["login"]}:
            made = hashlib.pbkdf2_hmac("sha512", guess.encode(), salt, int(found[1]))
            if made == wanted:
                weak.append(row["login"])
    return weak


def release(link: str, sample: int) -> dict[str, Any]:
    """Return the id a link leads to, and what differs from its list of files (0: look at all)."""
    program = importlib.import_module(RELEASE)
    folder = Path(link).resolve()
    listed = (folder / program.LIST).read_text()
    names = program.read_list(listed)
    step = max(len(names) // sample, 1) if sample else 1
    chosen = dict(list(names.items())[::step])
    manifest = json.loads((folder / program.MANIFEST).read_text())
    digest = program.digest(listed, manifest["inputs"])
    return {
        "id": folder.name,
        "made_id": f"{folder.name.rpartition('-')[0]}-{digest}",
        "files": len(names),
        "checked": len(chosen),
        "wrong": program.compare(chosen, program.hashes(folder, chosen)),
    }


VERBS.update(conf=conf, filestore=filestore, guessable=guessable, release=release)

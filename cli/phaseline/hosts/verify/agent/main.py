"""Reads one host and prints JSON; this file is sent over SSH as it stands and changes nothing.

It knows nothing of what is right: a caller orders readings by name. Standard library only. What
must not leave the host (passwords, hashes, keys) is blotted out here.
"""

from __future__ import annotations

import glob
import grp
import json
import os
import pwd
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SECRET = re.compile(r"passw|secret|api_key|token|credential|private", re.IGNORECASE)
ARGUMENT = re.compile(
    r"(\w*(?:passw|secret|api[_-]?key|token)\w*)[=: ]+['\"]?[^\s'\"/]{6,}", re.IGNORECASE
)
OWN = {str(os.getpid()), str(os.getppid())}
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LONGEST = 4_000_000
SESSION = (
    "-c search_path=pg_catalog,pg_temp -c default_transaction_read_only=on"
    " -c statement_timeout=20000"
)
# Where others own the tables: no view in the place of one, and no policy that hides rows from us.
GUARDED = " -c row_security=off -c restrict_nonsystem_relation_kind=view,foreign-table"


def run(argv: list[str], **how: Any) -> str:
    """Return what a program prints; a bad exit status is an error."""
    okay = how.pop("okay", [0])
    env = {"PATH": PATHS, "LANG": "C.UTF-8", **how.pop("env", {})}
    done = subprocess.run(
        argv, capture_output=True, text=True, timeout=60, check=False, env=env, cwd="/",
        errors="replace", **how,
    )  # fmt: skip
    if okay != "any" and done.returncode not in okay:
        why = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        message = f"{argv[0]} ended with {done.returncode}: {why[0]}"
        raise RuntimeError(message)
    said: str = done.stdout
    return said[:LONGEST]


def text(path: str) -> str:
    """Return a file's text, with the values of secret settings blotted out."""
    lines = Path(path).read_text(errors="replace")[:LONGEST].splitlines()
    kept = []
    for line in lines:
        name, sign, _ = line.partition("=")
        kept.append(f"{name}= (hidden)" if sign and SECRET.search(name) else line)
    return "\n".join(kept)


def state(path: str, follow: bool = False) -> dict[str, Any] | None:
    """Return owner, group, mode and kind of a file, None when it is not there."""
    try:
        found = Path(path).stat() if follow else os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    kinds = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "link"}
    return {
        "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        "owner": name_of(pwd.getpwuid, found.st_uid),
        "group": name_of(grp.getgrgid, found.st_gid),
        "kind": kinds.get(stat.S_IFMT(found.st_mode), "other"),
        "size": found.st_size,
        "leads_to": state(path, follow=True) if stat.S_ISLNK(found.st_mode) else None,
    }


def name_of(look: Any, number: int) -> str:
    """Return the name of a user or group number."""
    try:
        return str(look(number)[0])
    except KeyError:
        return str(number)


def states(patterns: list[str]) -> dict[str, Any]:
    """Return the state of every path; a pattern gives those it matches."""
    found: dict[str, Any] = {}
    for pattern in patterns:
        magic = glob.has_magic(pattern)
        paths = sorted(glob.glob(pattern)) if magic else [pattern]  # noqa: PTH207
        found.update({path: state(path) for path in paths})
    return found


def find(roots: list[str], argv: list[str]) -> list[str]:
    """Return the paths `find` names below those roots that are there."""
    there = [root for root in roots if Path(root).exists()]
    if not there:
        return []
    said = run(["find", *there, "-xdev", *argv, "-print0"], okay=[0, 1])
    return sorted(filter(None, said.split("\0")))


def sql(database: str, query: str, role: str = "postgres") -> list[Any]:
    """Return the rows of a query as records; the transaction is read-only.

    A tenant owns its tables, so code of its own may run when they are read (views, indexes over
    functions): they are read as the tenant's role, by a session that nothing can raise.
    """
    whole = f"SELECT coalesce(json_agg(t), '[]') FROM ({query}) t"  # noqa: S608 (our own)
    argv = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", database, "-c", whole]
    if not Path("/run/postgresql").exists():
        message = "PostgreSQL does not run here"
        raise RuntimeError(message)
    options = SESSION if role == "postgres" else SESSION + GUARDED
    said = run(argv, user="postgres", group="postgres", extra_groups=[], env={"PGOPTIONS": options})
    rows: list[Any] = json.loads(said or "[]")
    return rows


def processes() -> list[dict[str, Any]]:
    """Return the processes that carry a secret in their arguments or environment, never the secret.

    Told are the program, its user and the name of the variable or option.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or entry.name in OWN:
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            variables = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
            user = name_of(pwd.getpwuid, entry.stat().st_uid)
        except OSError:
            continue
        named = {name for name, _, value in (one.partition("=") for one in variables)
                 if value and not value.startswith("/") and SECRET.search(name)}  # fmt: skip
        named |= {match[1] for match in map(ARGUMENT.search, words) if match}
        if named:
            found.append({"program": words[0], "user": user, "names": sorted(named)})
    return found


def certificates(roots: list[str]) -> dict[str, str]:
    """Return the public certificates below some folders."""
    paths = find(roots, ["-name", "*.crt", "-xtype", "f"])  # certbot's are links
    return {path: Path(path).read_text() for path in paths}


def keys(roots: list[str]) -> dict[str, list[str]]:
    """Return the public keys that open an account, by file."""
    paths = find(roots, ["-maxdepth", "4", "-name", "authorized_keys*", "-type", "f"])
    return {
        path: [line for line in Path(path).read_text().splitlines() if line and line[0] != "#"]
        for path in paths
    }


def unpackaged(roots: list[str]) -> list[str]:
    """Return the files below some folders that no package brought."""
    paths = find(roots, ["-type", "f"])
    said = run(["dpkg-query", "-S", *paths], okay=[0, 1]) if paths else ""
    known = {line.partition(": ")[2] for line in said.splitlines()}
    return [path for path in paths if path not in known]


def unsigned() -> list[str]:
    """Return the package sources that are taken without a signature."""
    offenders = []
    for path in find(["/etc/apt/sources.list", "/etc/apt/sources.list.d"], ["-type", "f"]):
        for line in Path(path).read_text(errors="replace").splitlines():
            if re.search(r"trusted\s*[=:]\s*yes|allow-insecure\s*[=:]\s*yes", line, re.IGNORECASE):
                offenders.append(f"{path}: {line.strip()}")  # noqa: PERF401
    return offenders


VERBS = {
    "run": run, "text": text, "states": states, "find": find, "sql": sql,
    "processes": processes, "keys": keys, "unpackaged": unpackaged,
    "certificates": certificates, "unsigned": unsigned,
}  # fmt: skip


def answer(order: list[Any]) -> dict[str, Any]:
    """Return the value of one reading, or why there is none."""
    verb, arguments = order
    try:
        return {"value": VERBS[verb](**arguments)}  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 (whatever fails is told, and judged as unreadable)
        return {"error": f"{type(error).__name__}: {error}"}


def main(orders: dict[str, list[Any]]) -> None:
    """Print the answers to all orders."""
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(orders, pool.map(answer, orders.values()), strict=True))
    json.dump(answers, sys.stdout)

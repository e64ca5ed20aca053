"""What a host knows of its tenants; this file runs on the host, with Debian's Python alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TENANTS, DATA, SETTINGS = Path("/opt/odoo/tenants"), Path("/var/lib/odoo"), Path("/etc/odoo")
WANTED = ("http_port", "gevent_port", "workers")
SIZES = "SELECT datname, pg_database_size(datname) FROM pg_database WHERE NOT datistemplate"


def said(*argv: str) -> str:
    """Return what a program prints, nothing when it is missing."""
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def release(name: str) -> tuple[str, str]:
    """Return the id of a tenant's release and Odoo's version in it."""
    try:
        folder = (TENANTS / name).resolve(strict=True)
        parts = json.loads((folder / "manifest.json").read_text("utf-8"))["components"]
    except (OSError, ValueError):
        return "", ""
    return folder.name, next((one["version"] for one in parts if one["role"] == "odoo"), "")


def options(name: str) -> dict[str, str]:
    """Return the options of a tenant's configuration that `tenant list` compares."""
    try:
        lines = (SETTINGS / f"{name}.conf").read_text("utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip() in WANTED}


def tenant(name: str) -> dict[str, Any]:
    """Return what is on this host of one tenant."""
    identity, version = release(name)
    size = said("du", "--summarize", "--bytes", str(DATA / name)).split()
    return {
        "release": identity,
        "version": version,
        "unit": said("systemctl", "is-active", f"odoo@{name}.service"),
        "files_bytes": int(size[0]) if size else 0,
        "options": options(name),
    }


def databases() -> dict[str, int]:
    """Return the size of every database, none where no PostgreSQL runs."""
    psql = ("psql", "-XAtF", "\t", "-c", SIZES, "postgres")
    session = ("env", "PGOPTIONS=-c search_path=pg_catalog,pg_temp")
    lines = said("runuser", "-u", "postgres", "--", *session, *psql).splitlines()
    return {name: int(size) for name, size in (line.split("\t") for line in lines)}


def main() -> None:
    """Give what there is as JSON to who sent this file."""
    names = sorted(one.name for one in TENANTS.iterdir()) if TENANTS.is_dir() else []
    found = {"tenants": {name: tenant(name) for name in names}, "databases": databases()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

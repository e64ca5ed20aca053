"""Install the modules of a template; the order comes as JSON on standard input.

The kit loads this file for the sandbox, which installs with the same options and judges the same.
The files end up beside the database, in the folder that the order names; of a failure only the log
stays. The password file goes in any case.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BAD = re.compile(r" (ERROR|CRITICAL) |invalid module names, ignored|Some modules are not loaded")

# The scripts and styles that every page needs are made here once, and not by each new tenant.
WARM = b"""
for name in ("web.assets_web", "web.assets_frontend"):
    bundle = env["ir.qweb"]._get_asset_bundle(name)
    bundle.css()
    bundle.js()
env.cr.commit()
"""


def main() -> None:
    """Install, judge the log, keep the files."""
    order = json.load(sys.stdin)
    home = Path(order["home"])
    work, password, log = home / "work", home / "pgpass", home / "install.log"
    account = pwd.getpwnam(order["user"])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    os.chown(work, account.pw_uid, account.pw_gid)
    try:
        status = install(order, work, password, log, account)
    finally:
        password.unlink(missing_ok=True)
    lines = log.read_text(errors="replace").splitlines()
    wrong = failures(lines)
    if status != 0 or wrong:
        sys.exit(f"the modules could not be installed: {os.linesep.join((wrong or lines)[-8:])}")
    keep(work, order, Path(order["goal"]))


def options(modules: Iterable[str]) -> list[str]:
    """Return what makes Odoo install modules and end; what every Odoo has comes first."""
    names = dict.fromkeys(["base", "web", *modules])
    alone = ["--no-http", "--workers", "0", "--max-cron-threads", "0", "--stop-after-init"]
    return ["--init", ",".join(names), *alone]


def failures(lines: Iterable[str]) -> list[str]:
    """Return the lines of a log that say that modules are not installed as they should be.

    One script of a demonstration is missing in Debian's Odoo for its licence; nothing uses it.
    """
    return [one for one in lines if BAD.search(one) and "selfie_segmentation" not in one]


def install(order: dict, work: Path, password: Path, log: Path, account: pwd.struct_passwd) -> int:
    """Return how Odoo ended: it installs, then makes what each page needs."""
    database = order["database"]
    common = [
        "--database",
        database,
        "--db_user",
        database,
        "--data-dir",
        str(work / "data"),
        "--no-http",
    ]
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(work),
        "PYTHONPYCACHEPREFIX": "/var/cache/odoo",
    }
    if order["address"]:
        common += ["--db_host", order["address"], "--db_sslmode", "verify-full"]
        environment["PGPASSFILE"] = str(password)
        environment["PGSSLROOTCERT"] = "/etc/phaseline/tls/ca.crt"
    odoo = f"{order['release']}/bin/odoo"
    with log.open("wb") as stream:
        for argv in ([odoo, *common, *options(order["modules"])], [odoo, "shell", *common]):
            done = subprocess.run(
                argv, input=WARM, env=environment, cwd=work, stdout=stream, stderr=stream,
                user=account.pw_uid, group=account.pw_gid, extra_groups=[], umask=0o027,
                check=False,
            )  # fmt: skip
            if done.returncode:
                return done.returncode
    return 0


def keep(work: Path, order: dict, goal: Path) -> None:
    """Move the files to their place; they are root's, so that no tenant changes another's start."""
    part = goal.with_name(goal.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    source = work / "data/filestore" / order["database"]
    source.mkdir(parents=True, exist_ok=True)
    source.rename(part / "filestore")
    for folder, folders, files in os.walk(part):
        for name in [*folders, *files]:
            os.lchown(Path(folder) / name, 0, 0)
    shutil.rmtree(goal, ignore_errors=True)
    part.rename(goal)
    shutil.rmtree(work)


if __name__ == "__main__":
    main()

"""Print `stale` when nginx has not read the newest of the files it works with, or lacks a group.

A worker keeps the numbers of the groups that its account was in when it began: a tenant's files
stay closed to it until it is reloaded.
"""

import os
import pwd
import time
from pathlib import Path

SITES, CERTIFICATES = Path("/etc/nginx"), Path("/etc/phaseline/tls/sites")


def workers(main):
    """Yield the folder in /proc of each worker that takes requests, and its state in words."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text(encoding="ascii", errors="replace")
            title = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        fields = stat.rpartition(")")[2].split()
        if int(fields[1]) == main and title.startswith(b"nginx: worker process\0"):
            yield entry, fields


def began(fields):
    """Return when a worker began, in seconds since 1970."""
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def closed(entry):
    """Return whether a worker lacks a group that its account is in."""
    try:
        account = pwd.getpwuid(entry.stat().st_uid)
        status = (entry / "status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False  # it ended meanwhile
    held = next(line for line in status.splitlines() if line.startswith("Groups:")).split()[1:]
    wanted = os.getgrouplist(account.pw_name, account.pw_gid)
    return not set(wanted) <= {account.pw_gid, *map(int, held)}


def files():
    """Yield when each file, link and its goal changed, and each folder that sites leave.

    A certificate that was removed changes its folder only, and no site names it any more.
    """
    for path in (SITES, *SITES.rglob("*"), *CERTIFICATES.glob("*")):
        yield path.lstat().st_mtime
        if path.is_symlink() and path.exists():
            yield path.stat().st_mtime


pid = Path("/run/nginx.pid")
running = list(workers(int(pid.read_text(encoding="ascii")))) if pid.exists() else []
newest = max((began(fields) for _, fields in running), default=0)
# the kernel counts in ticks of 10 ms
if running and (max(files()) > newest + 0.02 or any(closed(entry) for entry, _ in running)):
    print("stale")

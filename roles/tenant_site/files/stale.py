"""Print `stale` when nginx has not read the newest of the files it works with."""

import os
import time
from pathlib import Path

FOLDERS = ("/etc/nginx", "/etc/phaseline/tls/sites")


def workers(main):
    """Yield when each worker that takes requests began, in seconds since 1970."""
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text(encoding="ascii", errors="replace")
            title = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        fields = stat.rpartition(")")[2].split()
        if int(fields[1]) == main and title.startswith(b"nginx: worker process\0"):
            yield boot + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def files():
    """Yield when each file, link, its goal and each folder changed."""
    for folder in FOLDERS:
        for path in (Path(folder), *Path(folder).rglob("*")):
            yield path.lstat().st_mtime
            if path.is_symlink() and path.exists():
                yield path.stat().st_mtime


pid = Path("/run/nginx.pid")
running = list(workers(int(pid.read_text(encoding="ascii")))) if pid.exists() else []
# the kernel counts in ticks of 10 ms
if running and max(files()) > max(running) + 0.02:
    print("stale")

"""Print the tenants whose unit does not run, is not enabled or is older than its configuration."""

import subprocess
import sys
import time
from pathlib import Path

UNIT = "/etc/systemd/system/odoo@"
for tenant in filter(None, sys.argv[1].split(",")):
    shown = subprocess.run(
        ["/usr/bin/systemctl", "show", f"odoo@{tenant}.service", "--property",
         "ActiveState,UnitFileState,NeedDaemonReload,ActiveEnterTimestampMonotonic"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    state = dict(line.partition("=")[::2] for line in shown.splitlines())
    since = time.time() - time.monotonic() + int(state["ActiveEnterTimestampMonotonic"] or 0) / 1e6
    files = [
        *(f"/etc/odoo/{tenant}.{end}" for end in ("conf", "env", "pgpass")),
        f"{UNIT}.service", f"{UNIT}{tenant}.service.d/tenant.conf", f"/opt/odoo/tenants/{tenant}",
        "/usr/local/sbin/odoo-server",
    ]  # fmt: skip
    newest = max((p.lstat().st_mtime for p in map(Path, files) if p.exists()), default=0)
    runs = state["ActiveState"] == "active" and state["UnitFileState"] == "enabled"
    if not runs or newest > since or state["NeedDaemonReload"] == "yes":
        print(tenant)

"""Give a tenant's files to the number its account and group are about to get; print such tenants.

The unit is stopped before and started by the role afterwards, so that nothing is written under the
old number in between. A run that is killed here begins anew: the numbers change only after this.
No tenant is stopped for a number that it cannot get.
"""

import grp
import os
import pwd
import subprocess
import sys
from contextlib import suppress


def numbers(name):
    """Return the numbers that an account and its group have; nothing for what is not there."""
    found = set()
    with suppress(KeyError):
        found.add(pwd.getpwnam(name).pw_uid)
    with suppress(KeyError):
        found.add(grp.getgrnam(name).gr_gid)
    return found


def holders(number):
    """Return the names of the account and of the group that have a number."""
    found = set()
    with suppress(KeyError):
        found.add(pwd.getpwuid(number).pw_name)
    with suppress(KeyError):
        found.add(grp.getgrgid(number).gr_name)
    return found


def give(home, number):
    """Give a folder and everything in it to an account and a group of one number."""
    for _, folders, files, here in os.fwalk(home):
        for name in (".", *folders, *files):
            found = os.stat(name, dir_fd=here, follow_symlinks=False)
            if (found.st_uid, found.st_gid) != (number, number):
                os.chown(name, number, number, dir_fd=here, follow_symlinks=False)


base, ports = int(sys.argv[1]), sys.argv[2].split(",")
wanted = {
    tenant: base + int(port)
    for tenant, _, port in (one.partition("=") for one in filter(None, ports))
    if numbers(f"odoo-{tenant}") - {base + int(port)}
}
taken = [
    f"odoo-{tenant} cannot get the number {number} of its port {number - base}: {name} has it"
    for tenant, number in wanted.items()
    for name in sorted(holders(number) - {f"odoo-{tenant}"})
]
if taken:
    sys.exit("\n".join([*taken, "Give each tenant's line the port that it had."]))
for tenant, number in wanted.items():
    subprocess.run(["/usr/bin/systemctl", "stop", f"odoo@{tenant}.service"], check=True)
    if os.path.isdir(f"/var/lib/odoo/{tenant}"):
        give(f"/var/lib/odoo/{tenant}", number)
    print(tenant)

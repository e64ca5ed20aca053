"""Print as JSON what preflight must know of this host; it changes nothing.

Arguments: seconds to wait for the package manager's lock, the controller's clock, the address of
this host in the inventory.
"""

import fcntl
import glob
import json
import os
import socket
import subprocess
import sys
import time

LOCK = "/var/lib/dpkg/lock-frontend"


def marker():
    """The identity an earlier provisioning wrote, or an empty mapping."""
    try:
        with open("/etc/phaseline/host.json", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def free_mb(path):
    """Free megabytes where the path is, or would be made."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize // 2**20


def holder():
    """The name and number of the process that holds the lock, as far as it can be told."""
    inode = str(os.stat(LOCK).st_ino)
    with open("/proc/locks", encoding="ascii") as locks:
        for line in locks:
            part = line.split()
            if part[1] != "->" and part[5].rsplit(":", 1)[-1] == inode:
                try:
                    with open(f"/proc/{part[4]}/comm", encoding="utf-8") as comm:
                        return f"{comm.read().strip()} (process {part[4]})"
                except OSError:
                    return f"process {part[4]}"
    return "an unknown process"


def lock_holder(seconds):
    """Empty once the lock is free, else who still holds it after the time is up."""
    end = time.monotonic() + seconds
    while True:
        with open(LOCK, "ab") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() >= end:
                    return holder()
            else:
                return ""
        time.sleep(1)


def has_address(address):
    """Whether an address is one of this host's own, which programs here can listen at."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def other_firewalls(root="/"):
    """Other firewalls that are in force and would fight with the kit's rules."""
    found = []
    try:
        with open(os.path.join(root, "etc/ufw/ufw.conf"), encoding="utf-8") as file:
            if any(line.strip().lower() == "enabled=yes" for line in file):
                found.append("ufw")
    except FileNotFoundError:
        pass
    for unit in ("firewalld", "netfilter-persistent"):
        links = os.path.join(root, "etc/systemd/system/*.wants", f"{unit}.service")
        if glob.glob(links):
            found.append(unit)
    return found


def half_configured():
    """What dpkg says is unfinished; empty when all is well."""
    audit = subprocess.run(["dpkg", "--audit"], capture_output=True, text=True, check=False)
    journal = glob.glob("/var/lib/dpkg/updates/[0-9]*")
    return audit.stdout.strip() or audit.stderr.strip() or ", ".join(journal)


skew = time.time() - float(sys.argv[2])
print(
    json.dumps(
        {
            "clock_skew": round(skew, 1),
            "marker": marker(),
            "has_address": has_address(sys.argv[3]),
            "free_mb": {path: free_mb(path) for path in ("/opt", "/var")},
            "other_firewalls": other_firewalls(),
            "lock_holder": lock_holder(float(sys.argv[1])),
            "half_configured": half_configured(),
            "package_index": bool(glob.glob("/var/lib/apt/lists/*_Packages*")),
        }
    )
)

"""Counts what each tenant's Odoo says in the journal: workers ended by limits, failed log-ins."""

import json
import os
import re
import subprocess
import time

from textfile import family

TENANTS = "/etc/odoo"
FILE = re.compile(r"([a-z][a-z0-9_]*)\.conf")
UNIT = re.compile(r"odoo@([a-z][a-z0-9_]*)\.service")
JOURNAL = (
    "journalctl", "--quiet", "--no-pager", "--output=json",
    "--output-fields=MESSAGE,_SYSTEMD_UNIT", "_SYSTEMD_SLICE=system-odoo.slice",
)  # fmt: skip
# counter, what Odoo says then
SIGNS = (
    ("time", re.compile(r"\(\d+\) (?:timeout after|CPU time limit)")),
    ("memory", re.compile(r"virtual memory limit .*reached")),
    ("failed", re.compile(r"Login failed for (?:db:\S+ )?login:")),
)
WORDS = ("timeout after", "time limit", "memory limit", "Login failed")


def take(state, tenants=TENANTS, read=None):
    """Return the lines of all tenants; `state` keeps counters and the place in the journal."""
    names = {match[1] for match in map(FILE.fullmatch, os.listdir(tenants)) if match}
    kept = state.get("tenants", {})
    counted = {name: kept.get(name) or {sign: 0 for sign, _ in SIGNS} for name in sorted(names)}
    if "cursor" not in state:
        state.setdefault("since", time.time())
    last = b""
    for last in (read or journal)(state):
        count(counted, last)
    if last:
        state["cursor"] = json.loads(last)["__CURSOR"]
    state["tenants"] = counted
    return told(counted) + workers(tenants, counted)


def journal(state):
    """Yield the lines of the journal since the last time; at first those from now on."""
    place = (
        f"--after-cursor={state['cursor']}" if "cursor" in state else f"--since=@{state['since']}"
    )
    with subprocess.Popen([*JOURNAL, place], stdout=subprocess.PIPE) as child:
        yield from child.stdout or ()
    if child.returncode != 0:
        message = f"journalctl ended with {child.returncode}"
        raise SystemExit(message)


def count(counted, line):
    """Count a line of the journal when it is a sign."""
    if not any(word.encode() in line for word in WORDS):
        return
    entry = json.loads(line)
    unit = UNIT.fullmatch(entry.get("_SYSTEMD_UNIT", ""))
    message = entry.get("MESSAGE")
    if not unit or unit[1] not in counted or not isinstance(message, str):
        return
    for sign, said in SIGNS:
        if said.search(message):
            counted[unit[1]][sign] += 1
            return


def told(counted):
    """Return the lines of all tenants."""
    ended = [
        ({"tenant": name, "limit": limit}, one[limit])
        for name, one in counted.items()
        for limit in ("time", "memory")
    ]
    failed = [({"tenant": name}, one["failed"]) for name, one in counted.items()]
    return [
        *family("phaseline_odoo_limits_total", "counter",
                "Requests and workers that Odoo ended for a limit.", ended),
        *family("phaseline_odoo_failed_logins_total", "counter",
                "Log-ins that Odoo refused.", failed),
    ]  # fmt: skip


def workers(tenants, names):
    """Return the lines of how many workers each tenant has, as its unit is configured."""
    rows = []
    for name in names:
        try:
            with open(os.path.join(tenants, f"{name}.workers"), encoding="ascii") as file:
                rows.append(({"tenant": name}, int(file.read())))
        except (FileNotFoundError, ValueError):
            continue
    return family("phaseline_odoo_workers", "gauge", "Workers that answer requests.", rows)

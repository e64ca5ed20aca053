"""Counts the answers of each tenant's site in nginx's access log, and how long they took."""

import json
import os
import re

from textfile import family, sample

LOGS = "/var/log/nginx"
FILE = re.compile(r"([a-z][a-z0-9_]*)\.access\.log")
OTHERS = {"unknown"}  # whoever named no tenant
KINDS = ("1xx", "2xx", "3xx", "4xx", "5xx")
BORDERS = ("0.1", "0.25", "0.5", "1", "2", "4", "8", "30", "120")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def take(state, logs=LOGS):
    """Return the lines of all sites; `state` keeps counters and places, of sites that are there."""
    found = {match[1] for match in map(FILE.fullmatch, os.listdir(logs)) if match} - OTHERS
    for gone in set(state) - found:
        del state[gone]
    for site in sorted(found):
        if site not in state:
            state[site] = fresh(os.path.join(logs, f"{site}.access.log"))
        for line in news(state[site], os.path.join(logs, f"{site}.access.log")):
            count(state[site], line)
    return told(state)


def fresh(path):
    """Return counters of a site that is seen for the first time; what was before is not told."""
    stat = os.stat(path)
    return {
        "file": stat.st_ino,
        "at": stat.st_size,
        "kinds": dict.fromkeys(KINDS, 0),
        "within": dict.fromkeys([*BORDERS, "+Inf"], 0),
        "seconds": 0.0,
        "worker_seconds": 0.0,
    }


def news(one, path):
    """Yield the whole lines since the last time, also of the file that was put away since."""
    if os.stat(path).st_ino != one["file"]:
        old = path + ".1"
        if os.path.exists(old) and os.stat(old).st_ino == one["file"]:
            yield from lines(one, old)
        one.update(file=os.stat(path).st_ino, at=0)
    yield from lines(one, path)


def lines(one, path):
    """Yield the whole lines of a file from the place kept, and keep where they end."""
    with open(path, "rb") as file:
        if one["at"] > os.fstat(file.fileno()).st_size:
            one["at"] = 0  # somebody emptied it
        file.seek(one["at"])
        for line in file:
            if not line.endswith(b"\n"):
                return
            one["at"] += len(line)
            yield line


def count(one, line):
    """Count an answer; redirects to https and connections that stay open are none."""
    try:
        said = json.loads(line)
        kind = f"{int(said['status']) // 100}xx"
        seconds = float(said["seconds"])
        live = kind == "1xx" or str(said["path"]).startswith("/websocket")
        workers = sum(map(float, NUMBER.findall(said["upstream"])))
    except (ValueError, KeyError, TypeError):
        return
    if live or said.get("scheme") == "http" or kind not in one["kinds"]:
        return
    one["kinds"][kind] += 1
    one["seconds"] += seconds
    one["worker_seconds"] += workers
    border = next((border for border in BORDERS if seconds <= float(border)), "+Inf")
    one["within"][border] += 1


def told(state):
    """Return the lines of all sites."""
    sites = sorted(state.items())
    answers = [
        ({"tenant": site, "kind": kind}, count)
        for site, one in sites
        for kind, count in one["kinds"].items()
    ]
    busy = [({"tenant": site}, round(one["worker_seconds"], 3)) for site, one in sites]
    name = "phaseline_site_answer_seconds"
    return [
        *family("phaseline_site_answers_total", "counter", "Answers of a site by kind.", answers),
        *family("phaseline_site_worker_seconds_total", "counter",
                "Seconds that Odoo's workers were busy with requests of a site.", busy),
        *family(name, "histogram", "Seconds until an answer was sent.", []),
        *(line for site, one in sites for line in histogram(name, site, one)),
    ]  # fmt: skip


def histogram(name, site, one):
    """Yield the lines of a site's histogram; each border counts all below it."""
    below = 0
    for border, count in one["within"].items():
        below += count
        yield sample(f"{name}_bucket", {"tenant": site, "le": border}, below)
    yield sample(f"{name}_sum", {"tenant": site}, round(one["seconds"], 3))
    yield sample(f"{name}_count", {"tenant": site}, below)

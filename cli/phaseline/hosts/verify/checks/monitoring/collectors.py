"""Whether what no exporter tells is collected: the metrics are fresh and tell of every tenant."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from phaseline.hosts.verify.checks.model import Check, Finding

if TYPE_CHECKING:
    from phaseline.hosts.verify.checks.model import Subject

FILE = "/var/lib/phaseline/collectors/{}/metrics.prom"
WRITTEN = re.compile(r"^phaseline_collector_written_timestamp_seconds\{.*\} (\d+)$", re.MULTILINE)
OLDEST = 120  # seconds; they are collected twice a minute
# what is counted, on hosts of which group, and what tells that a tenant is
KINDS = {
    "sites": ("proxy", 'phaseline_site_answer_seconds_count{{tenant="{}"}} '),
    "odoo": ("odoo", 'phaseline_odoo_failed_logins_total{{tenant="{}"}} '),
    "database": ("postgres", 'phaseline_database_read{{tenant="{}"}} 1'),
}
SAID = {"sites": "answers of sites", "odoo": "what Odoo tells", "database": "jobs and mails"}


def fresh(kind: str, subject: Subject) -> Finding:
    """Return whether the metrics were collected a moment ago, by the host's own clock."""
    written = WRITTEN.search(subject.facts.text(f"collectors/{kind}"))
    age = int(subject.facts.text("clock")) - int(written[1]) if written else None
    found = "no time in the file" if age is None else f"{age} s old"
    return Finding(f"at most {OLDEST} s old", found, age is not None and age <= OLDEST)


def counted(kind: str, subject: Subject) -> Finding:
    """Return whether a tenant is among what is counted."""
    wanted = KINDS[kind][1].format(subject.who.name)
    lines = subject.facts.text(f"collectors/{kind}").splitlines()
    there = any(line.startswith(wanted) for line in lines)
    return Finding("counted", "counted" if there else "not counted", there)


CHECKS = (
    *(Check(f"numbers.{kind}", f"The metrics of {SAID[kind]} are fresh", group,
            partial(fresh, kind)) for kind, (group, _) in KINDS.items()),
    *(Check(f"numbers.{kind}_tenant", f"It is counted: {SAID[kind]}", group,
            partial(counted, kind), "tenant") for kind, (group, _) in KINDS.items()),
)  # fmt: skip

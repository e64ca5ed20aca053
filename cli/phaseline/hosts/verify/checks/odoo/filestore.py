"""Whether a tenant's filestore takes files."""

from __future__ import annotations

from phaseline.hosts.verify.checks.model import Check, Finding, Subject


def filestore(subject: Subject) -> Finding:
    """Return whether the tenant's account writes a file, reads it back and removes it."""
    found = subject.facts[f"filestore/{subject.who.name}"]
    said = "the same" if found["same"] else "something else"
    left = ", and the probe is still there" if found["left"] else ""
    return Finding("the same", said + left, found["same"] and not found["left"])


CHECKS = (
    Check(
        "health.filestore",
        "Its filestore takes a file and gives it back",
        "odoo",
        filestore,
        "tenant",
    ),
)

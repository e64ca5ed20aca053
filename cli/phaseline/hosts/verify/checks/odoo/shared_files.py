"""The files that several nodes of Odoo share: whether each node has them, and what carries them."""

from __future__ import annotations

from phaseline.hosts.verify.checks.model import Check, DoesNotApplyError, Finding, Subject
from phaseline.hosts.verify.checks.system import units

KINDS = {"glusterfs": "fuse.glusterfs", "nfs": "nfs4"}


def kind(subject: Subject) -> str:
    """Return what the inventory shares files with; one node alone shares with nobody."""
    return str(subject.host.variables.get("shared_filestore_kind") or "none")


def mounted(subject: Subject) -> Finding:
    """Return whether the tenants' folder is the shared one and not this node's own disk."""
    if len(subject.declared.having("odoo")) < 2:  # noqa: PLR2004 (two share)
        message = "one node keeps its files itself"
        raise DoesNotApplyError(message)
    found = subject.facts.text("shared_mount").strip()
    wanted = KINDS.get(kind(subject), "a shared file system")
    return Finding(f"{wanted} on /var/lib/odoo", found or "this node's own disk", found == wanted)


def carrier(subject: Subject) -> Finding:
    """Return whether the daemon that keeps this node's copy runs."""
    if kind(subject) != "glusterfs":
        message = "no copy is kept here with GlusterFS"
        raise DoesNotApplyError(message)
    return units.runs("glusterd.service", subject)


CHECKS = (
    Check("health.shared_files", "The nodes see the same files", "odoo", mounted),
    Check("service.glusterd", "GlusterFS runs", "odoo", carrier),
)

"""Whether a tenant runs the declared release, as it was built."""

from __future__ import annotations

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Finding,
    Subject,
    equals,
    nothing,
)


def release_id(subject: Subject) -> Finding:
    """Return whether the tenant runs a declared release."""
    declared = subject.host.variables.get("odoo_releases") or {}
    found = str(subject.facts[f"release/{subject.who.name}"]["id"])
    if not declared:
        message = "the inventory declares no release"
        raise DoesNotApplyError(message)
    wanted = sorted(str(one) for one in declared.values())
    return Finding(" or ".join(wanted), found, found in wanted)


def release_content(subject: Subject) -> Finding:
    """Return the files of the release that are not as they were built."""
    found = subject.facts[f"release/{subject.who.name}"]
    expected = f"{found['checked']} of {found['files']} files as built"
    return nothing(found["wrong"][:5], expected) if found["wrong"] else (
        Finding(expected, expected, holds=True)
    )  # fmt: skip


def release_name(subject: Subject) -> Finding:
    """Return whether the release's list of files makes its id."""
    found = subject.facts[f"release/{subject.who.name}"]
    return equals(found["id"], found["made_id"])


CHECKS = (
    Check("release.id", "It runs the declared release", "odoo", release_id, "tenant"),
    Check("release.content", "The release is as it was built", "odoo", release_content,
          "tenant"),
    Check("release.name", "The release's id is made of its files", "odoo", release_name,
          "tenant"),
)  # fmt: skip

"""Who may connect to PostgreSQL, from where and how it proves itself: pg_hba and pg_ident."""

from __future__ import annotations

from typing import Any

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, nothing
from phaseline.hosts.verify.checks.postgres.server import HELPERS, tenants

MAKER = "phaseline_template"
COLLECTORS = "phaseline_collectors"  # looks at the jobs and mails of every tenant


def hba_text(one: dict[str, Any]) -> str:
    """Return a rule of pg_hba as a person writes it."""
    where = [one["type"], ",".join(one["database"] or []), ",".join(one["user_name"] or [])]
    return " ".join([*where, one["address"] or "", one["auth_method"] or ""]).replace("  ", " ")


def hba_methods(subject: Subject) -> Finding:
    """Return the rules that let in without proof or with a weak one."""
    found = [
        hba_text(one)
        for one in subject.facts.records("hba")
        if one["auth_method"] not in ("peer", "scram-sha-256", "reject", "cert")
    ]
    return nothing(found, "peer, scram-sha-256, cert or reject")


def hba_plain(subject: Subject) -> Finding:
    """Return the rules that let in over the network without TLS."""
    found = [
        hba_text(one)
        for one in subject.facts.records("hba")
        if one["type"] in ("host", "hostnossl") and one["auth_method"] != "reject"
    ]
    return nothing(found, "hostssl only")


def hba_wide(subject: Subject) -> Finding:
    """Return the rules for all databases or all roles."""
    found = [
        hba_text(one)
        for one in subject.facts.records("hba")
        if one["auth_method"] != "reject"
        and one["user_name"] != ["postgres"]
        and ("all" in (one["database"] or []) or "all" in (one["user_name"] or []))
    ]
    return nothing(found, "one line a database, role and address")


def hba_strangers(subject: Subject) -> Finding:
    """Return the rules for databases and roles that do not belong together."""
    names = tenants(subject)
    found = []
    for one in subject.facts.records("hba"):
        for role in one["user_name"] or []:
            own = {role, f"newborn_{role}", "postgres"}
            allowed = own if role in {*names, MAKER} else {"postgres", "all", "replication"}
            allowed |= {*names, MAKER} if role == COLLECTORS else set()
            entered = {name for name in one["database"] if not made_for(role, name)}
            strange = role not in {*names, *HELPERS, "all"} or not entered <= allowed
            if strange and one["auth_method"] != "reject":
                found.append(hba_text(one))
    return nothing(found, "a tenant's role to the tenant's database only")


def made_for(role: str, database: str) -> bool:
    """Return whether a database is the maker's of templates, who comes in to make them."""
    return role == MAKER and (database == MAKER or database.startswith("template_"))


def hba_errors(subject: Subject) -> Finding:
    """Return the rules PostgreSQL cannot read."""
    rows = [*subject.facts.records("hba"), *subject.facts.records("idents")]
    return nothing([str(one["error"]) for one in rows if one["error"]], "no faulty rule")


def idents(subject: Subject) -> Finding:
    """Return the accounts of the system that may act as a role they are not.

    The server's own account may be a tenant, as it does what is done in a tenant's tables.
    """
    found, fewer = [], {*tenants(subject), MAKER}
    for one in subject.facts.records("idents"):
        pair = (one["sys_name"], one["pg_username"])
        own = pair[0] in (f"odoo-{pair[1]}", pair[1]) or (
            pair[0] == "postgres" and pair[1] in fewer
        )
        if not own:
            found.append(f"{pair[0]} as {pair[1]}")
    return nothing(found, "each account as its own role")


CHECKS = (
    Check("pg_hba.methods", "Nobody comes in without proof", "postgres", hba_methods),
    Check("pg_hba.tls", "The network comes in by TLS only", "postgres", hba_plain),
    Check("pg_hba.wide", "No rule is for everybody", "postgres", hba_wide),
    Check("pg_hba.strangers", "No rule crosses tenants", "postgres", hba_strangers),
    Check("pg_hba.errors", "PostgreSQL understands every rule", "postgres", hba_errors),
    Check("pg_hba.idents", "An account acts as its own role or a lesser one", "postgres", idents),
)

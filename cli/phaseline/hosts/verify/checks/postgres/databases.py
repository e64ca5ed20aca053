"""A tenant's database: who owns it, who may come in, what Odoo holds in it."""

from __future__ import annotations

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Finding,
    Subject,
    equals,
    nothing,
)
from phaseline.hosts.verify.checks.postgres.pg_hba import COLLECTORS

LATE = 30 * 60  # seconds a job may be behind
SEEN = ("ir_cron.active", "ir_cron.nextcall", "mail_mail.create_date", "mail_mail.scheduled_date",
        "mail_mail.state")  # fmt: skip


def database(subject: Subject) -> dict[str, object]:
    """Return what the cluster says of a tenant's database."""
    rows = subject.facts.records("databases")
    found = next((one for one in rows if one["name"] == subject.who.name), None)
    if found is None:
        return {"owner": "(no such database)", "public_connect": True, "public_temp": True}
    return found


def owner(subject: Subject) -> Finding:
    """Return whether another role than the tenant's owns the database."""
    return equals(f"{subject.who.name}_owner", database(subject)["owner"])


def public(subject: Subject) -> Finding:
    """Return whether everybody may come in."""
    found = [word for word in ("connect", "create") if database(subject).get(f"public_{word}")]
    return nothing(found, "nothing for PUBLIC")


def own(subject: Subject) -> Finding:
    """Return whether the tenant's role may come in; Odoo goes on for a while when it may not."""
    name = subject.who.name
    rows = subject.facts.records("connects")
    may = any((one["database"], one["role"]) == (name, name) for one in rows)
    return Finding(f"{name} may enter", "it may" if may else "it may not", may)


def guests(subject: Subject) -> Finding:
    """Return the roles beside the tenant's that may come in."""
    name = subject.who.name
    rows = subject.facts.records("connects")
    found = [one["role"] for one in rows if one["database"] == name
             and one["role"] not in (name, COLLECTORS)]  # fmt: skip
    return nothing(found, f"{name}, and {COLLECTORS} to look at jobs and mails")


def seen(subject: Subject) -> Finding:
    """Return whether the role that counts sees the dates of jobs and mails and no more."""
    rows = subject.facts.records(f"seen/{subject.who.name}")
    found = {str(one["name"]) for one in rows}
    wanted = {name for name in SEEN if name.startswith("ir_cron")}
    wrong = {f"{name} is open" for name in found - set(SEEN)}
    return nothing(wrong | {f"{name} is closed" for name in wanted - found},
                   "when jobs are due, and state and dates of mails")  # fmt: skip


def elsewhere(subject: Subject) -> Finding:
    """Return the databases beside its own a tenant's role may enter."""
    name = subject.who.name
    rows = subject.facts.records("connects")
    found = [one["database"] for one in rows if one["role"] == name
             and one["database"] not in (name, "postgres")]  # fmt: skip
    return nothing(found, f"{name} and postgres only")


def schema(subject: Subject) -> Finding:
    """Return whether everybody may create in the schema public."""
    row = subject.facts.records(f"schema/{subject.who.name}")[0]
    return nothing(["PUBLIC may create"] if row["public_create"] else [], "nothing for PUBLIC")


def definers(subject: Subject) -> Finding:
    """Return the functions that run with their owner's rights."""
    rows = subject.facts.records(f"functions/{subject.who.name}")
    return nothing([one["name"] for one in rows if one["prosecdef"]], "none in the schema public")


def unaccent(subject: Subject) -> Finding:
    """Return whether the search without accents can be indexed."""
    rows = subject.facts.records(f"functions/{subject.who.name}")
    found = {one["provolatile"] for one in rows if one["name"] == "unaccent"}
    return Finding("unaccent, immutable", {"i": "immutable"}.get("".join(sorted(found)), "not so"),
                   "i" in found)  # fmt: skip


def shadows(subject: Subject) -> Finding:
    """Return what lies before the system's own, or runs when a table is only read."""
    rows = subject.facts.records(f"shadows/{subject.who.name}")
    return nothing([f"{one['kind']} {one['name']}" for one in rows], "nothing of that kind")


def foreign(subject: Subject) -> Finding:
    """Return the tables that belong to another tenant or person."""
    rows = subject.facts.records(f"foreign/{subject.who.name}")
    return nothing([f"{one['name']} of {one['owner']}" for one in rows], "the tenant's own tables")


def parameter(subject: Subject, key: str) -> str:
    """Return a parameter of Odoo, empty when it is not set."""
    rows = subject.facts.records(f"parameters/{subject.who.name}")
    return next((str(one["value"]) for one in rows if one["key"] == key), "")


def address(subject: Subject) -> Finding:
    """Return whether Odoo's links lead to the tenant's domain."""
    return equals(f"https://{subject.who.domain}", parameter(subject, "web.base.url"))


def frozen(subject: Subject) -> Finding:
    """Return whether a login cannot move that address."""
    return equals("True", parameter(subject, "web.base.url.freeze"))


def signup(subject: Subject) -> Finding:
    """Return whether people come in by invitation only."""
    found = parameter(subject, "auth_signup.invitation_scope")
    return Finding("b2b (on invitation) or not set", found or "not set", found in ("", "b2b"))


def demo(subject: Subject) -> Finding:
    """Return the modules that carry demo data, whose users have known passwords."""
    rows = subject.facts.records(f"modules/{subject.who.name}")
    return nothing([one["name"] for one in rows if one["demo"]], "no demo data")


def modules(subject: Subject) -> Finding:
    """Return the modules that are half installed."""
    rows = subject.facts.records(f"modules/{subject.who.name}")
    found = [f"{one['name']} {one['state']}" for one in rows if one["state"] != "installed"]
    return nothing(found, "every module installed")


def guessable(subject: Subject) -> Finding:
    """Return the logins whose password everybody tries first."""
    return nothing(subject.facts[f"guessable/{subject.who.name}"], "no guessable password")


def default_login(subject: Subject) -> Finding:
    """Return whether the administrator still has the name everybody knows."""
    rows = subject.facts.records(f"users/{subject.who.name}")
    found = [one["login"] for one in rows if one["active"] and one["login"] in ("demo", "portal")]
    return nothing(found, "no login of demo data")


def keys(subject: Subject) -> Finding:
    """Return the keys with every right that nobody in the kit made."""
    rows = subject.facts.records(f"keys/{subject.who.name}")
    found = [
        f"{one['name']} of {one['login']}"
        for one in rows
        if one["expiration_date"] is None and not str(one["name"]).startswith("phaseline")
    ]
    return nothing(found, "endless keys of the kit only")  # fmt: skip


def cron(subject: Subject) -> Finding:
    """Return whether the jobs of Odoo run: the one that should have run longest ago tells."""
    rows = subject.facts.records(f"crons/{subject.who.name}")
    if not rows:
        return Finding("jobs that run", "no active job", holds=False)
    late = max(float(one["late"] or 0) for one in rows)
    ran = min((float(one["ago"]) for one in rows if one["ago"] is not None), default=None)
    last = f"the last ran {ran:.0f} s ago" if ran is not None else "none has run"
    said = f"{last}, the most overdue waits {max(late, 0):.0f} s"
    return Finding(f"no job overdue by {LATE // 60} min", said, late < LATE)


def failing(subject: Subject) -> Finding:
    """Return the jobs that fail again and again."""
    rows = subject.facts.records(f"crons/{subject.who.name}")
    return nothing([one["name"] for one in rows if int(one["failure_count"] or 0) > 2],  # noqa: PLR2004
                   "no job fails three times")  # fmt: skip


def neutral(subject: Subject) -> Finding:
    """Return whether production is not marked as a harmless copy."""
    if subject.declared.kind != "production":
        message = "only production must not be neutralized"
        raise DoesNotApplyError(message)
    found = parameter(subject, "database.is_neutralized")
    return Finding("not neutralized", found or "not neutralized", found not in ("True", "true"))


ROWS = (
    ("owner", "Its database is owned by a role that does not log in", owner),
    ("public", "PUBLIC may not enter its database", public),
    ("own", "Its role may enter its database", own),
    ("guests", "Nobody else may enter its database", guests),
    ("seen", "Who counts sees dates and states only", seen),
    ("elsewhere", "Its role enters no other tenant's database", elsewhere),
    ("schema", "PUBLIC may not create in its schema", schema),
    ("definers", "No function lends its owner's rights", definers),
    ("shadows", "Nothing lies before what the system and Odoo have", shadows),
    ("unaccent", "Searching without accents uses an index", unaccent),
    ("foreign", "Its tables belong to nobody else", foreign),
    ("address", "Odoo's links lead to the tenant's domain", address),
    ("frozen", "No login can move that address", frozen),
    ("signup", "Nobody signs up uninvited", signup),
    ("demo", "There are no demo data", demo),
    ("modules", "Every module is wholly installed", modules),
    ("guessable", "No password is guessable", guessable),
    ("demo_logins", "There are no logins of demo data", default_login),
    ("keys", "No endless key but the kit's own", keys),
    ("cron", "Its jobs run", cron),
    ("cron_failures", "No job fails again and again", failing),
    ("neutral", "Production is not neutralized", neutral),
)
CHECKS = tuple(
    Check(f"database.{id_}", says, "postgres", judge, "tenant") for id_, says, judge in ROWS
)

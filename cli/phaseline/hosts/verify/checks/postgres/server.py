"""PostgreSQL as a whole: settings, roles, who may connect, what each database allows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Facts,
    Finding,
    Subject,
    nothing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

HELPERS = (
    "postgres",
    "prometheus",
    "phaseline_collectors",
    "phaseline_template",
)  # roles of the kit's own beside the tenants'
CATALOGUE = "search_path=pg_catalog, pg_temp"
SETTINGS = (
    ("scram", "Passwords are kept as SCRAM", "password_encryption", ("scram-sha-256",)),
    ("ssl", "Connections over the network are encrypted", "ssl", ("on",)),
    ("tls", "TLS before 1.2 is refused", "ssl_min_protocol_version", ("TLSv1.2", "TLSv1.3")),
    ("checksums", "Pages carry checksums", "data_checksums", ("on",)),
    ("wal_level", "The log is enough for replicas", "wal_level", ("replica", "logical")),
    ("log_connections", "Connections are logged", "log_connections", ("on", "all", "receipt")),
    ("log_disconnections", "Their ends are logged", "log_disconnections", ("on",)),
    ("log_ddl", "Changes of the schema are logged", "log_statement", ("ddl", "mod")),
    ("log_slow", "Statements of a second are logged", "log_min_duration_statement", ("1000",)),
    ("log_locks", "Waiting for locks is logged", "log_lock_waits", ("on",)),
    ("fsync", "Nothing is acknowledged before it is on the disk", "fsync", ("on",)),
    ("full_pages", "Torn pages are mended", "full_page_writes", ("on",)),
    ("commit", "A commit waits for the disk", "synchronous_commit",
     ("on", "local", "remote_write", "remote_apply")),
    ("row_security", "Row security is not switched off", "row_security", ("on",)),
)  # fmt: skip


def setting(facts: Facts, name: str) -> str:
    """Return a setting; one the server does not know is empty."""
    return next(
        (str(one["setting"]) for one in facts.records("settings") if one["name"] == name), ""
    )


def option(name: str, wanted: tuple[str, ...], subject: Subject) -> Finding:
    """Return whether a setting has a wanted value."""
    found = setting(subject.facts, name)
    return Finding(" or ".join(wanted), found, found in wanted)


def idle(subject: Subject) -> Finding:
    """Return whether transactions that idle are ended."""
    found = int(setting(subject.facts, "idle_in_transaction_session_timeout"))
    return Finding("between 1 min and 1 h", f"{found / 1000:.0f} s", 60_000 <= found <= 3_600_000)  # noqa: PLR2004


def listen(subject: Subject) -> Finding:
    """Return where the server listens beyond the loopback and its private address."""
    own = {"localhost", "127.0.0.1", "::1", str(subject.host.variables.get("host_address", ""))}
    found = {one.strip() for one in setting(subject.facts, "listen_addresses").split(",")} - {""}
    return nothing(found - own, "the loopback and the private address only")


def archive(subject: Subject) -> Finding:
    """Return whether the log is archived every minute, where there is somewhere to put it."""
    if setting(subject.facts, "archive_mode") == "off":
        message = "no archive of the log is set up in this environment yet"
        raise DoesNotApplyError(message)
    found = int(setting(subject.facts, "archive_timeout"))
    return Finding("at most 60 s", f"{found} s", 0 < found <= 60)  # noqa: PLR2004


def pending(subject: Subject) -> Finding:
    """Return the settings that wait for a restart."""
    found = [one["name"] for one in subject.facts.records("settings") if one["pending_restart"]]
    return nothing(found, "every setting is in force")


def strangers(subject: Subject) -> Finding:
    """Return settings that were changed at run time and not in the kit's files."""
    path = "postgresql.auto.conf"
    found = [one["setting"] for one in subject.facts.records("file_settings")
             if str(one["file"]).endswith(path)]  # fmt: skip
    return nothing([str(one) for one in found], "nothing set by ALTER SYSTEM")


def connections(subject: Subject) -> Finding:
    """Return whether all tenants together fit into the connections the server allows."""
    most = int(setting(subject.facts, "max_connections"))
    nodes = max(len(subject.declared.having("odoo")), 1)
    asked = nodes * sum(may_open(one.sizing) for one in subject.declared.tenants)
    return Finding(f"more than {asked}", str(most), most > asked + 3)


def may_open(size: Mapping[str, Any]) -> int:
    """Return how many connections a tenant of a size may open."""
    workers = int(size.get("workers", 0)) + int(size.get("cron_threads", 0))
    return workers * int(size.get("db_maxconn", 0)) + int(size.get("db_maxconn_gevent", 0))


def memory(name: str, key: str, subject: Subject) -> Finding:
    """Return whether a memory setting is what the sizing computed."""
    sized = subject.host.variables.get("postgres_sizing") or {}
    if key not in sized:
        message = "no sizing is known for this host"
        raise DoesNotApplyError(message)
    row = next(one for one in subject.facts.records("settings") if one["name"] == name)
    unit = {"8kB": 8 / 1024, "kB": 1 / 1024, "MB": 1.0}[str(row["unit"])]
    found = float(row["setting"]) * unit
    return Finding(f"{sized[key]} MB", f"{found:.0f} MB", abs(found - float(sized[key])) < 1)


def tenants(subject: Subject) -> set[str]:
    """Return the names of the declared tenants."""
    return {tenant.name for tenant in subject.declared.tenants}


def powers(power: str, subject: Subject) -> Finding:
    """Return the roles that have a power and are not the administrator."""
    found = [one["name"] for one in subject.facts.records("roles")
             if one[power] and one["name"] != "postgres"]  # fmt: skip
    return nothing(found, "postgres only")


def unknown_roles(subject: Subject) -> Finding:
    """Return the roles nobody declared."""
    names = tenants(subject)
    known = {*HELPERS, *names, *(f"{name}_owner" for name in names)}
    found = {one["name"] for one in subject.facts.records("roles")}
    return nothing(found - known, "the tenants' roles and the kit's own")


def owner_sleeps(subject: Subject) -> Finding:
    """Return the owners of databases that could log in."""
    found = [one["name"] for one in subject.facts.records("roles")
             if one["name"].endswith("_owner") and one["rolcanlogin"]]  # fmt: skip
    return nothing(found, "no owner of a database logs in")


def members(subject: Subject) -> Finding:
    """Return the roles that act for others, beyond the kit's own and PostgreSQL's."""
    found = []
    for one in subject.facts.records("members"):
        member = str(one["member"])
        if member not in HELPERS and not member.startswith("pg_"):
            found.append(f"{member} in {one['role']}")
    return nothing(found, "no tenant acts for another role")


def paths(subject: Subject) -> Finding:
    """Return the roles with more rights than a tenant that look elsewhere before the catalogue."""
    powerful = {str(one["name"]) for one in subject.facts.records("roles") if one["rolsuper"]}
    roles = {*powerful, "prometheus", "phaseline_collectors"}
    rows = [one for one in subject.facts.records("paths") if one["role"] in roles]
    safe = {one["role"] for one in rows if not one["database"] and one["setting"] == CATALOGUE}
    found = {f"{one['role']} {one['setting']}" for one in rows if one["setting"] != CATALOGUE}
    present = {str(one["name"]) for one in subject.facts.records("roles")}
    return nothing(found | ((roles & present) - safe), CATALOGUE)


def hashes(subject: Subject) -> Finding:
    """Return the roles whose password is kept in another form than SCRAM."""
    found = [one["name"] for one in subject.facts.records("passwords")
             if one["kind"] and not str(one["kind"]).startswith("SCRAM-SHA-256")]  # fmt: skip
    return nothing(found, "SCRAM or none")


def plain_connections(subject: Subject) -> Finding:
    """Return the connections over the network that are not encrypted now."""
    found = {f"{one['role']} from {one['client_addr']}"
             for one in subject.facts.records("connections")
             if one["client_addr"] and not one["ssl"]}  # fmt: skip
    return nothing(found, "every one encrypted")


CHECKS = (
    *(Check(f"postgres.{id_}", says, "postgres", partial(option, name, wanted))
      for id_, says, name, wanted in SETTINGS),
    Check("postgres.idle", "Transactions that idle are ended", "postgres", idle),
    Check("postgres.listen", "It listens where it has to only", "postgres", listen),
    Check("postgres.archive", "Its log is archived every minute", "postgres", archive),
    Check("postgres.pending", "No setting waits for a restart", "postgres", pending),
    Check("postgres.alter_system", "No setting was changed behind the kit", "postgres",
          strangers),
    Check("postgres.connections", "The tenants fit into its connections", "postgres",
          connections),
    Check("postgres.shared_buffers", "Its cache is as the sizing says", "postgres",
          partial(memory, "shared_buffers", "shared_buffers_mb")),
    Check("postgres.work_mem", "Its memory a sort is as the sizing says", "postgres",
          partial(memory, "work_mem", "work_mem_mb")),
    Check("postgres.superusers", "No role but postgres is superuser", "postgres",
          partial(powers, "rolsuper")),
    Check("postgres.makers_of_databases", "No role makes databases", "postgres",
          partial(powers, "rolcreatedb")),
    Check("postgres.makers_of_roles", "No role makes roles", "postgres",
          partial(powers, "rolcreaterole")),
    Check("postgres.replication", "No unknown role replicates", "postgres",
          partial(powers, "rolreplication")),
    Check("postgres.row_bypass", "No role goes around row security", "postgres",
          partial(powers, "rolbypassrls")),
    Check("postgres.roles", "No unknown role", "postgres", unknown_roles),
    Check("postgres.owners", "Owners of databases do not log in", "postgres",
          owner_sleeps),
    Check("postgres.members", "No tenant acts for another role", "postgres", members),
    Check("postgres.paths", "Superusers look into the catalogue first", "postgres", paths),
    Check("postgres.hashes", "Passwords are SCRAM", "postgres", hashes),
    Check("postgres.encrypted", "Every connection over the network is encrypted", "postgres",
          plain_connections),
)  # fmt: skip

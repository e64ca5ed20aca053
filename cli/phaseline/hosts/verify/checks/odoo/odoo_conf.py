"""odoo.conf line by line, and what could override it."""

from __future__ import annotations

import re
from functools import partial

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Finding,
    Subject,
    equals,
    nothing,
)

EXACT = (
    ("list_db", "The list of databases is closed", "False"),
    ("proxy_mode", "The proxy's word on who asks is taken", "True"),
    ("unaccent", "Searching needs no accents", "True"),
    ("limit_request", "A worker is renewed after 8192 requests", "8192"),
    ("websocket_rate_limit_burst", "Websockets are slowed down early", "10"),
    ("websocket_rate_limit_delay", "Websockets are slowed down enough", "0.2"),
    ("transient_age_limit", "Rows of wizards go after an hour", "1.0"),
    ("db_template", "New databases come from an empty template", "template0"),
)
ABSENT = (
    ("dev_mode", "No developer mode", ("", "[]", "False")),
    ("with_demo", "No demo data", ("", "False")),
    ("log_db", "Logs stay out of the database", ("", "False")),
    ("test_enable", "No tests run in this environment", ("", "False")),
    ("db_password", "The database password is not in the file", ("", "False")),
)
# of the sizing: option, key of the sizing
SIZED = (
    ("workers", "workers"), ("max_cron_threads", "cron_threads"),
    ("http_port", "http_port"), ("gevent_port", "gevent_port"),
    ("limit_memory_soft", "limit_memory_soft"), ("limit_memory_hard", "limit_memory_hard"),
    ("db_maxconn", "db_maxconn"), ("db_maxconn_gevent", "db_maxconn_gevent"),
    ("limit_memory_soft_gevent", "limit_memory_soft"),
    ("limit_memory_hard_gevent", "limit_memory_hard"),
)  # fmt: skip
RANGES = (
    ("limit_time_cpu", "A request may use a minute or so of processor", 30, 600),
    ("limit_time_real", "A request may last two minutes or so", 60, 720),
    ("limit_time_real_cron", "A job may last half an hour or so", 600, 7200),
    ("limit_time_worker_cron", "Workers of jobs are renewed", 600, 86400),
)


def value(subject: Subject, name: str) -> str:
    """Return an option of the tenant's odoo.conf, empty when it is not there."""
    return str(subject.facts[f"conf/{subject.who.name}"].get(name, ""))


def exact(name: str, wanted: str, subject: Subject) -> Finding:
    """Return whether an option has its one right value."""
    return equals(wanted, value(subject, name))


def absent(name: str, allowed: tuple[str, ...], subject: Subject) -> Finding:
    """Return whether an option is off."""
    found = value(subject, name)
    return Finding("off", found or "off", found in allowed)


def sized(name: str, key: str, subject: Subject) -> Finding:
    """Return whether an option is what the sizing computed for this tenant and host."""
    wanted = subject.sizing.get(key)
    if wanted is None:
        message = f"the sizing says nothing of {name}"
        raise DoesNotApplyError(message)
    return equals(wanted, value(subject, name))


def between(name: str, least: int, most: int, subject: Subject) -> Finding:
    """Return whether a number is set and within its bounds."""
    found = value(subject, name)
    good = found.lstrip("-").isdigit() and least <= int(found) <= most
    return Finding(f"{least} to {most}", found or "not set", good)


def master(subject: Subject) -> Finding:
    """Return whether the master password is kept as a hash."""
    found = value(subject, "admin_passwd")
    return Finding("(hashed)", found or "not set, so it is 'admin'", found == "(hashed)")


def name_of_database(subject: Subject) -> Finding:
    """Return whether the process serves exactly its tenant's database."""
    return equals(subject.who.name, value(subject, "db_name"))


def filter_of_databases(subject: Subject) -> Finding:
    """Return whether the filter is closed at both ends."""
    return equals(f"^{subject.who.name}$", value(subject, "dbfilter"))


def user_of_database(subject: Subject) -> Finding:
    """Return whether the tenant has a role of its own."""
    found = value(subject, "db_user")
    return Finding(f"{subject.who.name}, or by its own account", found or "by its own account",
                   found in ("", "False", subject.who.name))  # fmt: skip


def interface(subject: Subject) -> Finding:
    """Return whether Odoo listens where the proxy is and nowhere else."""
    allowed = {"127.0.0.1", "::1"}
    if not subject.declared.alone():
        allowed = {str(subject.host.variables.get("host_address", ""))}
    found = value(subject, "http_interface")
    return Finding(" or ".join(sorted(allowed)), found or "everywhere", found in allowed)


def files_by_nginx(subject: Subject) -> Finding:
    """Return whether nginx hands out files where it sees them, and nowhere else."""
    return equals(str(subject.declared.alone()), value(subject, "x_sendfile"))


def database_tls(subject: Subject) -> Finding:
    """Return whether a database over the network is verified."""
    host, mode = value(subject, "db_host"), value(subject, "db_sslmode")
    local = host in ("", "False") or host.startswith("/")
    if local:
        return Finding("a local socket", host or "a local socket", holds=True)
    return equals("verify-full", mode)


def data_dir(subject: Subject) -> Finding:
    """Return whether the data lie in the tenant's own folder."""
    return equals(f"/var/lib/odoo/{subject.who.name}", value(subject, "data_dir"))


def addons(subject: Subject) -> Finding:
    """Return the folders of add-ons that are not of the release."""
    path = value(subject, "addons_path")
    homes = ("/opt/odoo/releases/", "/opt/odoo/tenants/")
    found = [one for one in path.split(",") if one.strip() and not one.strip().startswith(homes)]
    return nothing(found, "folders of the release only")


def level(subject: Subject) -> Finding:
    """Return whether logins are in the log and details are not."""
    found = value(subject, "log_level") or "info"
    return Finding("info or warn", found, found in ("info", "warn"))


def server_wide(subject: Subject) -> Finding:
    """Return the server-wide modules nobody declared."""
    found = [one for one in value(subject, "server_wide_modules").split(",") if one]
    known = {"base", "rpc", "web", "session_db"}
    return nothing(set(found) - known, "base, rpc, web")


def ports(subject: Subject) -> Finding:
    """Return the ports this tenant shares with another."""
    own = {value(subject, "http_port"), value(subject, "gevent_port")}
    clashes = []
    for other in subject.declared.tenants:
        if other.name == subject.who.name:
            continue
        conf = subject.facts[f"conf/{other.name}"]
        both = own & {str(conf.get("http_port")), str(conf.get("gevent_port"))}
        clashes += [f"{port} with {other.name}" for port in both]
    if len(own) < 2:  # noqa: PLR2004 (a pair)
        clashes.append("one port for both")
    return nothing(clashes, "a pair of ports of its own")


def environment(subject: Subject) -> Finding:
    """Return the variables that would override odoo.conf."""
    text = str(subject.facts[f"unit/{subject.who.name}"])
    line = next((one for one in text.splitlines() if one.startswith("Environment=")), "")
    names = re.findall(r"(?:^Environment=|\s)\"?(\w+)=", line)
    found = [name for name in names if name.startswith(("ODOO_", "PGHOST", "PGUSER", "PGPASSWORD"))]
    return nothing(found, "no variable over the file")


ROWS = (
    ("admin_passwd", "The master password is random and hashed", master),
    ("db_name", "A process serves its own database", name_of_database),
    ("dbfilter", "The filter of databases is closed at both ends", filter_of_databases),
    ("db_user", "A process has its own role", user_of_database),
    ("db_sslmode", "The database is local, or verified", database_tls),
    ("http_interface", "Nobody goes around nginx", interface),
    ("x_sendfile", "nginx hands out files where it sees them, Odoo decides", files_by_nginx),
    ("data_dir", "Data lie in the tenant's folder", data_dir),
    ("addons_path", "Add-ons come from the release", addons),
    ("log_level", "Logins are logged, details are not", level),
    ("server_wide_modules", "No unknown server-wide module", server_wide),
    ("ports", "A pair of ports of its own", ports),
    ("environment", "No variable overrides the file", environment),
)
CHECKS = (
    *(Check(f"odoo.{id_}", says, "odoo", judge, "tenant") for id_, says, judge in ROWS),
    *(Check(f"odoo.{name}", says, "odoo", partial(exact, name, wanted), "tenant")
      for name, says, wanted in EXACT),
    *(Check(f"odoo.{name}", says, "odoo", partial(absent, name, allowed), "tenant")
      for name, says, allowed in ABSENT),
    *(Check(f"odoo.{name}", f"{name} is as the sizing says", "odoo",
            partial(sized, name, key), "tenant") for name, key in SIZED),
    *(Check(f"odoo.{name}", says, "odoo", partial(between, name, least, most), "tenant")
      for name, says, least, most in RANGES),
)  # fmt: skip

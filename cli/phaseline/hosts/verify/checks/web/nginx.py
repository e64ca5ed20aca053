"""How nginx is set, as `nginx -T` tells it."""

from __future__ import annotations

import re
from functools import partial

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, nothing


def directive(name: str, wanted: str, subject: Subject) -> Finding:
    """Return whether a directive of nginx stands, and never with another value."""
    found = set(values(name, subject.facts.text("nginx")))
    good = bool(found) and all(re.fullmatch(wanted, one) for one in found)
    return Finding(wanted, ", ".join(sorted(found)) or "not set", good)


def values(name: str, text: str) -> list[str]:
    """Return every value of a directive; a comment is none, and it need not begin a line."""
    bare = re.sub(r"#.*$", "", text, flags=re.MULTILINE)
    return re.findall(rf"(?:^|[;{{}}])\s*{name}\s+([^;{{}}]+);", bare, re.MULTILINE)


def site(subject: Subject) -> str:
    """Return the part of nginx's configuration that is the tenant's site."""
    parts = re.split(r"^# configuration file (\S+):$", subject.facts.text("nginx"),
                     flags=re.MULTILINE)  # fmt: skip
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    return named.get(f"/etc/nginx/sites-enabled/{subject.who.name}.conf", "")


def in_site(pattern: str, expected: str, subject: Subject) -> Finding:
    """Return whether the tenant's site carries something."""
    found = re.search(pattern, site(subject), re.MULTILINE)
    return Finding(expected, " ".join(found[0].split()) if found else "not there", bool(found))


def filestore(subject: Subject) -> Finding:
    """Return whether files go out when Odoo says so only; where nginx sees none, not at all."""
    said = "internal" if subject.declared.alone() else "return 404"
    return in_site(rf"location \^~ /web/filestore/ \{{\s*{said};", said, subject)


def timeout(subject: Subject) -> Finding:
    """Return whether nginx waits longer than Odoo works."""
    found = re.findall(r"proxy_read_timeout\s+(\d+)s?;", site(subject))
    least = min((int(one) for one in found), default=0)
    return Finding("more than 120 s", f"{least} s", least > 120)  # noqa: PLR2004


def rpc(subject: Subject) -> Finding:
    """Return who beyond the declared sources reaches RPC."""
    sources = {str(one) for one in subject.host.variables.get("proxy_rpc_sources") or []}
    block = re.search(r"geo \$phaseline_rpc \{(.*?)\}", subject.facts.text("nginx"), re.DOTALL)
    if block is None:
        return Finding("a list of sources", "no list", holds=False)
    found = {who for who, may in re.findall(r"(\S+)\s+(\d+);", block[1]) if may != "0"}
    return nothing(found - sources, "declared sources only")


def sites(subject: Subject) -> Finding:
    """Return the sites nobody declared."""
    known = {"stranger", "_", "localhost", "127.0.0.1", '""',
             *(one.domain for one in subject.declared.tenants)}  # fmt: skip
    names = values("server_name", subject.facts.text("nginx"))
    return nothing({name for line in names for name in line.split()} - known, "declared domains")


HOST = (
    ("server_tokens", "nginx hides its version", partial(directive, "server_tokens", "off")),
    ("protocols", "nginx speaks good TLS only",
     partial(directive, "ssl_protocols", r"TLSv1\.2 TLSv1\.3|TLSv1\.3")),
    ("tickets", "TLS sessions are not kept in tickets",
     partial(directive, "ssl_session_tickets", "off")),
    ("attempts", "Logins are counted by address",
     partial(directive, "limit_req_zone", r"\$\S+ zone=\S+ rate=\d+r/[sm]")),
    ("no_database_header", "A stranger's choice of database is dropped",
     partial(directive, "proxy_set_header X-Odoo-Database", '""|[a-z][a-z0-9_]*')),
    ("sites", "No unknown site", sites),
    ("rpc", "RPC is for declared sources only", rpc),
)  # fmt: skip
TENANT = (
    ("database", "The database manager is closed at the door",
     r"location[^{\n]*/web/\(?[^{\n]*database[^{]*\{\s*return 404;", "return 404"),
    ("closed_rpc", "RPC is closed at the door",
     r"location[^{\n]*xmlrpc[^{\n]*json[^{]*\{\s*if \(\$phaseline_rpc = 0\) \{\s*return 404;",
     "return 404 but for declared sources"),
    ("hidden", "Hidden files are closed at the door",
     r"location ~ /\\\.[^{]*\{\s*return 404;", "return 404"),
    ("cookie", "nginx closes the session's cookie",
     r"proxy_cookie_flags session_id[^;]*samesite=lax[^;]*secure", "samesite=lax secure"),
    ("header", "A stranger names no database", r"include /etc/nginx/phaseline/forwarded\.conf;",
     "X-Odoo-Database is taken away"),
    ("login_limit", "Guessing passwords is slowed down",
     r"include /etc/nginx/phaseline/attempts\.conf;", "limit_req"),
    ("body_limit", "The size of uploads has a limit", r"client_max_body_size\s+\d+[mM];",
     "client_max_body_size"),
    ("gevent", "Websockets go to their own process", r"location\s+(?:=\s+|\^~\s+)?/websocket",
     "/websocket"),
)  # fmt: skip
CHECKS = (
    *(Check(f"nginx.{id_}", says, "proxy", judge) for id_, says, judge in HOST),
    *(Check(f"nginx.{id_}", says, "proxy", partial(in_site, pattern, expected), "tenant")
      for id_, says, pattern, expected in TENANT),
    Check("nginx.filestore", "Files go out by Odoo's word", "proxy", filestore, "tenant"),
    Check("web.timeout", "nginx waits longer than Odoo works", "proxy", timeout, "tenant"),
)  # fmt: skip

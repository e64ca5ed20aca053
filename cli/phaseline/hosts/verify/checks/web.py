"""What the web sees of a tenant, and how nginx is set behind it."""

from __future__ import annotations

import re
from functools import partial

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, equals, nothing

SOURCE = "HOSTING 6.8 nginx"
HEALTH = "T5: deep health"
OUTSIDE = "SECURITY B10 G-B1"
YEAR = 31536000
OPEN = {22, 80, 443}
HEADERS = (
    ("nosniff", "Browsers guess no types", "x-content-type-options", "nosniff"),
    ("frames", "No other site frames it", "x-frame-options", "SAMEORIGIN"),
    ("referrer", "Links tell no paths to others", "referrer-policy", ""),
)


def seen(subject: Subject, what: str) -> object:
    """Return what a stranger saw of the tenant's site."""
    found: object = subject.facts[f"{what}/{subject.who.domain}"]
    return found


def page(subject: Subject) -> dict[str, object]:
    """Return the login page as it came."""
    return dict(subject.facts[f"login/{subject.who.domain}"])


def ports(subject: Subject) -> Finding:
    """Return the ports that answer beyond SSH and the web."""
    found = subject.facts[f"ports/{subject.who.domain}"]
    return nothing([str(port) for port in found if port not in OPEN], "22, 80 and 443 at most")


def redirect(subject: Subject) -> Finding:
    """Return whether the site without TLS leads to the one with it."""
    found = subject.facts[f"plain/{subject.who.domain}"]
    said = f"{found['status']} {found['location']}"
    way = f"https://{subject.who.domain}/"
    good = found["status"] in (301, 308) and str(found["location"]).startswith(way)
    return Finding(f"301 {way}...", said, good)


def login(subject: Subject) -> Finding:
    """Return whether the login page comes with its form."""
    found = page(subject)
    said = f"{found['status']}, {'with' if found['form'] else 'without'} its form"
    return equals("200, with its form", said)


def asset(subject: Subject) -> Finding:
    """Return whether an asset of the login page comes: at once, not from another address."""
    return equals(200, page(subject)["asset"])


def socket_opens(subject: Subject) -> Finding:
    """Return whether the websocket opens."""
    return equals(101, seen(subject, "websocket"))


def versions(subject: Subject) -> Finding:
    """Return the versions of TLS beside the two good ones."""
    found = sorted(str(one) for one in subject.facts[f"versions/{subject.who.domain}"])
    return equals("TLSv1.2, TLSv1.3", ", ".join(found))


def weak(subject: Subject) -> Finding:
    """Return whether ciphers without forward secrecy are taken."""
    found = ["without forward secrecy"] if seen(subject, "weak") else []
    return nothing(found, "no weak cipher")


def transport(subject: Subject) -> Finding:
    """Return whether browsers are told to come back by TLS only, for a year."""
    found = str(headers(subject).get("strict-transport-security", ""))
    age = re.search(r"max-age=(\d+)", found)
    good = age is not None and int(age[1]) >= YEAR and "includesubdomains" in found.lower()
    return Finding(f"max-age={YEAR}; includeSubDomains", found or "not set", good)


def headers(subject: Subject) -> dict[str, str]:
    """Return the headers of the login page."""
    return dict(page(subject)["headers"])  # type: ignore[call-overload,no-any-return]


def header(name: str, wanted: str, subject: Subject) -> Finding:
    """Return whether a header is there, with a wanted value if one is named."""
    found = headers(subject).get(name, "")
    return Finding(wanted or "set", found or "not set", found == wanted if wanted else bool(found))


def server(subject: Subject) -> Finding:
    """Return whether the server hides its version."""
    found = headers(subject).get("server", "")
    return Finding("no version", found or "nothing", not re.search(r"\d", found))


def cookies(subject: Subject) -> Finding:
    """Return the cookies that scripts, other sites or lines without TLS could use."""
    wrong = []
    for cookie in page(subject)["cookies"]:  # type: ignore[attr-defined]
        flags = cookie.lower()
        if cookie.startswith("session_id=") and not all(
            flag in flags for flag in ("secure", "httponly", "samesite=lax")
        ):
            wrong.append(cookie.partition("=")[0] + re.sub(r"^[^;]*", "", cookie))
    return nothing(wrong, "session_id with Secure, HttpOnly, SameSite=Lax")


def closed(subject: Subject) -> Finding:
    """Return the paths that should be closed and answer."""
    found = subject.facts[f"closed/{subject.who.domain}"]
    wrong = [f"{path} {status}" for path, status in found.items() if status not in (0, 403, 404)]
    return nothing(wrong, "403, 404 or no answer")


def stranger(subject: Subject) -> Finding:
    """Return whether an unknown name gets no answer."""
    found = seen(subject, "stranger")
    return Finding("no answer", "no answer" if found == 0 else str(found), found == 0)


def query(subject: Subject) -> Finding:
    """Return whether the tenant's own database answers over HTTPS."""
    return Finding("an answer", str(seen(subject, "query")), holds=True)


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
SEEN = (
    ("redirect", "Without TLS there is only the way to TLS", SOURCE, redirect),
    ("versions", "TLS 1.2 and 1.3 only", SOURCE, versions),
    ("ciphers", "No cipher without forward secrecy", SOURCE, weak),
    ("transport", "Browsers come back by TLS for a year", SOURCE, transport),
    ("server", "The server hides its version", SOURCE, server),
    ("cookies", "The session's cookie is closed", SOURCE, cookies),
    ("closed", "Database manager, docs and hidden files are closed", OUTSIDE, closed),
    ("stranger", "Unknown names get no answer", SOURCE, stranger),
    ("ports", "From outside only 22, 80 and 443 answer", OUTSIDE, ports),
    ("timeout", "nginx waits longer than Odoo works", SOURCE, timeout),
)
DEEP = (
    ("login", "Its login page comes", login),
    ("asset", "An asset of that page comes", asset),
    ("websocket", "Its websocket opens", socket_opens),
    ("query", "Its database answers a query over HTTPS", query),
)
CHECKS = (
    *(Check(f"nginx.{id_}", says, SOURCE, "proxy", judge) for id_, says, judge in HOST),
    *(Check(f"nginx.{id_}", says, SOURCE, "proxy", partial(in_site, pattern, expected), "tenant")
      for id_, says, pattern, expected in TENANT),
    Check("nginx.filestore", "Files go out by Odoo's word", SOURCE, "proxy", filestore, "tenant"),
    *(Check(f"web.{id_}", says, source, "proxy", judge, "tenant")
      for id_, says, source, judge in SEEN),
    *(Check(f"web.{id_}", says, SOURCE, "proxy", partial(header, name, wanted), "tenant")
      for id_, says, name, wanted in HEADERS),
    *(Check(f"health.{id_}", says, HEALTH, "proxy", judge, "tenant") for id_, says, judge in DEEP),
)  # fmt: skip

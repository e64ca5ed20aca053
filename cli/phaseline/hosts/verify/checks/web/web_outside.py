"""What the outside sees of a tenant's site."""

from __future__ import annotations

import re
from functools import partial

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, equals, nothing

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


SEEN = (
    ("redirect", "Without TLS there is only the way to TLS", redirect),
    ("versions", "TLS 1.2 and 1.3 only", versions),
    ("ciphers", "No cipher without forward secrecy", weak),
    ("transport", "Browsers come back by TLS for a year", transport),
    ("server", "The server hides its version", server),
    ("cookies", "The session's cookie is closed", cookies),
    ("closed", "Database manager, docs and hidden files are closed", closed),
    ("stranger", "Unknown names get no answer", stranger),
    ("ports", "From outside only 22, 80 and 443 answer", ports),
)
DEEP = (
    ("login", "Its login page comes", login),
    ("asset", "An asset of that page comes", asset),
    ("websocket", "Its websocket opens", socket_opens),
    ("query", "Its database answers a query over HTTPS", query),
)
CHECKS = (
    *(Check(f"web.{id_}", says, "proxy", judge, "tenant")
      for id_, says, judge in SEEN),
    *(Check(f"web.{id_}", says, "proxy", partial(header, name, wanted), "tenant")
      for id_, says, name, wanted in HEADERS),
    *(Check(f"health.{id_}", says, "proxy", judge, "tenant") for id_, says, judge in DEEP),
)  # fmt: skip

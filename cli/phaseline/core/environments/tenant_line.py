"""A tenant's line in the inventory: which keys it has, what each may hold, which names are free."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.environments import sizing
from phaseline.core.node import to_python
from phaseline.errors import Fault
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.core.node import Node
    from phaseline.errors import Place

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"({LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
MAIL = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]*@({LABEL}\.)+[a-z0-9-]{{2,63}}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?")
COUNTRY = re.compile(r"[A-Z]{2}")
MODULE = re.compile(r"[a-z][a-z0-9_]*")
FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\.(png|svg|jpg|jpeg)")
# Names that PostgreSQL, Debian or this kit use for themselves on a host.
RESERVED = frozenset(
    (
        "admin", "backup", "bin", "daemon", "games", "irc", "lists", "mail", "man", "mysql", "news",
        "nobody", "odoo", "operator", "postgres", "prometheus", "proxy", "public", "root", "sync",
        "sys", "systemd", "template", "uucp", "www",
    )
)  # fmt: skip
RESERVED_HEADS = ("newborn", "pg_", "phaseline", "postgres", "template")
RESERVED_TAIL = "_owner"
PORTS = range(sizing.FIRST_PORT, 9990)
DOMAIN_LIMIT, TEXT_LIMIT, SHOWN = 253, 120, 60
TEMPLATES = ("{{", "{%", "{#")
TEXTS = {
    "logo": (FILE, "a PNG, SVG or JPEG file below the project, like brand/logo.png"),
    "primary_color": (COLOUR, 'a colour like "#1a2b3c"'),
    "secondary_color": (COLOUR, 'a colour like "#1a2b3c"'),
    "mail_sender": (MAIL, "an address like orders@example.com"),
    "lang": (LANGUAGE, "a language of Odoo like en_US"),
    "country": (COUNTRY, "a country's two capital letters"),
}
KEYS = ("name", "domain", "plan", "port", "company", "modules", *TEXTS)


@dataclass(frozen=True, slots=True)
class TenantLine:
    """A tenant as its line says; `values` is the whole line."""

    name: str
    domain: str
    values: Mapping[str, Any]
    place: Place

    @property
    def port(self) -> int:
        """The first port of its pair, 0 when the line gives none."""
        return int(self.values.get("port") or 0)


def read(node: Node) -> tuple[TenantLine, ...]:
    """Return the tenants of a list; call `judge` first, which tells what is wrong with it."""
    found = []
    for item in node.items:
        values = to_python(item)
        found.append(TenantLine(str(values["name"]), str(values["domain"]), values, item.place))
    return tuple(found)


def lint(node: Node) -> Iterator[Fault]:
    """Yield everything that is wrong with a list of tenants."""
    if node.value is not None and not isinstance(node.value, tuple):
        yield Fault("C009", f"the tenants are {node.kind}, not a list", node.place)
    for item in node.items:
        yield from judge_line(item)
    yield from _twice(node, "name")
    yield from _twice(node, "domain")
    yield from _twice(node, "port")


def judge_line(item: Node) -> Iterator[Fault]:
    """Yield everything that is wrong with one tenant's line."""
    if not isinstance(item.value, Mapping):
        hint = "Write: - {name: harbour, domain: harbour.example.com, plan: s}"
        yield Fault("C009", f"a tenant is {item.kind}, not a mapping", item.place, hint)
        return
    for key in ("name", "domain"):
        if key not in item.entries:
            yield Fault(
                "C009", f"a tenant has no {key}", item.place, f"Write `{key}:` in its line."
            )
    for key, node in item.entries.items():
        if key not in KEYS:
            hint = suggest(key, KEYS, f"Keys: {', '.join(KEYS)}.")
            yield Fault("C009", f"a tenant has no key '{key}'", item.keys.get(key), hint)
        else:
            yield from _value(key, node)


def _value(key: str, node: Node) -> Iterator[Fault]:
    if key in JUDGES:
        yield from JUDGES[key](node)
    elif not isinstance(node.value, str):
        hint = "Put it into quotes."
        yield Fault("C009", f"{key} is {node.kind}, not a text", node.place, hint)
    elif why := wrong(key, node.value):
        yield Fault("C009", why[0], node.place, why[1])


def _port(node: Node) -> Iterator[Fault]:
    number = isinstance(node.value, int) and not isinstance(node.value, bool)
    if not number or node.value not in PORTS:
        message = f"port {show(node)} is none from {PORTS.start} to {PORTS.stop - 1}"
        yield Fault("C009", message, node.place)


def _modules(node: Node) -> Iterator[Fault]:
    for one in node.items or (node,):
        if not isinstance(one.value, str) or not MODULE.fullmatch(one.value):
            yield Fault("C009", f"{show(one)} is no module's name", one.place)


def wrong(key: str, text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text of a tenant's line and the repair; None when all is well."""
    if any(one in text for one in TEMPLATES):
        return f"{key} holds a template", "Write plain text: a tenant's values are never templates."
    if key == "name":
        return wrong_name(text)
    if key == "domain":
        fits = len(text) <= DOMAIN_LIMIT and bool(DOMAIN.fullmatch(text))
        why = f"{truncate(text)} is no domain", "Write it like shop.example.com, in small letters."
    elif key in TEXTS:
        form, like = TEXTS[key]
        fits = bool(form.fullmatch(text)) and ".." not in text
        why = f"{key} is {truncate(text)}", f"Write {like}."
    else:
        fits = len(text) <= TEXT_LIMIT and text.isprintable() and bool(text.strip())
        why = (
            f"{key} is {truncate(text)}",
            f"Write a line of at most {TEXT_LIMIT} visible characters.",
        )
    return None if fits else why


def wrong_name(name: str) -> tuple[str, str] | None:
    """Return why a tenant cannot have this name; None when it can."""
    if not NAME.fullmatch(name):
        message = f"{truncate(name)} cannot name a tenant"
        return message, "Use 2 to 31 small letters, digits and _, beginning with a letter."
    if name in RESERVED or name.startswith(RESERVED_HEADS) or name.endswith(RESERVED_TAIL):
        return f"the name '{name}' is taken by the hosts themselves", "Choose another name."
    return None


def _plan(node: Node) -> Iterator[Fault]:
    if isinstance(node.value, Mapping):
        for key, one in node.entries.items():
            fits = key in {"users", "orders_per_day"}
            if not fits or not isinstance(one.value, int) or one.value < 0 or one.value is True:
                yield Fault("C009", f"a plan's {key} is {show(one)}", one.place, PLAN_HINT)
        if "users" not in node.entries:
            yield Fault("C009", "a plan has no users", node.place, PLAN_HINT)
    elif node.value not in sizing.PLANS:
        yield Fault("H032", f"there is no plan {show(node)}", node.place, PLAN_HINT)


PLAN_HINT = f"Write {', '.join(sizing.PLANS)} or {{users: 25, orders_per_day: 400}}."
JUDGES: Mapping[str, Callable[[Node], Iterator[Fault]]] = {
    "plan": _plan, "port": _port, "modules": _modules,
}  # fmt: skip


def _twice(node: Node, key: str) -> Iterator[Fault]:
    seen: dict[Any, Place] = {}
    for item in node.items:
        one = item.entries.get(key)
        if one is None or isinstance(one.value, (tuple, Mapping)):
            continue
        if one.value in seen:
            message = f"{key} {show(one)} is duplicated, first in line {seen[one.value].line}"
            yield Fault("C009", message, one.place, "Every tenant needs its own.")
        seen[one.value] = one.place


def lost(listed: Iterable[str], kept: Iterable[str]) -> tuple[str, ...]:
    """Return the tenants that were built and stand in no list any more."""
    return tuple(sorted(set(kept) - set(listed)))


def show(node: Node) -> str:
    """Return a value as a message shows it."""
    return truncate(str(to_python(node)))


def truncate(text: str) -> str:
    """Return a text in quotes, escaped and of bearable length."""
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")

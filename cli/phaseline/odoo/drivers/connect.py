"""Choosing the driver: JSON-2 where Odoo speaks it and a key is there, then session, then rpc."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.drivers.http import DIRECT, READ_SECONDS, Endpoint, Transport
from phaseline.odoo.drivers.json2 import Json2
from phaseline.odoo.faults import CallRequest, codes

if TYPE_CHECKING:
    from phaseline.odoo.port import Port

JSON2_SINCE = 19
DRIVERS = ("json2", "session", "rpc")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who calls; the password and the key never show in a repr."""

    login: str
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)


def connect(
    url: str,
    database: str,
    credentials: Credentials,
    *,
    timeout: float = READ_SECONDS,
    driver: str | None = None,
    route: Endpoint = DIRECT,
) -> Port:
    """A port to the database, by the named driver or by the best one this server answers."""
    if driver is not None:
        return _open(driver, Transport(url, timeout=timeout, route=route), database, credentials)
    version = major_version(url, timeout=timeout, route=route)
    tried: list[Fault] = []
    for name in _candidates(credentials, version):
        try:
            return _open(name, Transport(url, timeout=timeout, route=route), database, credentials)
        except PhaselineError as err:
            if not codes(err) & {"O010", "O004"}:
                raise
            tried.extend(err.faults)
    raise PhaselineError(
        Fault(
            "O010",
            f"no driver can talk to {url}" + "".join(f"; {fault.message}" for fault in tried),
            hint="Give an API key (Odoo 19 and later) or a password to this environment's secrets.",
        )
    )


def major_version(
    url: str, *, timeout: float = READ_SECONDS, route: Endpoint = DIRECT
) -> int | None:
    """The server's major version by `/web/version`; None when it does not say."""
    transport = Transport(url, timeout=min(timeout, READ_SECONDS), route=route)
    try:
        response = transport.send(
            transport.request("/web/version"), CallRequest("web", "read", "version")
        )
    finally:
        transport.close()
    if response.status_code != httpx.codes.OK:
        return None
    found = re.search(r'"version":\s*"(?:saas[~-])?(\d+)', response.text)
    return int(found.group(1)) if found else None


def _candidates(credentials: Credentials, version: int | None) -> tuple[str, ...]:
    found = []
    if credentials.api_key and (version is None or version >= JSON2_SINCE):
        found.append("json2")
    if credentials.password:
        found.append("session")
    if credentials.password or credentials.api_key:
        found.append("rpc")
    return tuple(found)


def _open(name: str, transport: Transport, database: str, credentials: Credentials) -> Port:
    try:
        return _driver(name, transport, database, credentials)
    except BaseException:
        transport.close()
        raise


def _driver(name: str, transport: Transport, database: str, credentials: Credentials) -> Port:
    password = credentials.password or credentials.api_key
    if name == "json2" and credentials.api_key:
        return Json2(transport, database, credentials.api_key)
    from phaseline.odoo.drivers.rpc import Rpc  # noqa: PLC0415 (odoorpc is slow to load, JSON-2 is usual)
    from phaseline.odoo.drivers.session import Session  # noqa: PLC0415

    if name == "session" and credentials.password:
        return Session(transport, database, credentials.login, credentials.password)
    if name == "rpc" and password:
        return Rpc(transport, database, credentials.login, password)
    raise PhaselineError(
        Fault(
            "O002",
            f"the driver {name!r} has no key or password to use"
            if name in DRIVERS
            else f"there is no driver {name!r}",
            hint="The drivers are json2 (API key), session (password) and rpc.",
        )
    )

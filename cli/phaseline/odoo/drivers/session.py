"""The session driver: odoorpc logged in like a browser, for Odoo 14 to 19 and a password."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import odoorpc
from odoorpc.env import Environment

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.faults import (
    CallRequest,
    call_request,
    is_no_database,
    lost_answer,
    no_database,
    refusal,
    secret_values,
)

if TYPE_CHECKING:
    from urllib.request import Request

    from phaseline.odoo.drivers.http import Transport
    from phaseline.odoo.port import Values

# Named differently, or only positional, in one of the Odoo versions from 14 on.
POSITIONAL = {"create": "vals_list", "search": "domain", "search_count": "domain", "write": "vals"}
EXPIRED = "odoo.http.SessionExpiredException"
LOGIN = CallRequest("res.users", "read", "login")


class Opener:
    """What odoorpc takes for a urllib opener; it sends through the transport instead."""

    def __init__(self, transport: Transport) -> None:
        """Start with nobody's call under way; each thread notes its own."""
        self._transport = transport
        self._now = threading.local()

    def note(self, call: CallRequest, timeout: float | None) -> None:
        """Remember what this thread is about to send."""
        self._now.call, self._now.timeout = call, timeout

    def open(self, request: Request, timeout: float | None = None) -> io.BytesIO:
        """The body of the answer, as odoorpc wants to read it."""
        del timeout
        call: CallRequest = getattr(self._now, "call", LOGIN)
        data = request.data if isinstance(request.data, bytes) else b""
        path = urlsplit(request.full_url).path
        response = self._transport.send(
            self._transport.request(path, data), call, timeout=getattr(self._now, "timeout", None)
        )
        return io.BytesIO(self._checked(call, response))

    def _checked(self, call: CallRequest, response: httpx.Response) -> bytes:
        status = response.status_code
        try:
            json.loads(response.content)
        except ValueError as err:
            if b"No database is selected" in response.content:
                # So says a server of several databases when it has forgotten the session.
                raise odoorpc.error.RPCError(
                    "the session ended", {"data": {"name": EXPIRED}}
                ) from err
            if status in {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN} or response.is_redirect:
                message = f"{self._transport.url} answers {status} where this driver wants to call"
                raise PhaselineError(Fault("O010", message)) from err
            raise lost_answer(call, self._transport.url, f"answer {status} is not JSON") from err
        return response.content


class WebSession(odoorpc.ODOO):  # type: ignore[misc]  # odoorpc has no types
    """odoorpc on the web client's own routes: no password with each call, no `/jsonrpc`."""

    def login(self, db: str, login: str = "admin", password: str = "") -> None:
        """Log in on `/web/session/authenticate`; the session's cookie stays in the transport."""
        data = self.json(
            "/web/session/authenticate", {"db": db, "login": login, "password": password}
        )
        found = data.get("result") or {}
        if not found.get("uid"):
            message = "the login needs a second factor: use an API key"
            raise odoorpc.error.RPCError(
                message, {"data": {"name": "odoo.exceptions.AccessDenied"}}
            )
        self._env = Environment(self, db, found["uid"], context=found.get("user_context"))
        self._login = login
        self._password = login  # never sent; odoorpc only looks whether there is one

    def execute_kw(
        self,
        model: str,
        method: str,
        args: Sequence[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call on `/web/dataset/call_kw`."""
        data = self.json(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args or [], "kwargs": kwargs or {}},
        )
        return data.get("result")


class Session:
    """One user's door to one database over a web session; logs in again when it expires."""

    client: type[Any] = WebSession
    # Told a version, odoorpc does not ask for it; any modern one selects its modern way.
    version = "19.0"

    def __init__(self, transport: Transport, database: str, login: str, password: str) -> None:
        """Log in."""
        self._transport = transport
        self._login = login
        self._password = password
        self._opener = Opener(transport)
        self.database = database
        address = urlsplit(transport.url)
        self._client = self.client(
            address.hostname or "localhost",
            port=address.port or 80,
            timeout=transport.timeout,
            version=self.version,
            opener=self._opener,
        )
        self._lock = threading.Lock()
        self._log_in()
        self.uid = int(self._client.env.uid)

    def __repr__(self) -> str:
        """Return where it leads and as whom, without the password."""
        return f"{type(self).__name__}({self.url!r}, {self.database!r}, {self._login!r})"

    @property
    def url(self) -> str:
        """Base URL without a trailing slash."""
        return self._transport.url

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        context: Values | None = None,
        timeout: float | None = None,
        **arguments: Any,
    ) -> Any:
        """The method's plain JSON answer (see `Port.call`)."""
        call = call_request(model, method, ids, arguments)
        secrets = secret_values(arguments) | {self._password}
        positional: list[Any] = [] if ids is None else [list(ids)]
        first = POSITIONAL.get(method)
        if first is not None and first in arguments:
            positional.append(arguments.pop(first))
        named = arguments | ({"context": dict(context)} if context else {})
        try:
            return self._execute(call, timeout, (model, method, positional, named))
        except odoorpc.error.RPCError as err:
            raise self._fault(call, err, secrets) from None

    def close(self) -> None:
        """Give the connections back; the session ends by itself on the server."""
        self._transport.close()

    def _execute(
        self,
        call: CallRequest,
        timeout: float | None,
        what: tuple[str, str, list[Any], dict[str, Any]],
    ) -> Any:
        self._opener.note(call, timeout)
        try:
            return self._client.execute_kw(*what)
        except odoorpc.error.RPCError as err:
            if _name(err) != EXPIRED:
                raise
        # Odoo said so before it did anything: logging in and asking again is safe.
        with self._lock:
            self._log_in()
        self._opener.note(call, timeout)
        return self._client.execute_kw(*what)

    def _log_in(self) -> None:
        self._opener.note(LOGIN, None)
        try:
            self._client.login(self.database, self._login, self._password)
        except odoorpc.error.RPCError as err:
            raise self._fault(
                CallRequest("res.users", "login", repr(self._login)),
                err,
                frozenset({self._password}),
            ) from None

    def _fault(
        self, call: CallRequest, err: odoorpc.error.RPCError, secrets: frozenset[str]
    ) -> PhaselineError:
        message = str(err)
        if is_no_database(message):
            return no_database(self.database, self.url)
        name = _name(err)
        if not name and message == "Wrong login ID or password":
            name = "odoo.exceptions.AccessDenied"
        if name == "werkzeug.exceptions.NotFound":
            message = f"the model {call.model!r} does not exist"
        return refusal(call, name, message, secrets=secrets)


def _name(err: odoorpc.error.RPCError) -> str:
    """The exception's name on the server, empty when odoorpc made the error itself."""
    info = err.info if isinstance(err.info, Mapping) else {}
    return str((info.get("data") or {}).get("name") or "")

"""The JSON-2 driver, the default from Odoo 19 on: a bearer key and named arguments."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.faults import (
    CallRequest,
    call_request,
    lost_answer,
    no_database,
    refusal,
    secret_values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.odoo.drivers.http import Transport
    from phaseline.odoo.port import Values

# Odoo's page for a database it cannot open, also when PostgreSQL just ended its session. It looks
# for the database before anything of a call is done, so a write may be sent again, too.
NO_DATABASE = b"No database is selected"
PAUSES = (0.5, 1.0)


class Json2:
    """One user's door to one database, over `/json/2`; safe to use from several threads."""

    def __init__(self, transport: Transport, database: str, api_key: str) -> None:
        """Ask who the key belongs to, which proves key, database and API in one call."""
        self._transport = transport
        self._key = api_key
        self._headers = {"Authorization": f"bearer {api_key}", "X-Odoo-Database": database}
        self.database = database
        self.uid = int(self.call("res.users", "context_get")["uid"])

    def __repr__(self) -> str:
        """Return where it leads, without the key."""
        return f"Json2({self.url!r}, {self.database!r})"

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
        body: dict[str, Any] = dict(arguments)
        if ids is not None:
            body["ids"] = list(ids)
        if context:
            body["context"] = dict(context)
        call = call_request(model, method, ids, arguments)
        request = self._transport.request(
            f"/json/2/{model}/{method}",
            json.dumps(body, allow_nan=False).encode(),
            self._headers,
        )
        response = self._transport.send(request, call, timeout=timeout)
        for pause in PAUSES:
            if not _knows_no_database(response):
                break
            time.sleep(pause)
            response = self._transport.send(request, call, timeout=timeout)
        if response.status_code == httpx.codes.OK:
            return self._decoded(call, response)
        raise self._fault(call, response, secret_values(body) | {self._key})

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def _decoded(self, call: CallRequest, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as err:
            raise lost_answer(call, self.url, "the answer is not JSON") from err

    def _fault(
        self, call: CallRequest, response: httpx.Response, secrets: frozenset[str]
    ) -> PhaselineError:
        try:
            told = response.json()
            return refusal(
                call,
                str(told["name"]),
                str(told["message"]),
                status=response.status_code,
                secrets=secrets,
            )
        except (ValueError, KeyError, TypeError):
            return self._foreign(call, response)

    def _foreign(self, call: CallRequest, response: httpx.Response) -> PhaselineError:
        """An answer that is not from the API: no database, a redirect, a proxy's page."""
        status = response.status_code
        if _knows_no_database(response):
            return no_database(self.database, self.url)
        if response.is_redirect:
            there = response.headers.get("Location", "elsewhere")
            return PhaselineError(
                Fault(
                    "O010",
                    f"{self.url} sends calls on to {there}",
                    hint="Use that address in the inventory.",
                )
            )
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            return lost_answer(call, self.url, f"answer {status} is not from Odoo")
        if status == httpx.codes.NOT_FOUND:
            return PhaselineError(Fault("O010", f"{self.url} does not speak JSON-2"))
        return refusal(call, "", f"the server answered {status}", status=status)


def _knows_no_database(response: httpx.Response) -> bool:
    return response.status_code == httpx.codes.NOT_FOUND and NO_DATABASE in response.content

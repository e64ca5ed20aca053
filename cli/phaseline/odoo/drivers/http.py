"""HTTP to one Odoo server: timeouts on everything, and an honest word on what was delivered."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import httpx

from phaseline.odoo.faults import CallRequest, lost_answer, unreachable

if TYPE_CHECKING:
    import ssl

CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 60.0
# Idle connections are given up before the usual proxies do it: a request sent into a connection
# that the other side just closed would count as lost.
KEEP_IDLE_SECONDS: Final = 4.0
NOT_DELIVERED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
GATEWAY = (502, 503, 504)
PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds; ten log-ins a minute are one each six
# These log what they send or receive, passwords and cookies included, when somebody turns DEBUG on.
TALKATIVE = (
    "httpcore.http11", "httpcore.connection", "httpcore.proxy", "odoorpc.rpc.jsonrpclib",
)  # fmt: skip


def quiet(record: logging.LogRecord) -> bool:
    """Whether a record of a talkative library may be logged: only from WARNING up."""
    return record.levelno >= logging.WARNING


for _talkative in TALKATIVE:
    logging.getLogger(_talkative).addFilter(quiet)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How a server is reached: at its name, or at an address as long as DNS does not know it.

    `authority` is a certificate (PEM) that is trusted beside those of the machine. The server has
    to prove the name of its URL in any case.
    """

    address: str = ""
    authority: str = ""

    def verify(self, url: str) -> bool | ssl.SSLContext:
        """Return how the server's certificate is checked."""
        # Reading the certificates takes longer than a call; without TLS nobody asks for them,
        # and redirects (to TLS, say) are never followed.
        if not url.lower().startswith("https:"):
            return False
        if not self.authority:
            return True
        context = httpx.create_ssl_context()
        context.load_verify_locations(cadata=self.authority)
        return context


DIRECT = Endpoint()


class Transport:
    """One keep-alive connection pool to one server; used by several threads at once."""

    def __init__(
        self, url: str, *, timeout: float = READ_SECONDS, route: Endpoint = DIRECT
    ) -> None:
        """Open nothing yet; `timeout` is how long an answer may take, in seconds."""
        self.url = url.rstrip("/")
        self.timeout = timeout
        place = urlsplit(self.url)
        host = place.hostname or ""
        self._base, self._named = self.url, {}
        self._extensions: dict[str, str] = {}
        if route.address:
            at = f"[{route.address}]" if ":" in route.address else route.address
            netloc = f"{at}:{place.port}" if place.port else at
            self._base = place._replace(netloc=netloc).geturl()
            self._named = {"Host": place.netloc}
            self._extensions = {"sni_hostname": host}
        self._client = httpx.Client(
            timeout=self._limits(timeout),
            limits=httpx.Limits(max_connections=32, keepalive_expiry=KEEP_IDLE_SECONDS),
            verify=route.verify(self.url),
            # A proxy of the environment never stands between this machine and itself, nor before
            # an address that was given.
            trust_env=host not in {"localhost", "127.0.0.1", "::1"} and not route.address,
        )

    def __repr__(self) -> str:
        """Return the URL only: headers and cookies carry secrets."""
        return f"Wire({self.url!r})"

    @staticmethod
    def _limits(timeout: float) -> httpx.Timeout:
        return httpx.Timeout(timeout, connect=CONNECT_SECONDS)

    def send(
        self, request: httpx.Request, call: CallRequest, *, timeout: float | None = None
    ) -> httpx.Response:
        """Odoo's whole answer; a read whose connection broke is asked once more.

        What was refused for being one of too many was not carried out, so it is sent again.
        """
        for pause in PAUSES:
            response = self._answer(request, call, timeout)
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                return response
            time.sleep(pause)
        return self._answer(request, call, timeout)

    def _answer(
        self, request: httpx.Request, call: CallRequest, timeout: float | None
    ) -> httpx.Response:
        request.extensions["timeout"] = self._limits(timeout or self.timeout).as_dict()
        try:
            response = self._client.send(request)
        except NOT_DELIVERED as err:
            raise unreachable(self.url, str(err)) from err
        except httpx.TimeoutException as err:
            seconds = timeout or self.timeout
            raise lost_answer(call, self.url, f"no answer within {seconds:g} s") from err
        except httpx.TransportError as err:
            if not call.reads:
                raise lost_answer(call, self.url, str(err) or type(err).__name__) from err
            response = self._send_again(request, call)
        if response.status_code in GATEWAY and b'"debug"' not in response.content:
            raise lost_answer(call, self.url, f"a proxy answered {response.status_code}")
        return response

    def _send_again(self, request: httpx.Request, call: CallRequest) -> httpx.Response:
        try:
            return self._client.send(request)
        except httpx.HTTPError as err:
            raise lost_answer(call, self.url, str(err) or type(err).__name__) from err

    def request(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Request:
        """A request to be sent: POST of a JSON body, or GET where there is none."""
        found = {"Content-Type": "application/json"} if body is not None else {}
        return self._client.build_request(
            "GET" if body is None else "POST",
            self._base + path,
            content=body,
            headers=found | self._named | (headers or {}),
            extensions=dict(self._extensions),
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

"""Server errors and broken connections become Phaseline's errors, here and nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phaseline.errors import Fault, PhaselineError

# Methods that never write: an answer that is lost may be asked for once more.
READS = frozenset(
    {
        "context_get", "default_get", "export_data", "fields_get", "formatted_read_group",
        "get_external_id", "get_metadata", "get_views", "has_access", "has_group",
        "name_search", "onchange", "read", "read_group", "search", "search_count",
        "search_read", "web_read",
        "web_search_read",
    }
)  # fmt: skip

RERUN = (
    "Run the same command again: it first looks up by external id what exists and resends nothing"
    " blindly."
)
LONGEST_MESSAGE = 2000
SHOWN_IDS = 5
SHORTEST_SECRET = 4
NAMING_FIELDS = ("name", "display_name", "default_code", "login", "code", "key")
SECRET_KEY = re.compile(r"passw|secret|token|api_?key|private_?key|^key$|passphrase", re.IGNORECASE)
TRACEBACK = re.compile(r"\s*Traceback \(most recent call last\).*", re.DOTALL)

BY_NAME = {
    "odoo.exceptions.AccessDenied": "O002",
    "odoo.exceptions.AccessError": "O003",
    "odoo.exceptions.LockError": "O011",
    "odoo.exceptions.ConcurrencyError": "O011",
    "odoo.exceptions.MissingError": "O004",
    "odoo.exceptions.UserError": "O005",
    "odoo.exceptions.ValidationError": "O005",
    "odoo.exceptions.RedirectWarning": "O005",
    "odoo.http.SessionExpiredException": "O002",
    "werkzeug.exceptions.Unauthorized": "O002",
    "werkzeug.exceptions.Forbidden": "O003",
    "werkzeug.exceptions.NotFound": "O004",
    "werkzeug.exceptions.UnprocessableEntity": "O005",
    "werkzeug.exceptions.RequestEntityTooLarge": "O005",
    # Odoo answers an unknown field, a bad domain or a value of the wrong type with status 500.
    "builtins.KeyError": "O005",
    "builtins.TypeError": "O005",
    "builtins.ValueError": "O005",
    "builtins.UnicodeEncodeError": "O005",
    "builtins.OverflowError": "O005",
    "psycopg2.errors.DeadlockDetected": "O011",
    "psycopg2.errors.LockNotAvailable": "O011",
    "psycopg2.errors.SerializationFailure": "O011",
    "psycopg2.errors.InvalidTextRepresentation": "O005",
    "psycopg2.errors.NumericValueOutOfRange": "O005",
    "psycopg2.errors.StringDataRightTruncation": "O005",
}
BY_STATUS = {401: "O002", 403: "O003", 404: "O004", 409: "O011", 413: "O005", 422: "O005"}
NO_SUCH_METHOD = re.compile(r"method '[^']+' does not exist|Object \S+ doesn't exist")
NO_SUCH_DATABASE = re.compile(r"database \"[^\"]*\" does not exist|Database not found", re.I)
HINTS = {
    "O002": "Put a valid key or password into the secrets of this environment.",
    "O003": "Give the calling user the right named above, or call as another user.",
    "O011": "Nothing was written; run the same command again.",
}


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What was asked of Odoo, as far as a message and the rule of lost answers need it."""

    model: str
    method: str
    subject: str = ""

    @property
    def reads(self) -> bool:
        """Whether the method only reads, so that asking again does no harm."""
        return self.method in READS

    def __str__(self) -> str:
        """Return `model.method subject`, the way a message begins."""
        return f"{self.model}.{self.method}" + (f" {self.subject}" if self.subject else "")


def call_request(
    model: str, method: str, ids: Sequence[int] | None, arguments: Mapping[str, Any]
) -> CallRequest:
    """The call with the records it is about: their ids, or the names of rows to be created."""
    if ids:
        shown = ", ".join(str(one) for one in ids[:SHOWN_IDS]) + (
            ", ..." if len(ids) > SHOWN_IDS else ""
        )
        return CallRequest(model, method, f"on {shown}")
    rows = arguments.get("vals_list")
    if isinstance(rows, Sequence) and rows and isinstance(rows[0], Mapping):
        name = next((rows[0][field] for field in NAMING_FIELDS if rows[0].get(field)), None)
        more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
        if isinstance(name, str):
            return CallRequest(model, method, f"of {name[:80]!r}{more}")
    return CallRequest(model, method)


def secret_values(arguments: object) -> frozenset[str]:
    """Texts below a key that sounds secret (a password in values to write), to be masked."""
    found: set[str] = set()
    queue = [arguments]
    while queue:
        one = queue.pop()
        if isinstance(one, Mapping):
            for key, value in one.items():
                if (
                    isinstance(value, str)
                    and len(value) >= SHORTEST_SECRET
                    and SECRET_KEY.search(str(key))
                ):
                    found.add(value)
                elif isinstance(value, Mapping | list | tuple):
                    queue.append(value)
        elif isinstance(one, list | tuple):
            queue.extend(one)
    return frozenset(found)


def clean(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """The text without traceback, without secrets, and not endless."""
    short = TRACEBACK.sub("", text).strip().rstrip(".")
    for secret in sorted(secrets, key=len, reverse=True):
        short = short.replace(secret, "***").replace(json.dumps(secret)[1:-1], "***")
    if len(short) > LONGEST_MESSAGE:
        short = short[:LONGEST_MESSAGE] + " ..."
    return short


def unreachable(url: str, reason: str) -> PhaselineError:
    """O001: nothing reached Odoo, so nothing was done."""
    return PhaselineError(
        Fault(
            "O001",
            f"no connection to {url}: {reason or 'it broke off'}",
            hint="Check that Odoo runs (`phaseline sandbox status`) and that the URL is right.",
        )
    )


def lost_answer(call: CallRequest, url: str, reason: str) -> PhaselineError:
    """O007 for what may have written; O001 for a read, which can simply be asked again."""
    if call.reads:
        return unreachable(url, f"the answer to {call} was lost ({reason})")
    return PhaselineError(
        Fault(
            "O007",
            f"the answer to {call} was lost ({reason}): whether Odoo did it is unknown",
            hint=RERUN,
        )
    )


def no_database(database: str, url: str) -> PhaselineError:
    """O012: the server is there, the database is not."""
    return PhaselineError(
        Fault(
            "O012",
            f"there is no database {database!r} at {url}",
            hint="Check `odoo_database` in the inventory, and the server's database filter.",
        )
    )


def refusal(
    call: CallRequest,
    name: str,
    message: str,
    *,
    status: int | None = None,
    secrets: frozenset[str] = frozenset(),
) -> PhaselineError:
    """The error Odoo answered, by its exception name first and its HTTP status second."""
    code = BY_NAME.get(name) or BY_STATUS.get(status or 0, "O006")
    if NO_SUCH_METHOD.search(message):
        code = "O004"
    text = clean(message, secrets) or name.rsplit(".", 1)[-1]
    if code in {"O005", "O006"} and name.startswith(("builtins.", "psycopg2.")):
        text = f"{text} ({name.rsplit('.', 1)[-1]})"
    verb = "failed" if code == "O006" else "was refused"
    subject = clean(str(call), secrets)
    return PhaselineError(Fault(code, f"{subject} {verb}: {text}", hint=HINTS.get(code, "")))


def is_no_database(message: str) -> bool:
    """Whether a server's text says that the database is not there."""
    return NO_SUCH_DATABASE.search(message) is not None


def codes(error: PhaselineError) -> frozenset[str]:
    """The codes of an error, for callers that decide by them."""
    return frozenset(fault.code for fault in error.faults)

"""The port: the smallest interface through which Phaseline talks to one Odoo database as one user.

Drivers (`json2`, `session`, `rpc`) and the memory double satisfy it; nothing else in the kit knows
how a call travels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Domain = Sequence[Any]
Values = Mapping[str, Any]


class Port(Protocol):
    """One user's door to one Odoo database."""

    @property
    def url(self) -> str:
        """Base URL without a trailing slash, for messages."""
        ...

    @property
    def database(self) -> str:
        """Name of the database."""
        ...

    @property
    def uid(self) -> int:
        """Database id of the calling user (`res.users`)."""
        ...

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
        """Call a public method of a model with named arguments and return its plain JSON answer.

        `ids` is None for a method of the model (`@api.model`), a sequence (maybe empty) for one of
        its records. `timeout` is in seconds. Raises `PhaselineError` with an `O...` code; for a
        method that may have written and whose answer was lost, the code is O007 (unknown) and the
        call is never sent again by a driver.
        """
        ...

    def close(self) -> None:
        """Give the connections back; a closed port is not used again."""
        ...

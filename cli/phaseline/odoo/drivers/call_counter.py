"""A port that counts its calls a model, so that a plan can show what it cost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phaseline.odoo.port import Port, Values


class CountingPort:
    """Hands every call to the port behind it and counts it."""

    def __init__(self, port: Port) -> None:
        """Start at zero."""
        self.port = port
        self.calls: Counter[str] = Counter()

    @property
    def url(self) -> str:
        """The URL of the port behind."""
        return self.port.url

    @property
    def database(self) -> str:
        """The database of the port behind."""
        return self.port.database

    @property
    def uid(self) -> int:
        """The user of the port behind."""
        return self.port.uid

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
        """Count the call and hand it on."""
        self.calls[model] += 1
        return self.port.call(model, method, ids, context=context, timeout=timeout, **arguments)

    def close(self) -> None:
        """Close the port behind."""
        self.port.close()

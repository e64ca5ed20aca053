"""The last resort: stock odoorpc on `/jsonrpc`, which sends the password with every call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import odoorpc

from phaseline.odoo.drivers.session import Session

if TYPE_CHECKING:
    from phaseline.odoo.drivers.http import Transport

LOG = logging.getLogger(__name__)


class Rpc(Session):
    """One user's door to one database over `/jsonrpc`, gone in Odoo 22."""

    client = odoorpc.ODOO

    def __init__(self, transport: Transport, database: str, login: str, password: str) -> None:
        """Log in, and say that a better way exists."""
        super().__init__(transport, database, login, password)
        LOG.warning(
            "talking to %s over /jsonrpc: slow, and gone from Odoo 22; "
            "give this environment an API key (Odoo 19 and later) or a password",
            transport.url,
        )

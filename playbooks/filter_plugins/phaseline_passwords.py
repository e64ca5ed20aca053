"""Filters that turn a password into what is stored of it, on the controller.

So a server never sees the password, and as the salt is made of the password and a name, the same
password makes the same text and a second run changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SALT_BYTES = 16


def scram(password: str, name: str, rounds: int = 4096) -> str:
    """Return the verifier that PostgreSQL stores for a role's password (RFC 5802, SHA-256)."""
    salt = _salt(password, name)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(_sign(salted, b"Client Key")).digest()
    server = _sign(salted, b"Server Key")
    parts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${rounds}:{parts[0]}${parts[1]}:{parts[2]}"


def odoo(password: str, name: str, rounds: int = 600_000) -> str:
    """Return the hash that Odoo reads as `admin_passwd` (PBKDF2, SHA-512, passlib's form)."""
    salt = _salt(password, name)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$pbkdf2-sha512${rounds}${_adapted(salt)}${_adapted(key)}"


def _salt(password: str, name: str) -> bytes:
    return _sign(password.encode(), b"phaseline salt of " + name.encode())[:SALT_BYTES]


def _sign(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _adapted(value: bytes) -> str:
    return base64.b64encode(value, altchars=b"./").decode().rstrip("=")


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters by name."""
        return {"phaseline_scram": scram, "phaseline_odoo_hash": odoo}

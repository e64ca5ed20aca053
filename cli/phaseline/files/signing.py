"""Ed25519 signatures over journal entries: the key stays here, its public half travels."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNED = (
    "stage",
    "person",
    "environment",
    "input_hash",
    "verdict",
    "verdict_seq",
    "verdict_hash",
    "time",
)


def sign(state: Path, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the public key and the signature over a body; a first call makes the key."""
    key = Ed25519PrivateKey.from_private_bytes(_private(state / "signing.key"))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"public_key": public.hex(), "signature": key.sign(_message(body)).hex()}


def holds(payload: Mapping[str, Any]) -> bool:
    """Return whether a signed payload is what was signed with the key it names."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(payload["public_key"]))
        public.verify(bytes.fromhex(payload["signature"]), _message(payload))
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return True


def _message(body: Mapping[str, Any]) -> bytes:
    """Return the one spelling of what is signed."""
    return json.dumps({name: body[name] for name in SIGNED}, sort_keys=True).encode()


def _private(path: Path) -> bytes:
    """Return this machine's key for the project, made on first use, readable by its owner only."""
    if path.is_file():
        return bytes.fromhex(path.read_text())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    raw = Ed25519PrivateKey.generate().private_bytes_raw()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(raw.hex())
    return raw

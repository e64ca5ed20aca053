"""Ed25519 signatures over journal entries: the key stays here, its public half travels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from phaseline import durable
from phaseline.errors import Fault, PhaselineError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNED = (
    "stage",
    "person",
    "environment",
    "environment_kind",
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
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    durable.write_once(path, lambda: Ed25519PrivateKey.generate().private_bytes_raw().hex(), 0o600)
    if durable.open_to_others(path):
        message = "the signing key can be read by others"
        raise PhaselineError(Fault("C006", message, Place(str(path)), f"Run: chmod 600 {path}"))
    return bytes.fromhex(path.read_text())

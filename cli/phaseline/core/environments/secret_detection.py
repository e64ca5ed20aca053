"""Whether a value is a secret in clear, by its name and by how random it looks."""

from __future__ import annotations

import math
import re
from collections import Counter

NAMES = re.compile(
    r"(^|_)(password|passwd|pass|passphrase|secret|secrets|token|api_?key|private_key|credential"
    r"|credentials|access_key|secret_key|master_password)$",
    re.IGNORECASE,
)
# Names that only speak of secrets: where one is, how long it has to be.
HARMLESS = re.compile(r"(_file|_path|_length|_days|_id|_name|_user|_command|_host)$", re.IGNORECASE)
PRIVATE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
RANDOM = re.compile(r"[A-Za-z0-9+/=_-]{24,}")
BITS = 4.2  # a word of a language or a file name has less, a generated password more
DIGEST = re.compile(r"(odoo-[0-9.]+-py\d+-)?[0-9a-f]{16,128}")


def looks_secret(key: str, text: str) -> bool:
    """Return whether a variable's value must not stand in a readable file."""
    value = text.strip().strip("\"'")
    if not value or value.startswith(("$ANSIBLE_VAULT", "!vault")) or "{{" in value:
        return False
    if PRIVATE.search(value):
        return True
    if NAMES.search(key) and not HARMLESS.search(key):
        return value.lower() not in {"true", "false", "none", "null", "~", "[]", "{}"}
    return looks_random(value)


def looks_random(value: str) -> bool:
    """Return whether a text is one long word that no person would make up."""
    if not RANDOM.fullmatch(value) or DIGEST.fullmatch(value) or "/" in value:
        return False
    mixed = any(one.isdigit() for one in value) and value.lower() != value != value.upper()
    return mixed and entropy(value) >= BITS


def entropy(value: str) -> float:
    """Return the bits a character of a text carries, by how often each comes."""
    counts = Counter(value)
    shares = [count / len(value) for count in counts.values()]
    return -sum(share * math.log2(share) for share in shares)

"""Say which domains have no good certificate, and which keys are only links to another source's.

What is looked at stands in one argument, so that it takes one call for all domains.
"""

import grp
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
except ImportError:  # in check mode, on a fresh host
    READS = False
else:
    READS = True


def good(domain: str, order: dict[str, Any]) -> bool:
    """Return whether a domain's certificate is there, for its key and name, and lasts."""
    path = os.path.join(order["folder"], domain)
    with open(f"{path}.crt", "rb") as file:
        certificate = x509.load_pem_x509_certificate(file.read())
    with open(f"{path}.key", "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    own = order["source"] == "own_ca"
    return (
        plain(key.public_key()) == plain(certificate.public_key())
        and named(certificate, domain)
        and left(certificate) > timedelta(days=order["days"] if own else 0)
        and (order["source"] != "acme" or os.path.islink(f"{path}.crt"))
        and (not own or (closed(f"{path}.key", order["group"]) and signed(certificate, order)))
    )


def plain(key: Any) -> bytes:
    """Return a public key in the form in which two are compared."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    text: bytes = key.public_bytes(serialization.Encoding.DER, form)
    return text


def named(certificate: "x509.Certificate", domain: str) -> bool:
    """Return whether a certificate is for a domain, perhaps by an asterisk for its first part."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    listed = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    return bool({domain.lower(), f"*.{domain.lower().partition('.')[2]}"} & listed)


def left(certificate: "x509.Certificate") -> timedelta:
    """Return how long a certificate lasts; Debian 12's library knows no time zones."""
    known = getattr(certificate, "not_valid_after_utc", None)
    end: datetime = known or certificate.not_valid_after.replace(tzinfo=UTC)
    return end - datetime.now(UTC)


def closed(path: str, group: str) -> bool:
    """Return whether a key is root's, and readable by the group alone."""
    state = os.lstat(path)
    wanted = (0o100640, 0, grp.getgrnam(group).gr_gid)
    return (state.st_mode, state.st_uid, state.st_gid) == wanted


def signed(certificate: "x509.Certificate", order: dict[str, Any]) -> bool:
    """Return whether the environment's authority signed a certificate."""
    authority: Any = x509.load_pem_x509_certificate(order["authority"].encode()).public_key()
    algorithm: Any = certificate.signature_hash_algorithm
    how: tuple[Any, ...] = ()
    if isinstance(authority, ec.EllipticCurvePublicKey):
        how = (ec.ECDSA(algorithm),)
    if isinstance(authority, rsa.RSAPublicKey):
        how = (padding.PKCS1v15(), algorithm)
    try:
        authority.verify(certificate.signature, certificate.tbs_certificate_bytes, *how)
    except InvalidSignature:
        return False
    return True


def missing(domain: str, order: dict[str, Any]) -> bool:
    """Return whether a domain needs a certificate; one that cannot be read is none.

    In check mode, before there is the library, one that is there counts: nothing says it must go.
    """
    if not READS:
        path = os.path.join(order["folder"], domain)
        there = os.path.exists(f"{path}.crt") and os.path.exists(f"{path}.key")
        return not (order["check"] and there)
    try:
        return not good(domain, order)
    except (OSError, KeyError, TypeError, ValueError, x509.ExtensionNotFound):
        return True


def main(order: dict[str, Any]) -> None:
    """Answer with the domains."""
    wanted = [domain for domain in order["domains"] if missing(domain, order)]
    links = [name for name in wanted if os.path.islink(f"{order['folder']}/{name}.key")]
    print(json.dumps({"wanted": wanted, "links": links}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

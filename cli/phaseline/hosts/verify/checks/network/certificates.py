"""Certificates: who signed them, for which names, and how many days are left."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from phaseline.hosts.verify.checks.model import Check, Finding, Subject, UnreadableError, equals

LEAST_DAYS = 21
HOST = "/etc/phaseline/tls/host.crt"


def load(subject: Subject, path: str) -> x509.Certificate:
    """Return a certificate that was read on the host."""
    found = subject.facts["certificates"].get(path)
    if found is None:
        message = f"there is no {path}"
        raise UnreadableError(message)
    return x509.load_pem_x509_certificate(str(found).encode())


def site(subject: Subject) -> str:
    """Return where a tenant's certificate lies."""
    return f"/etc/phaseline/tls/sites/{subject.who.domain}.crt"


def left(subject: Subject, path: str) -> Finding:
    """Return whether enough days are left; the host's clock does not decide."""
    until = load(subject, path).not_valid_after_utc
    days = (until - datetime.now(UTC)).days
    return Finding(f"at least {LEAST_DAYS} days", f"{days} days", days >= LEAST_DAYS)


def names(subject: Subject, path: str, wanted: str) -> Finding:
    """Return whether a certificate is for a name."""
    certificate = load(subject, path)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return equals(wanted, "no name")
    listed = found.get_values_for_type(x509.DNSName)
    return Finding(wanted, ", ".join(listed), wanted in listed)


def strong(subject: Subject, path: str) -> Finding:
    """Return whether the key is strong enough."""
    key = load(subject, path).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return Finding("RSA 2048 or EC 256", f"RSA {key.key_size}", key.key_size >= 2048)  # noqa: PLR2004
    if isinstance(key, ec.EllipticCurvePublicKey):
        return Finding("RSA 2048 or EC 256", f"EC {key.curve.key_size}", key.curve.key_size >= 256)  # noqa: PLR2004
    return Finding("RSA 2048 or EC 256", type(key).__name__, "Ed" in type(key).__name__)


def signed(subject: Subject) -> Finding:
    """Return whether the environment's own authority signed the host's certificate."""
    authority = x509.load_pem_x509_certificate(
        str(subject.host.variables["environment_ca_certificate"]).encode()
    )
    expected = authority.subject.rfc4514_string()
    certificate = load(subject, HOST)
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return Finding(expected, certificate.issuer.rfc4514_string() + " (not by it)", holds=False)
    return Finding(expected, expected, holds=True)


CHECKS = (
    Check("certificate.host_days", "The host's certificate lasts", "all",
          lambda subject: left(subject, HOST)),
    Check("certificate.host_name", "The host's certificate is for the host", "all",
          lambda subject: names(subject, HOST, subject.host.name)),
    Check("certificate.host_issuer", "The environment's authority signed it", "all",
          signed),
    Check("certificate.site_days", "Its site's certificate lasts", "proxy",
          lambda subject: left(subject, site(subject)), "tenant"),
    Check("certificate.site_name", "Its site's certificate is for its domain", "proxy",
          lambda subject: names(subject, site(subject), subject.who.domain), "tenant"),
    Check("certificate.site_key", "Its site's key is strong", "proxy",
          lambda subject: strong(subject, site(subject)), "tenant"),
)  # fmt: skip

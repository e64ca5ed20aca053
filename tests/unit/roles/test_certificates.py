"""Whether the environment's authority signed a host's certificate, as the role asks openssl."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

TASKS = yaml.safe_load((kit_dir() / "roles/certificates/tasks/state.yml").read_text())
ARGV = next(
    task["ansible.builtin.command"]["argv"] for task in TASKS if "ansible.builtin.command" in task
)


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(
    own: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, *, days: int = 90
) -> bytes:
    """Return a certificate without key identifiers; one that its own key signs is an authority."""
    now = datetime.now(UTC)
    name = "authority" if own is signer else "quay"
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=own is signer, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


def verified(file: Path, authority: bytes) -> bool:
    argv = [str(file) if word.endswith("host.crt") else word for word in ARGV]
    return subprocess.run(argv, input=authority, capture_output=True, check=False).returncode == 0


def test_an_authority_without_a_key_identifier_is_known_by_its_signature(tmp_path: Path) -> None:
    one, other = key(), key()
    file = tmp_path / "host.crt"
    file.write_bytes(certificate(key(), one))
    assert verified(file, certificate(one, one))
    assert not verified(file, certificate(other, other))


@pytest.mark.parametrize("content", [None, b"", b"nothing of the kind"])
def test_no_certificate_is_not_verified(tmp_path: Path, content: bytes | None) -> None:
    one = key()
    if content is not None:
        (tmp_path / "host.crt").write_bytes(content)
    assert not verified(tmp_path / "host.crt", certificate(one, one))


def test_a_certificate_that_has_ended_is_not_verified(tmp_path: Path) -> None:
    one = key()
    (tmp_path / "host.crt").write_bytes(certificate(key(), one, days=-1))
    assert not verified(tmp_path / "host.crt", certificate(one, one))

"""A fault is told within two minutes; that it ends when mended is in test_verify.py."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hosts.alert_client import awaited, firing, prometheus
from hosts.external_client import controller
from hosts.faults import BREAK, MEND, SHORTEN
from phaseline.files.environments import vault

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.external_client import Site

pytestmark = pytest.mark.hosts

TLS = "/etc/phaseline/tls"
PATIENCE = 120


def ending_soon(project: Path, site: Site, days: int) -> str:
    """Return a certificate and its key for the site that the environment's authority signed."""
    pem = vault.load(project, "testing")["vault_ca_private_key"]
    signer = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    authority = x509.load_pem_x509_certificate(site.door.authority.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, site.door.domain)])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(authority.subject)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(now - dt.timedelta(minutes=5))
    built = built.not_valid_after(now + dt.timedelta(days=days))
    built = built.add_extension(
        x509.SubjectAlternativeName([x509.DNSName(site.door.domain)]), critical=False
    )
    certificate = built.sign(signer, hashes.SHA256())
    return (
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    ).decode()


def test_there_are_fifteen_rules_and_each_can_be_judged(lab_project: Path) -> None:
    site = controller(lab_project)
    groups = prometheus(site, "rules")["groups"]
    rules = [one for group in groups for one in group["rules"]]
    assert len(rules) >= 15
    assert [(one["name"], one["lastError"]) for one in rules if one["health"] == "err"] == []


def test_everything_that_should_send_numbers_does(lab_project: Path) -> None:
    site = controller(lab_project)
    targets = prometheus(site, "targets?state=active")["activeTargets"]
    jobs = {one["labels"]["job"] for one in targets}
    assert {"node", "postgres", "nginx", f"probe_login_{site.tenant}"} <= jobs
    assert [one["labels"] for one in targets if one["health"] == "down"] == []


def test_faults_are_told_within_two_minutes(lab_project: Path) -> None:
    site = controller(lab_project)
    pair = f"{TLS}/sites/{site.door.domain}"
    inside, wanted = awaited(site)
    calm = firing(site)
    assert wanted & calm == set()
    both = ending_soon(lab_project, site, 5)
    cut = both.index("-----BEGIN " + "PRIVATE KEY-----")
    told: dict[tuple[str, str], float] = {}
    try:
        site.bench.ssh(site.host, inside.script(SHORTEN))
        begun = time.monotonic()
        site.bench.ssh(
            site.host,
            f"cp -p {pair}.crt {pair}.crt.kept && cp -p {pair}.key {pair}.key.kept"
            f" && cat > {pair}.crt <<'E'\n{both[:cut]}E\ncat > {pair}.key <<'E'\n{both[cut:]}E\n"
            "systemctl reload nginx; systemctl stop prometheus-nginx-exporter fail2ban\n"
            + inside.script(BREAK),
        )
        while wanted - set(told) and time.monotonic() < begun + PATIENCE:
            for one in (firing(site) & wanted) - set(told):
                told[one] = time.monotonic() - begun
            time.sleep(3)
    finally:
        site.bench.ssh(
            site.host,
            f"mv {pair}.crt.kept {pair}.crt; mv {pair}.key.kept {pair}.key; systemctl reload nginx;"
            f" systemctl start prometheus-nginx-exporter fail2ban\n{inside.script(MEND)}",
        )
    print({name: round(seconds) for name, seconds in told.items()})
    assert wanted - set(told) == set()

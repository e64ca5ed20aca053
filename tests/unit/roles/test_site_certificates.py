"""Which certificates of sites are good, as the program of the role says on a host."""

from __future__ import annotations

import json
import runpy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phaseline.files.paths import kit_dir
from phaseline.hosts.ansible import authority

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = runpy.run_path(str(kit_dir() / "roles" / "site_certificates" / "files" / "state.py"))
DOMAIN = "harbour.example.com"
KEY, CERTIFICATE = authority.make("testing")


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def written(folder: Path, own: ec.EllipticCurvePrivateKey, *, name: str = DOMAIN, days: int = 90,
            signer: str = KEY) -> Path:  # fmt: skip
    """Write a key and a certificate of the environment's authority, as a run leaves them."""
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.load_pem_x509_certificate(CERTIFICATE.encode()).subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(serialization.load_pem_private_key(signer.encode(), None), hashes.SHA256())  # type: ignore[arg-type]
    )
    text = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    (folder / f"{DOMAIN}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{DOMAIN}.key").write_bytes(text)
    return folder


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Ask the program about the one domain."""

    def ask(folder: Path, source: str = "files", *, check: bool = False) -> dict[str, Any]:
        order = {"folder": str(folder), "source": source, "group": "root", "days": 30,
                 "authority": CERTIFICATE, "domains": [DOMAIN], "check": check}  # fmt: skip
        PROGRAM["main"](order)
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return ask


def test_a_pair_that_fits_its_domain_and_lasts_is_good(said: Any, tmp_path: Path) -> None:
    assert said(written(tmp_path, key())) == {"wanted": [], "links": []}


def test_a_certificate_for_all_names_below_is_good_for_a_domain(said: Any, tmp_path: Path) -> None:
    assert said(written(tmp_path, key(), name="*.example.com"))["wanted"] == []


@pytest.mark.parametrize(
    "other", [{"name": "quayside.example.com"}, {"name": "*.com"}, {"days": -1}]
)
def test_a_certificate_of_another_name_or_time_is_not_good(
    said: Any, tmp_path: Path, other: dict[str, Any]
) -> None:
    assert said(written(tmp_path, key(), **other))["wanted"] == [DOMAIN]


def test_a_certificate_of_another_key_is_not_good(said: Any, tmp_path: Path) -> None:
    written(tmp_path, key())
    text = (tmp_path / f"{DOMAIN}.crt").read_bytes()
    written(tmp_path, key())
    (tmp_path / f"{DOMAIN}.crt").write_bytes(text)
    assert said(tmp_path)["wanted"] == [DOMAIN]


@pytest.mark.parametrize("end", ["crt", "key"])
def test_a_domain_without_a_readable_file_has_no_certificate(
    said: Any, tmp_path: Path, end: str
) -> None:
    written(tmp_path, key())
    (tmp_path / f"{DOMAIN}.{end}").write_text("nothing of the kind")
    assert said(tmp_path)["wanted"] == [DOMAIN]
    (tmp_path / f"{DOMAIN}.{end}").unlink()
    assert said(tmp_path)["wanted"] == [DOMAIN]


def test_the_authority_renews_a_month_before_the_end(said: Any, tmp_path: Path) -> None:
    written(tmp_path, key(), days=29)
    assert said(tmp_path, "files")["wanted"] == []
    assert said(tmp_path, "own_ca")["wanted"] == [DOMAIN]


def test_a_key_that_leads_to_another_source_is_named(said: Any, tmp_path: Path) -> None:
    written(tmp_path, key())
    (tmp_path / f"{DOMAIN}.key").rename(tmp_path / "privkey.pem")
    (tmp_path / f"{DOMAIN}.key").symlink_to("privkey.pem")
    assert said(tmp_path, "own_ca") == {"wanted": [DOMAIN], "links": [DOMAIN]}


def test_only_the_environments_own_authority_counts(tmp_path: Path) -> None:
    told = []
    for signer in (KEY, authority.make("another")[0]):
        file = written(tmp_path, key(), signer=signer) / f"{DOMAIN}.crt"
        found = x509.load_pem_x509_certificate(file.read_bytes())
        told.append(PROGRAM["signed"](found, {"authority": CERTIFICATE}))
    assert told == [True, False]


def test_check_mode_without_the_library_keeps_what_is_there(
    said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROGRAM["missing"].__globals__, "READS", False)
    assert said(tmp_path, "own_ca", check=True)["wanted"] == [DOMAIN]
    written(tmp_path, key())
    assert said(tmp_path, "own_ca", check=True)["wanted"] == []
    assert said(tmp_path, "own_ca")["wanted"] == [DOMAIN]

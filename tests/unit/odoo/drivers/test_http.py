"""A site is reached at its address before DNS knows it, and still has to prove its name."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from phaseline.errors import PhaselineError
from phaseline.hosts.ansible import authority
from phaseline.odoo.drivers.http import Endpoint, Transport
from phaseline.odoo.faults import CallRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "harbour.example.com"
CALL = CallRequest("web", "read", "version")


class Echo(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def leaf(key_pem: str, certificate_pem: str, folder: Path) -> ssl.SSLContext:
    ca_key = serialization.load_pem_private_key(key_pem.encode(), None)
    ca = x509.load_pem_x509_certificate(certificate_pem.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(ca_key, hashes.SHA256())  # type: ignore[arg-type]
    )
    file = folder / "site.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[int, str]]:
    key, certificate = authority.make("testing")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.socket = leaf(key, certificate, tmp_path).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], certificate
    server.shutdown()
    server.server_close()
    thread.join()


def asked(url: str, route: Endpoint) -> str:
    transport = Transport(url, timeout=5, route=route)
    try:
        return transport.send(transport.request("/"), CALL).text
    finally:
        transport.close()


def test_the_server_hears_its_own_name(site: tuple[int, str]) -> None:
    port, certificate = site
    found = asked(f"https://{NAME}:{port}", Endpoint("127.0.0.1", certificate))
    assert found == f"{NAME}:{port}"


def test_another_name_is_not_believed(site: tuple[int, str]) -> None:
    port, certificate = site
    with pytest.raises(PhaselineError) as error:
        asked(f"https://quayside.example.com:{port}", Endpoint("127.0.0.1", certificate))
    assert error.value.faults[0].code == "O001"


def test_an_authority_that_was_not_given_is_not_trusted(site: tuple[int, str]) -> None:
    port, _ = site
    with pytest.raises(PhaselineError) as error:
        asked(f"https://{NAME}:{port}", Endpoint("127.0.0.1"))
    assert error.value.faults[0].code == "O001"

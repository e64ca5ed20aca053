"""Certificates of hosts and sites: predicted, issued where none is good, kept where one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hosts import role_hosts

if TYPE_CHECKING:
    from hosts.role_hosts import Ground

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("certificates")]

BOTH = ("certificates", "site_certificates")
# the host's key is gone, and the site's is a link that another source of certificates left
BROKEN = """
cd /etc/phaseline/tls
rm host.key
mv sites/harbour.example.com.key /var/tmp/other.key
ln -s /var/tmp/other.key sites/harbour.example.com.key
chmod 600 /var/tmp/other.key
"""
GOOD = """
cd /etc/phaseline/tls
openssl verify -CAfile ca.crt host.crt sites/harbour.example.com.crt
stat --format '%n %A %U:%G' host.key sites/harbour.example.com.key /var/tmp/other.key
"""
KEYS = """\
host.key -rw-r----- root:ssl-cert
sites/harbour.example.com.key -rw-r----- root:ssl-cert
/var/tmp/other.key -rw------- root:ssl-cert"""


def test_keys_and_certificates_are_predicted_and_made(ready: Ground) -> None:
    assert ready.play(*BOTH).failures == {}  # the hosts are shared, and others forget sites
    for name in role_hosts.HOSTS:
        ready.bench.ssh(name, BROKEN)
    predicted = ready.play(*BOTH, check=True)
    made = ready.play(*BOTH)
    assert (predicted.failures, made.failures) == ({}, {})
    for name in role_hosts.HOSTS:
        for task in ("state | Make the host's key", "issue | Write the certificate"):
            assert f"{name}: certificates: {task}" in predicted.changes
            assert f"{name}: certificates: {task}" in made.changes
        said = ready.bench.ssh(name, GOOD)
        assert said.count(": OK") == 2
        assert said.endswith(KEYS)
    assert ready.play(*BOTH).changes == []


def test_a_certificate_that_ends_soon_or_lacks_an_address_is_issued_anew(ready: Ground) -> None:
    written = {f"{name}: certificates: issue | Write the certificate" for name in role_hosts.HOSTS}
    soon = ready.play("certificates", check=True, certificates_renew_days=400)
    assert set(soon.changes) == written
    more: dict[str, Any] = {"certificates_addresses": ["10.0.0.12", "fd00::1"]}
    assert written <= set(ready.play("certificates", **more).changes)
    assert ready.play("certificates", **more).changes == []

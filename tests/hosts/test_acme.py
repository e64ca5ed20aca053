"""Certificates by ACME: certbot and pebble, the authority that is made for tests, on one host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hosts import role_hosts

if TYPE_CHECKING:
    from hosts.role_hosts import Ground, Said

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("acme")]

DOMAIN, UNKNOWN = "harbour.example.com", "nowhere.example.com"
SITE = f"/etc/phaseline/tls/sites/{DOMAIN}.crt"
SERIAL = f"openssl x509 -in {SITE} -noout -serial"
# Certificates for twenty days, so that certbot's timer finds them due. pebble asks the host itself
# at port 80 and refuses no nonce for fun.
AUTHORITY = f"""
set -eu
apt-get update -qq && apt-get install -qq -y pebble
mkdir -p /srv/pebble && cd /srv/pebble
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=pebble \
  -addext subjectAltName=DNS:localhost -keyout key.pem -out ca.crt
cat > config.json <<END
{{"pebble": {{"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
  "certificate": "/srv/pebble/ca.crt", "privateKey": "/srv/pebble/key.pem", "httpPort": 80,
  "tlsPort": 443, "certificateValidityPeriod": 1728000}}}}
END
grep -q {DOMAIN} /etc/hosts || echo 127.0.0.1 {DOMAIN} >> /etc/hosts
systemd-run --quiet --unit pebble --setenv PEBBLE_VA_NOSLEEP=1 --setenv PEBBLE_WFE_NONCEREJECT=0 \
  pebble -config /srv/pebble/config.json
for _ in $(seq 100); do
  openssl s_client -connect 127.0.0.1:14000 < /dev/null && exit
  sleep 0.1
done
exit 1
"""


def issue(ground: Ground, *domains: str) -> Said:
    """Play the proxy and its certificates as their READMEs show, with pebble as the authority."""
    inputs: dict[str, Any] = {
        "site_certificates_source": "acme",
        "site_certificates_domains": list(domains),
        "site_certificates_acme_directory": "https://localhost:14000/dir",
        "site_certificates_acme_authority": "/srv/pebble/ca.crt",
    }
    return ground.play("proxy", "site_certificates", **inputs)


@pytest.fixture(scope="module")
def issued(ready: Ground) -> Ground:
    """Hosts whose own authority's certificate gave way to pebble's."""
    for name in role_hosts.HOSTS:
        ready.host(name).check_output(AUTHORITY)
    said = issue(ready, DOMAIN)
    assert said.failures == {}
    return ready


def test_a_second_run_asks_for_nothing(issued: Ground) -> None:
    said = issue(issued, DOMAIN)
    assert (said.failures, said.changes) == ({}, [])


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_the_authority_looked_at_port_80_and_signed(issued: Ground, name: str) -> None:
    host = issued.host(name)
    said = host.check_output(f"openssl x509 -in {SITE} -noout -issuer -ext subjectAltName")
    assert "Pebble" in said
    assert f"DNS:{DOMAIN}" in said
    assert host.check_output("journalctl -u pebble --no-pager").count("by completed challenge") >= 1


@pytest.mark.parametrize("name", role_hosts.HOSTS)
def test_certbots_timer_renews_and_the_proxy_reads_it(issued: Ground, name: str) -> None:
    host = issued.host(name)
    workers = "pgrep -f 'nginx: worker process$' | sort"
    before = host.check_output(SERIAL), host.check_output(workers)
    host.check_output("systemctl is-enabled certbot.timer")
    host.check_output("systemctl start certbot.service; sleep 2")
    after = host.check_output(SERIAL), host.check_output(workers)
    assert before[0] != after[0]
    assert before[1]
    assert before[1] != after[1]


def test_a_domain_that_does_not_lead_here_is_told_and_leaves_nothing(issued: Ground) -> None:
    said = issue(issued, UNKNOWN)
    assert set(said.failures) == set(role_hosts.HOSTS)
    for name in role_hosts.HOSTS:
        left = f"find /etc/phaseline/tls /etc/letsencrypt -name '*{UNKNOWN}*'"
        assert issued.host(name).check_output(left) == ""


def test_a_domain_that_no_site_names_is_forgotten(issued: Ground) -> None:
    said = issued.play("tenant_site", tenant_site_tenants=[])
    assert said.failures == {}
    for name in role_hosts.HOSTS:
        left = f"find /etc/phaseline/tls/sites /etc/letsencrypt -name '*{DOMAIN}*'"
        assert issued.host(name).check_output(left) == ""
    said = issued.play("tenant_site", tenant_site_tenants=[])
    assert (said.failures, said.changes) == ({}, [])

"""Every check there is, in the order a report shows them."""

from __future__ import annotations

from phaseline.hosts.verify.checks.monitoring import collectors, prometheus
from phaseline.hosts.verify.checks.network import certificates, firewall, sockets
from phaseline.hosts.verify.checks.odoo import filestore, odoo_conf, odoo_release, shared_files
from phaseline.hosts.verify.checks.postgres import databases, pg_hba, server
from phaseline.hosts.verify.checks.system import accounts, host, modes, ssh, units
from phaseline.hosts.verify.checks.web import nginx, web_outside

CHECKS = (
    *host.CHECKS,
    *accounts.CHECKS,
    *ssh.CHECKS,
    *firewall.CHECKS,
    *sockets.CHECKS,
    *modes.CHECKS,
    *certificates.CHECKS,
    *units.CHECKS,
    *server.CHECKS,
    *pg_hba.CHECKS,
    *databases.CHECKS,
    *odoo_conf.CHECKS,
    *odoo_release.CHECKS,
    *filestore.CHECKS,
    *shared_files.CHECKS,
    *nginx.CHECKS,
    *web_outside.CHECKS,
    *collectors.CHECKS,
    *prometheus.CHECKS,
)

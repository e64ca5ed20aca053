"""Every check there is, in the order a report shows them."""

from __future__ import annotations

from phaseline.hosts.verify.checks import (
    accounts,
    certificates,
    collectors,
    databases,
    firewall,
    modes,
    monitoring,
    odoo,
    pg_hba,
    postgres,
    shared_files,
    sockets,
    ssh,
    system,
    units,
    web,
)

CHECKS = (
    *system.CHECKS,
    *accounts.CHECKS,
    *ssh.CHECKS,
    *firewall.CHECKS,
    *sockets.CHECKS,
    *modes.CHECKS,
    *certificates.CHECKS,
    *units.CHECKS,
    *postgres.CHECKS,
    *pg_hba.CHECKS,
    *databases.CHECKS,
    *odoo.CHECKS,
    *shared_files.CHECKS,
    *web.CHECKS,
    *collectors.CHECKS,
    *monitoring.CHECKS,
)

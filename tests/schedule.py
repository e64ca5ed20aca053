"""Which tests share what, what each of these chains may take, and what each feature covers."""

from __future__ import annotations

# What shares one lab or one sandbox is run by one process, in the order of the files.
SHARED = {
    "tests/hosts/test_lab.py": "labs",
    "tests/hosts/test_machines_aws.py": "labs",
    "tests/hosts/": "hosts",
    "tests/journeys/test_both_halves.py": "hosts",
    "tests/journeys/": "odoo",
    "tests/odoo/": "odoo",
    "tests/port/": "odoo",
}
# Seconds a chain may take beside the others on two cores, caches warm; more of it is told.
BUDGETS = {"hosts": 1000, "labs": 600, "odoo": 900}
BUDGET = 120  # of everything else: one file
LONGEST = "hosts"  # the chain that a run waits for; the others take what it leaves
NICE = 3  # theirs, as of nice(1)
# Whatever of ours decides what a playbook is told, and the hosts and helpers of the tests.
HOSTS = (
    "playbooks",
    "cli/phaseline/core/environments",
    "cli/phaseline/files/environments",
    "cli/phaseline/flows/environments",
    "cli/phaseline/hosts/ansible",
    "cli/phaseline/hosts/lab",
    "tests/hosts/environments.py",
    "tests/hosts/lab_client.py",
)
ROLES = ("tests/hosts/role_hosts.py", "cli/phaseline/hosts/ansible", "cli/phaseline/hosts/lab")
# What the tests of a feature cover, beside their own file: they are due again when it changed.
FEATURES = {
    "acme": ("roles/site_certificates", "roles/proxy", "roles/tenant_site", *ROLES),
    "certificates": ("roles/certificates", "roles/site_certificates", *ROLES),
    "convergence": ("roles", *HOSTS),
    "deploy": ("roles/odoo_release", "roles/odoo_template", "roles/tenant_service", *HOSTS),
    "firewall": ("roles/firewall", "roles/host_base", *ROLES),
    "host_base": ("roles/host_base", "roles/certificates", "roles/preflight", *ROLES),
    "many_tenants": ("roles", "cli/phaseline/flows/tenants", *HOSTS),
    "postgres": ("roles/postgres", "roles/postgres_access", *ROLES),
    "scale_out": ("roles/shared_filestore", "roles/tenant_service", "roles/proxy", *HOSTS),
    "tenant_moves": ("roles/tenant_site", "roles/site_certificates", *HOSTS),
}


def chain(nodeid: str) -> str:
    """Return the chain of a test: what it shares, or its file."""
    file = nodeid.partition("::")[0]
    return next((name for path, name in SHARED.items() if file.startswith(path)), file)


def budget(name: str) -> int:
    """Return how many seconds a chain may take."""
    return BUDGETS.get(name, BUDGET)


def niceness(name: str) -> int:
    """Return how far a chain stands back for the one that takes longest."""
    return 0 if name == LONGEST else NICE

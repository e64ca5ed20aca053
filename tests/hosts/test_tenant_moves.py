"""A tenant gets another domain: it answers there, and nothing of the old one is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hosts import environments
from hosts.external_client import controller
from phaseline.files.environments import group_vars
from phaseline.flows.environments import ansible_run, declaration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hosts.lab_client import Bench

pytestmark = [pytest.mark.hosts, pytest.mark.level(3), pytest.mark.feature("tenant_moves")]

OLD, NEW = "harbour.testing.lab.test", "pier.testing.lab.test"
NAMED = "grep -rlF {} /etc/nginx /etc/phaseline /etc/odoo /etc/prometheus; find /etc -name '*{}*'"


def move(project: Path, old: str, new: str) -> int:
    """Change the domain in the tenant's line and play that tenant; return how much changed."""
    file = group_vars.folder(project, "testing") / "tenants.yml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    order = {"variables": {"phaseline_tenant": "harbour"}}
    return len(ansible_run.run(declaration.read(project, "testing"), "tenant", order).changes)


@pytest.fixture(scope="module")
def moved(alone: Bench) -> Iterator[Bench]:
    """The environment of one host after its tenant got another domain."""
    environments.provision(alone.project, "testing")
    try:
        assert move(alone.project, OLD, NEW) > 0
        yield alone
    finally:
        move(alone.project, NEW, OLD)


def test_it_answers_there_and_nothing_names_the_old_domain(moved: Bench) -> None:
    site = controller(moved.project)
    assert site.door.domain == NEW
    assert site.ask("/web/login")[0] == 200
    assert moved.ssh("all1", f"{NAMED.format(OLD, OLD)}\ntrue") == ""
    assert moved.ssh("all1", "ls /etc/phaseline/tls/sites").split() == [f"{NEW}.crt", f"{NEW}.key"]


def test_a_second_run_changes_nothing_and_nothing_deviates(moved: Bench) -> None:
    assert move(moved.project, NEW, NEW) == 0
    said = environments.call(moved.project, "env", "verify", "testing")
    assert said.returncode == 0, said.stdout + said.stderr

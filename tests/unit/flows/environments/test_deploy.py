"""What a deploy refuses before any host is asked, and what it says of itself."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from phaseline.core.environments.tenant_line import TenantLine
from phaseline.errors import PhaselineError, Place
from phaseline.files import journal
from phaseline.files.environments import group_vars, tenants
from phaseline.files.environments.lock import alone
from phaseline.files.render import environments
from phaseline.flows.environments import deploy
from phaseline.flows.environments.deploy import DeployRequest, DeployResult
from phaseline.flows.machines import release

if TYPE_CHECKING:
    from pathlib import Path

NAME = "odoo-19.0-py313-0123456789abcdef"
INVENTORY = (
    "[odoo]\napp1\n[postgres]\napp1\n[proxy]\napp1\n[testing]\napp1\n"
    "[testing:vars]\nenvironment_name=testing\nenvironment_kind='testing'\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PHASELINE_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "inventory.ini").write_text(INVENTORY)
    line = {"name": "harbour", "domain": "harbour.example.com", "plan": "s", "port": 8069}
    tenants.add(folder, "testing", line)
    return folder


def refused(order: DeployRequest) -> str:
    with pytest.raises(PhaselineError) as caught:
        deploy.run(order)
    assert journal.read(order.project_dir) == ()
    return caught.value.faults[0].code


def test_an_environment_that_was_never_provisioned_is_refused(project: Path) -> None:
    assert refused(DeployRequest(project, "testing")) == "C016"


def test_an_environment_or_tenant_that_nobody_declared_is_refused(project: Path) -> None:
    group_vars.write_releases(project, "testing", {"3.13": NAME}, ["base"])
    assert refused(DeployRequest(project, "production")) == "C002"
    assert refused(DeployRequest(project, "testing", "quayside")) == "C010"


def test_a_deploy_waits_for_nobody_and_says_who_is_there(project: Path) -> None:
    group_vars.write_releases(project, "testing", {"3.13": NAME}, ["base"])
    with alone(project, "testing", "env provision"):
        assert refused(DeployRequest(project, "testing")) == "C015"


def test_an_archive_that_was_changed_is_not_deployed(project: Path) -> None:
    group_vars.write_releases(project, "testing", {"3.13": NAME}, ["base"])
    folder = release.releases_dir()
    folder.mkdir(parents=True)
    (folder / f"{NAME}.tar.gz").write_bytes(b"as somebody else would have it")
    paper = {"id": NAME, "archive_sha256": hashlib.sha256(b"as built").hexdigest()}
    (folder / f"{NAME}.json").write_text(json.dumps(paper))
    assert refused(DeployRequest(project, "testing")) == "H008"


def test_a_result_is_told_with_its_releases_hosts_and_sites() -> None:
    line = TenantLine("harbour", "harbour.example.com", {}, Place("tenants.yml"))
    counts = {"app1": {"ok": 40, "changed": 3}}
    result = DeployResult("testing", False, 12.5, counts, (), {"3.13": NAME}, (line,), "").data()
    text = environments.deployed(result)
    assert text.splitlines() == [
        f"{NAME} deployed in testing (12.5 s)",
        "  app1             3 changed,   40 checked",
        "  https://harbour.example.com  (harbour)",
    ]
    assert json.loads(json.dumps(result)) == {**result, "changes": []}

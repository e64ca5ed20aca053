"""Adding and retiring tenants is refused where it should be, before any host is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.files.environments import group_vars, tenants, vault
from phaseline.files.environments.lock import alone
from phaseline.flows.environment import kind_of, tenant_of
from phaseline.flows.environments import ansible_run, declaration, preconditions
from phaseline.flows.tenants import add as tenant_add
from phaseline.flows.tenants import retire
from phaseline.hosts.ansible import authority

if TYPE_CHECKING:
    from pathlib import Path

INVENTORY = """\
[odoo]
app1
[postgres]
app1
[proxy]
app1
[testing]
app1
[testing:vars]
environment_name=testing
environment_kind=testing
"""
HARBOUR = {"name": "harbour", "domain": "harbour.example.com", "plan": "s", "port": 8069}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "inventory.ini").write_text(INVENTORY)
    tenants.add(folder, "testing", HARBOUR)
    group_vars.write_releases(folder, "testing", {"3.13": "odoo-19.0-py313-0"}, ["base"])
    return folder


def codes(error: pytest.ExceptionInfo[PhaselineError]) -> list[str]:
    return [one.code for one in error.value.faults]


def add(project: Path, **line: object) -> tenant_add.AddRequest:
    return tenant_add.AddRequest(project, "testing", line)


def ensure_secrets(project: Path, *names: str) -> tuple[str, ...]:
    return ansible_run.ensure_secrets(declaration.read(project, "testing"), names)[1]


def test_a_new_tenant_gets_a_port_of_its_own(project: Path) -> None:
    order = add(project, name="quayside", domain="quayside.example.com")
    line = tenant_add.settle(order, tenants.read(project, "testing"))
    assert line == {"name": "quayside", "domain": "quayside.example.com", "plan": "s", "port": 8079}


def test_a_tenant_that_is_there_is_finished_with_its_own_line(project: Path) -> None:
    order = add(project, name="harbour", domain="harbour.example.com")
    assert tenant_add.settle(order, tenants.read(project, "testing")) == HARBOUR


def test_a_tenant_that_is_there_is_not_changed(project: Path) -> None:
    with pytest.raises(PhaselineError, match="is there with another domain") as error:
        tenant_add.run(add(project, name="harbour", domain="other.example.com"))
    assert codes(error) == ["C014"]


def test_an_environment_that_does_not_stand_takes_no_tenant(project: Path) -> None:
    (project / "group_vars/testing/release.yml").unlink()
    with pytest.raises(PhaselineError) as error:
        tenant_add.run(add(project, name="quayside", domain="quayside.example.com"))
    assert codes(error) == ["C016"]


@pytest.mark.parametrize("name", ["../x", "postgres", "a;b", "$(id)"])
def test_a_bad_name_writes_nothing(project: Path, name: str) -> None:
    before = tenants.path_of(project, "testing").read_text()
    with pytest.raises(PhaselineError):
        tenant_add.run(add(project, name=name, domain="quayside.example.com"))
    assert tenants.path_of(project, "testing").read_text() == before
    assert journal.read(project) == ()


def test_a_tenant_that_does_not_fit_gets_no_line(project: Path) -> None:
    text = INVENTORY.replace("app1\n", "app1 host_vcpus=2 host_memory_mb=2048\n", 1)
    (project / "inventory.ini").write_text(text)
    order = add(project, name="quayside", domain="quayside.example.com")
    with pytest.raises(PhaselineError, match="of 2048 MB") as error:
        tenant_add.run(order)
    assert codes(error) == ["H030"]
    assert [one.name for one in tenants.read(project, "testing")] == ["harbour"]


def test_a_tenant_without_a_line_is_not_forgotten(project: Path) -> None:
    ensure_secrets(project, "harbour", "quayside")
    with pytest.raises(PhaselineError, match="'quayside' of 'testing' was built") as error:
        preconditions.refuse_lost(declaration.read(project, "testing"))
    assert "tenant retire quayside" in error.value.faults[0].hint
    assert "quayside" in vault.load(project, "testing")["vault_tenants"]


def test_an_authority_whose_key_and_certificate_were_parted_is_made_anew(project: Path) -> None:
    ensure_secrets(project, "harbour")
    sound = group_vars.certificate(project, "testing")
    assert ensure_secrets(project, "harbour") == ()
    key, _ = authority.make("testing")  # as a run leaves it that is killed between the two
    kept = vault.load(project, "testing")
    vault.save(project, "testing", {**kept, "vault_ca_private_key": key})
    made = ensure_secrets(project, "harbour")
    assert made == ("vault_ca_private_key",)
    now = group_vars.certificate(project, "testing")
    assert now != sound
    assert authority.belong(vault.load(project, "testing")["vault_ca_private_key"], now)


@pytest.mark.parametrize("typed", ["", "harbor", "testing"])
def test_retiring_wants_the_name_typed(project: Path, typed: str) -> None:
    with pytest.raises(PhaselineError) as error:
        retire.run(retire.RetireRequest(project, "testing", "harbour", typed))
    assert codes(error) == ["C011"]
    assert journal.read(project) == ()


def test_retiring_moves_no_other_tenant_to_another_port(project: Path) -> None:
    for name in ("quayside", "anchor"):
        line = {"name": name, "domain": f"{name}.example.com"}
        tenants.add(project, "testing", line | ({"port": 9069} if name == "anchor" else {}))
    with pytest.raises(PhaselineError, match="tenant 'quayside' has no port") as error:
        retire.run(retire.RetireRequest(project, "testing", "harbour", "harbour"))
    assert codes(error) == ["C009"]
    assert journal.read(project) == ()
    assert "port: 8079" in error.value.faults[0].hint
    retire.refuse_moved_ports(project, "testing", "quayside")  # nobody comes after it
    tenants.remove(project, "testing", "quayside")
    retire.refuse_moved_ports(project, "testing", "quayside")  # as an interrupted one left


def test_a_tenant_without_a_port_is_finished_with_the_one_it_has(project: Path) -> None:
    tenants.add(project, "testing", {"name": "quayside", "domain": "quayside.example.com"})
    order = add(project, name="quayside", domain="quayside.example.com")
    assert tenant_add.settle(order, tenants.read(project, "testing"))["port"] == 8079


def test_an_interrupted_retirement_knows_the_line_it_noted(project: Path) -> None:
    noted = {"tenant": "harbour", "line": HARBOUR}
    journal.append(project, "tenant_retire_started", "testing", noted)
    tenants.remove(project, "testing", "harbour")
    assert retire.line_of(project, "testing", "harbour") == HARBOUR
    journal.append(project, "tenant_retire", "testing", {"tenant": "harbour"})
    with pytest.raises(PhaselineError, match="has no tenant 'harbour'"):
        retire.line_of(project, "testing", "harbour")


def test_two_runs_on_one_environment_do_not_mix(project: Path) -> None:
    with alone(project, "testing", "tenant add x"):
        with pytest.raises(PhaselineError, match="tenant add x") as error:
            retire.run(retire.RetireRequest(project, "testing", "harbour", "harbour"))
        assert codes(error) == ["C015"]
        with alone(project, "production", "another environment"):
            pass


def test_an_environment_with_several_tenants_wants_one_named(project: Path) -> None:
    assert kind_of(project, "testing") == "testing"
    tenants.add(project, "testing", {"name": "quayside", "domain": "quayside.example.com"})
    with pytest.raises(PhaselineError, match="has 2 tenants") as error:
        tenant_of(project, "testing")
    assert "--env testing/quayside" in error.value.faults[0].hint
    found = tenant_of(project, "testing/quayside")
    assert found is not None
    assert found.domain == "quayside.example.com"

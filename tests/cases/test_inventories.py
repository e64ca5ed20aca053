"""Cases of inventories: what is wrong with one is told whole, with its line, before any host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.core.environments import inventory_rules
from phaseline.core.environments.secret_detection import looks_secret
from phaseline.files.environments import (
    inventory_lines,
    plaintext_secrets,
    tenants,
    unsafe_templates,
)
from phaseline.files.paths import kit_dir
from phaseline.flows.environments import lint

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
[odoo]
app1 ansible_host=192.0.2.11
test1 ansible_host=192.0.2.21
[postgres]
db1 ansible_host=192.0.2.12
test1
[proxy]
app1
test1
[backup]
backup1 ansible_host=192.0.2.13
test1
[testing]
test1
[testing:vars]
environment_name=testing
environment_kind=testing
[production]
app1
db1
backup1
[production:vars]
environment_name=production
environment_kind=production
"""


def told(path: Path, text: str) -> list[str]:
    path.write_text(text)
    inventory, unreadable = inventory_lines.read(path, "inventory.ini")
    found = [*unreadable, *inventory_rules.lint(inventory)]
    return [f"{one.place.line if one.place else 0} {one.code} {one.message}" for one in found]


def test_a_whole_inventory_is_fine(tmp_path: Path) -> None:
    assert told(tmp_path / "i.ini", GOOD) == []


def test_the_kits_own_example_is_fine(tmp_path: Path) -> None:
    text = (kit_dir() / "inventory.example.ini").read_text()
    assert told(tmp_path / "i.ini", text) == []


CASES = [
    ("two hosts with one address", "192.0.2.12", "192.0.2.11",
     "5 C008 hosts 'app1' and 'db1' have one address 192.0.2.11"),
    ("a host in two environments", "[testing]\n", "[testing]\napp1\n",
     "20 C008 host 'app1' is in environments 'testing' and 'production'"),
    ("a database on loopback", "192.0.2.12", "127.0.0.1",
     "5 C008 host 'db1' has address 127.0.0.1, which the others cannot reach"),
    ("no proxy", "[proxy]\napp1\n", "[proxy]\n",
     "17 C008 environment 'production' has no host in [proxy]"),
    ("no backup host", "backup1 ansible_host=192.0.2.13\n", "",
     "17 C008 environment 'production' has no host in [backup]"),
    ("backups where they are made", "backup1 ansible_host=192.0.2.13\n", "app1\n",
     "2 C008 production keeps its backups on 'app1', which serves it"),
    ("two hosts for the data", "db1 ansible_host=192.0.2.12\n",
     "db1 ansible_host=192.0.2.12\napp1\n",
     "2 C008 environment 'production' keeps its data on 'db1' and on 'app1'"),
    ("an unknown kind", "kind=production", "kind=prod",
     "24 C008 environment_kind of 'production' is 'prod'"),
    ("another name", "name=production", "name=prod",
     "23 C008 environment_name of 'production' is 'prod'"),
    ("a misspelt function", "[postgres]", "[postgress]",
     "4 C008 no role runs on group 'postgress'"),
    ("a group that is not there", "[production]\n", "[production:children]\nweb\n[production]\n",
     "19 C008 there is no group 'web'"),
    ("open quotes", "app1 ansible_host=192.0.2.11", "app1 ansible_host='192.0.2.11",
     "2 C008 the line cannot be read: No closing quotation"),
    ("a name with a command", "[odoo]\n", "[odoo]\n$(reboot)\n",
     "2 C008 '$(reboot)' is no name of a host"),
    ("a template that runs programs", "name=testing", "name={{ lookup('pipe', 'id') }}",
     "16 C008 environment_name holds a template that runs something"),
    ("a template that climbs", "name=testing", "name={{ ''.__class__.__mro__ }}",
     "16 C008 environment_name holds a template that runs something"),
    ("no check of host keys", "[testing:vars]\n",
     "[testing:vars]\nansible_ssh_common_args=-o StrictHostKeyChecking=no\n",
     "16 C008 ansible_ssh_common_args turns off the check of SSH host keys"),
    ("no memory of host keys", "[testing:vars]\n",
     "[testing:vars]\nansible_ssh_extra_args=-o UserKnownHostsFile=/dev/null\n",
     "16 C008 ansible_ssh_extra_args turns off the check of SSH host keys"),
    ("host keys by variable", "[testing:vars]\n",
     "[testing:vars]\nansible_host_key_checking=False\n",
     "16 C008 ansible_host_key_checking turns off the check of SSH host keys"),
    ("two environments with one database", "[testing]\n",
     "[a:vars]\nodoo_url=https://o.example.com\nodoo_database=x\nenvironment_kind=testing\n"
     "[b:vars]\nodoo_url=https://o.example.com/\nodoo_database=x\nenvironment_kind=production\n"
     "[testing]\n",
     "18 C008 environments 'a' and 'b' are one database"),
    ("a password in clear", "[odoo]\napp1", "[odoo]\napp1 ansible_become_password=x",
     "2 C012 ansible_become_password is a secret in clear"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    assert sentence in told(tmp_path / "i.ini", GOOD.replace(old, new, 1))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("192.0.2.12", "192.0.2.11").replace("kind=production", "kind=prod")
    assert len(told(tmp_path / "i.ini", text)) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [("db_password", "hunter2"), ("smtp_pass", "x"), ("api_key", "abc"), ("aws_secret_key", "k"),
     ("note", "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW"), ("key", "-----BEGIN RSA PRIV" "ATE KEY-----")],
)  # fmt: skip
def test_a_secret_is_known_by_name_or_look(key: str, value: str) -> None:
    assert looks_secret(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("db_password", "{{ vault_db_password }}"), ("password_length", "12"),
     ("smtp_pass", "!vault |"),
     ("vault_password_file", "/etc/x"), ("release", "odoo-19.0-py313-db8c94bf3391dd1a"),
     ("domain", "shop.harbour.testing.example.com"), ("token", ""), ("digest", "ab12" * 16),
     ("company", "Donaudampfschifffahrtsgesellschaft")],
)  # fmt: skip
def test_what_only_speaks_of_secrets_is_none(key: str, value: str) -> None:
    assert not looks_secret(key, value)


def test_secrets_in_the_variables_of_a_project_are_found_and_not_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "group_vars" / "testing"
    folder.mkdir(parents=True)
    (folder / "vars.yml").write_text("---\nsmtp: {smtp_password: hunter2, host: mx}\n")
    (folder / "vault.yml").write_text("vault_tenants: {}\n")
    (folder / "sealed.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n6162\n")
    found = list(plaintext_secrets.scan(tmp_path))
    assert [f"{one.place}: {one.message}" for one in found] == [
        "group_vars/testing/vars.yml:2:8: smtp_password is a secret in clear",
        "group_vars/testing/vault.yml:1:1: the vault is not encrypted",
    ]
    assert "hunter2" not in repr(found)


def test_templates_that_run_programs_are_found_in_the_variables(tmp_path: Path) -> None:
    folder = tmp_path / "group_vars" / "all"
    folder.mkdir(parents=True)
    lines = [
        "a: \"{{ lookup('pipe', 'id') }}\"",
        "b: >-\n  {{ query(\n  'ansible.builtin.pipe', 'id') }}",
        "c: \"{{ ''.__class__ }}\"",
        "d: \"{{ lookup('community.hashi_vault.hashi_vault', 'x') }} and pipe\"",
        "e: \"{% if lookup('lines', 'id') %}x{% endif %}\"",
    ]
    (folder / "vars.yml").write_text("\n".join(lines))
    found = [str(one.place) for one in unsafe_templates.scan(tmp_path)]
    assert found == [f"group_vars/all/vars.yml:{place}" for place in ("1:5", "3:3", "5:5", "7:5")]


def test_one_domain_does_not_lead_to_two_environments(tmp_path: Path) -> None:
    (tmp_path / "inventory.ini").write_text(GOOD)
    for env in ("testing", "production"):
        tenants.add(tmp_path, env, {"name": "harbour", "domain": "shop.example.com", "plan": "s"})
    found = [one.message for one in lint.check(tmp_path)]
    assert len([one for one in found if "domain shop.example.com is in" in one]) == 1, found

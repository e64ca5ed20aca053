"""The list of tenants is edited a line at a time, and everything a person wrote stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from phaseline.errors import PhaselineError
from phaseline.files.environments import tenants

if TYPE_CHECKING:
    from pathlib import Path

HAND = """\
---
# our tenants
odoo_tenants:
  # the first one, since 2024
  - {name: harbour, domain: harbour.example.com, plan: s, port: 8069}  # pays yearly
  - name: quayside
    domain: quayside.example.com
    plan:
      users: 12
# the end
"""
LINE = {"name": "anchor", "domain": "anchor.example.com", "plan": "s", "port": 8089}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tenants.path_of(tmp_path, "testing")
    path.parent.mkdir(parents=True)
    path.write_text(HAND)
    return tmp_path


def text(project: Path) -> str:
    return tenants.path_of(project, "testing").read_text()


def test_a_line_is_added_behind_the_last_and_comments_stay(project: Path) -> None:
    tenants.add(project, "testing", LINE)
    added = "  - {name: anchor, domain: anchor.example.com, plan: s, port: 8089}\n# the end\n"
    assert text(project) == HAND.replace("# the end\n", added)


def test_adding_and_removing_gives_the_file_back(project: Path) -> None:
    tenants.add(project, "testing", LINE)
    tenants.remove(project, "testing", "anchor")
    assert text(project) == HAND


def test_a_tenant_of_several_lines_goes_whole(project: Path) -> None:
    tenants.remove(project, "testing", "quayside")
    assert [one.name for one in tenants.read(project, "testing")] == ["harbour"]
    assert "# the end" in text(project)


def test_the_last_one_leaves_an_empty_list_that_takes_a_new_one(project: Path) -> None:
    tenants.remove(project, "testing", "quayside")
    tenants.remove(project, "testing", "harbour")
    assert tenants.read(project, "testing") == ()
    tenants.add(project, "testing", LINE)
    assert [one.name for one in tenants.read(project, "testing")] == ["anchor"]


def test_the_first_tenant_makes_the_file(tmp_path: Path) -> None:
    tenants.add(tmp_path, "testing", LINE)
    assert tenants.read(tmp_path, "testing")[0].port == 8089


def test_a_list_across_lines_that_cannot_be_edited_is_left_alone(tmp_path: Path) -> None:
    path = tenants.path_of(tmp_path, "testing")
    path.parent.mkdir(parents=True)
    body = (
        "odoo_tenants: [{name: harbour, domain: h.example.com},\n {name: quay, domain: q.b.com}]\n"
    )
    path.write_text(body)
    with pytest.raises(PhaselineError):
        tenants.remove(tmp_path, "testing", "quay")
    assert path.read_text() == body


def test_a_line_that_is_not_right_is_not_written(project: Path) -> None:
    with pytest.raises(PhaselineError, match="cannot name a tenant"):
        tenants.add(project, "testing", {**LINE, "name": "../etc"})
    assert text(project) == HAND


@pytest.mark.parametrize(
    "value",
    ["NO", "on", "#fff000", "a: b", "x{y}", "Ä & Co.", "12:30", "- x", "", "a b", "~", 'q"'],
)
def test_values_read_the_same_in_both_dialects_of_yaml(value: str) -> None:
    assert yaml.safe_load(tenants.flow({"key": [value, 1]})) == {"key": [value, 1]}


def test_texts_for_ansible_are_marked_as_no_template(project: Path) -> None:
    found = tenants.untouched(tenants.read(project, "testing"))["odoo_tenants"]
    assert found[0]["name"] == {"__ansible_unsafe": "harbour"}
    assert found[1]["plan"] == {"users": 12}


def test_an_unknown_tenant_is_answered_with_the_nearest(project: Path) -> None:
    with pytest.raises(PhaselineError) as error:
        tenants.lookup(project, "testing", "harbor")
    assert error.value.faults[0].hint == "Did you mean 'harbour'?"


def test_a_foreign_key_in_the_file_is_a_fault(project: Path) -> None:
    path = tenants.path_of(project, "testing")
    path.write_text("odoo_tenant: []\n")
    with pytest.raises(PhaselineError, match="key 'odoo_tenant' is unknown"):
        tenants.read(project, "testing")

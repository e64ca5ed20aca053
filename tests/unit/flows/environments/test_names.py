"""A tenant's environment has one name in journal and secrets, however a person calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phaseline.errors import PhaselineError
from phaseline.flows.environment import full_name

if TYPE_CHECKING:
    from pathlib import Path

LINE = "  - {{name: {0}, domain: {0}.example.com, plan: s}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "group_vars" / "testing" / "tenants.yml"
    file.parent.mkdir(parents=True)
    file.write_text("---\nodoo_tenants:\n" + LINE.format("harbour"), encoding="utf-8")
    return tmp_path


def test_the_only_tenant_need_not_be_named_and_is_meant(project: Path) -> None:
    assert full_name(project, "testing") == "testing/harbour"
    assert full_name(project, "testing/harbour") == "testing/harbour"


def test_an_odoo_that_the_kit_does_not_run_keeps_its_name(project: Path) -> None:
    assert full_name(project, "elsewhere") == "elsewhere"
    assert full_name(project, "sandbox") == "sandbox"


def test_one_of_several_has_to_be_named(project: Path) -> None:
    with (project / "group_vars" / "testing" / "tenants.yml").open("a") as file:
        file.write(LINE.format("quayside"))
    assert full_name(project, "testing/harbour") == "testing/harbour"
    with pytest.raises(PhaselineError, match="has 2 tenants"):
        full_name(project, "testing")

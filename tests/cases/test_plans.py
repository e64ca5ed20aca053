"""Table tests: a stage and an Odoo in, a plan or faults out; the file's name is the sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from phaseline.errors import PhaselineError
from phaseline.flows.stages.plan import make
from unit.memory_project import workshop

CASES = sorted((Path(__file__).parent / "plan").glob("*.yml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_plan_is_what_the_case_says(path: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    shop = workshop(tmp_path)
    shop.tenant(case.get("tenant", ""))
    shop.write("10_one", "10_file.yml", "phase: one\n" + case["stage"])
    for row in case.get("odoo", []):
        shop.odoo.seed(row["id"], row["model"], row["values"])
    try:
        plan = make(shop.project, shop.environment(), ("one",)).plan
    except PhaselineError as error:
        found: Any = [told(fault) for fault in error.faults]
        assert found == case.get("faults"), found
        return
    found = [
        " ".join([change.kind, change.ref, *(f"{one.name}={one.new}" for one in change.fields)])
        for change in plan.changes
    ]
    assert found == case.get("changes"), found
    assert [one.ref for one in plan.changes if one.dangerous] == case.get("dangerous", [])
    if "unchanged" in case:
        assert plan.unchanged == case["unchanged"]


def told(fault: Any) -> str:
    place = str(fault.place).rpartition("/")[2] if fault.place else ""
    return " | ".join(
        part for part in (f"{place} {fault.code} {fault.message}", fault.hint) if part
    )

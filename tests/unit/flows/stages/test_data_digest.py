"""Data files are read once a run; plan, gate and signature speak of the same bytes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.flows.stages import apply, plan, sign, verify
from phaseline.flows.stages.apply import Permission
from unit.memory_project import Workshop, opened, workshop

ONE = """\
    phase: one
    sets: [{ref: location.a, model: location, values: {name: A}}]
    proves:
      - id: it_is_there
        says: It is there.
        reads: [{model: location, domain: [[id, "=", "ref:location.a"]], expect: {name: A}}]
"""
TWO = "phase: two\nsets: [{ref: location.b, model: location, values: {name: B}}]\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "project").mkdir()
    made = workshop(tmp_path / "project", ("10_one", "20_two"))
    made.write("10_one", "10_file.yml", ONE)
    made.write("20_two", "10_file.yml", TWO)
    (made.folder / "data").mkdir()
    stock(made, "1")
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    with opened(made, monkeypatch, {"testing": "testing"}):
        yield made


def stock(shop: Workshop, sku: str) -> None:
    (shop.folder / "data" / "products.csv").write_text(f"sku\n{sku}\n")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file was read as bytes."""
    found: Counter[str] = Counter()
    read_bytes = Path.read_bytes

    def counting(path: Path) -> bytes:
        found[path.name] += 1
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counting)
    return found


def test_a_run_reads_each_data_file_once(shop: Workshop, reads: Counter[str]) -> None:
    runs = (
        lambda: plan.run(shop.folder, None, "testing"),
        lambda: apply.run(shop.folder, "one", "testing", Permission()),
        lambda: verify.run(shop.folder, "one", "testing"),
        lambda: sign.run(shop.folder, "one", "testing", "Ada"),
        lambda: apply.run(shop.folder, "two", "testing", Permission()),
    )
    for run in runs:
        reads.clear()
        run()
        assert reads["products.csv"] == 1


def test_a_file_that_changes_between_plan_and_gate_is_noticed_before_a_write(
    shop: Workshop,
) -> None:
    def change(model: str, _: str) -> None:
        if model == "ir.config_parameter":  # the last thing a reading asks for
            stock(shop, "2")

    shop.odoo.before = change
    with pytest.raises(PhaselineError, match="the data file changed during the plan") as error:
        apply.run(shop.folder, "one", "testing", Permission())
    fault = error.value.faults[0]
    assert (fault.code, str(fault.place)) == ("E001", "data/products.csv")
    assert shop.odoo.count("location") == 0
    assert journal.read(shop.folder) == ()


def test_a_file_that_changes_during_proofs_leaves_no_verdict(shop: Workshop) -> None:
    apply.run(shop.folder, "one", "testing", Permission())
    shop.odoo.before = lambda model, _: stock(shop, "2") if model == "location" else None
    with pytest.raises(PhaselineError, match="changed while stage 'one' was verified"):
        verify.run(shop.folder, "one", "testing")

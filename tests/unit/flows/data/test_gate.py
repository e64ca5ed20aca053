"""Production takes only data files that testing has proven and a person has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phaseline.core.identity import Identity
from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.flows.data import data_files, gate, load, validate
from phaseline.flows.data.validate import ReadOptions
from phaseline.flows.stages import apply, sign, verify
from phaseline.flows.stages.apply import Permission
from phaseline.odoo.stages import markers
from unit.memory_project import Workshop, opened, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAGE = """\
    phase: one
    sets:
      - {ref: location.a, model: location, values: {name: A}}
    proves:
      - id: it_is_there
        says: It is there.
        reads: [{model: location, domain: [[name, "=", A]], count: 1}]
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    (tmp_path / "project" / "data").mkdir(parents=True)
    made = workshop(tmp_path / "project")
    made.write("10_one", "10_file.yml", STAGE)
    put(made.folder / "data", "Crate")
    monkeypatch.setenv("PHASELINE_STATE_HOME", str(tmp_path / "state"))
    with opened(made, monkeypatch, {"testing": "testing", "live": "production"}):
        yield made


def put(folder: Path, unit: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "units.csv").write_text(f"unit,holds,of_unit\n{unit},12,Units\n")


def prove(shop: Workshop) -> None:
    apply.run(shop.folder, "one", "testing", Permission())
    verify.run(shop.folder, "one", "testing")
    sign.run(shop.folder, "one", "testing", "Ada")


def demand(
    shop: Workshop, target: str = "units", kind: str = "production", override: str | None = None
) -> None:
    found = data_files.lookup(shop.folder, target)
    verdicts = validate.evaluate(found, ReadOptions(), None)
    environment = shop.environment(kind, "live")
    gate.require_signature(shop.folder, environment, found, verdicts, override)


def journalled(shop: Workshop, **how: Any) -> list[str]:
    """Return what a demand that is met writes down: nothing, unless somebody gave a reason."""
    before = len(journal.read(shop.folder))
    demand(shop, **how)
    return [entry.kind for entry in journal.read(shop.folder)[before:]]


def refused(shop: Workshop, **how: Any) -> list[str]:
    with pytest.raises(PhaselineError) as error:
        demand(shop, **how)
    assert error.value.exit_code == 5
    return [fault.code for fault in error.value.faults]


def test_what_nobody_signed_in_testing_is_refused(shop: Workshop) -> None:
    assert refused(shop) == ["E009"]


def test_a_load_stops_at_the_gate_before_anything_is_written(shop: Workshop) -> None:
    unit = {
        "name": {"type": "char"},
        "relative_uom_id": {"type": "many2one", "relation": "uom.uom"},
    }
    shop.odoo.declare("uom.uom", unit)
    shop.odoo.seed("uom.product_uom_unit", "uom.uom", {"name": "Units"})
    with pytest.raises(PhaselineError, match="no testing signature"):
        load.run(shop.folder, load.LoadRequest("units", "live"))
    assert journal.read(shop.folder) == ()


def test_what_testing_signed_is_taken(shop: Workshop) -> None:
    prove(shop)
    assert journalled(shop) == []


def test_a_file_that_changed_since_it_was_signed_is_refused(shop: Workshop) -> None:
    prove(shop)
    put(shop.folder / "data", "Pallet")
    assert refused(shop) == ["E009"]


def test_a_file_outside_of_what_is_signed_is_refused(shop: Workshop) -> None:
    prove(shop)
    put(shop.folder / "elsewhere", "Pallet")
    assert refused(shop, target="elsewhere/units.csv") == ["E009"]


def test_a_file_that_changed_while_it_was_read_is_refused(shop: Workshop) -> None:
    prove(shop)
    data = shop.folder / "data"
    put(data, "Pallet")
    found = data_files.lookup(shop.folder, "units")
    verdicts = validate.evaluate(found, ReadOptions(), None)
    put(data, "Crate")
    with pytest.raises(PhaselineError, match="not this one as it was read"):
        gate.require_signature(shop.folder, shop.environment("production"), found, verdicts, None)


def test_what_is_dangerous_wants_two_persons(shop: Workshop) -> None:
    action = "{name: A, state: code, code: pass}"
    shop.write(
        "10_one",
        "20_file.yml",
        "phase: one\nsets:\n  - {ref: action.a, model: ir.actions.server,"
        f" dangerous: An order is refused inside the save., values: {action}}}\n",
    )
    prove(shop)
    assert refused(shop) == ["E014"]
    sign.run(shop.folder, "one", "testing", "Grace")
    assert journalled(shop) == []


def test_a_restored_database_asks_for_what_its_original_asked_for(shop: Workshop) -> None:
    head = shop.folder / "blueprints" / "mini" / "blueprint.yml"
    head.write_text(head.read_text().replace("[10_one]", "[10_one, 20_two]"))
    shop.write("20_two", "10_file.yml", "phase: two\n")
    prove(shop)
    assert journalled(shop) == []
    markers.write(shop.odoo, "two", "0" * 64, Identity("live", "", "the original's"))
    assert refused(shop) == ["E009"]


def test_a_reason_passes_the_gate_and_is_journalled(shop: Workshop) -> None:
    demand(shop, override="the client is on the phone")
    (entry,) = journal.read(shop.folder)
    assert (entry.kind, entry.env) == ("override", "live")
    assert entry.payload["reason"] == "the client is on the phone"


@pytest.mark.parametrize("kind", ["testing", "sandbox"])
def test_testing_takes_everything(shop: Workshop, kind: str) -> None:
    assert journalled(shop, kind=kind) == []

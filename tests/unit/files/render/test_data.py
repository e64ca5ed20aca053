"""What a validation and a load say on a terminal: nothing is left out in silence."""

from __future__ import annotations

from phaseline.errors import Fault
from phaseline.files.data import specs
from phaseline.files.paths import kit_dir
from phaseline.files.render import data
from phaseline.masterdata.findings import Finding, Table
from phaseline.masterdata.loading.reconcile import count
from phaseline.masterdata.loading.results import LoadResult, ObjectLoad, ReconcileResult, Refusal
from phaseline.masterdata.validation.results import ValidateResult
from phaseline.masterdata.validation.verdict import Verdict

TABLE = Table("products.csv", ("sku",), tuple((row, ("1",)) for row in range(2, 902)))
FINDINGS = tuple(
    Finding("D009", "the cell is a number", "Format it.", row, "sku", "1") for row in range(2, 502)
)
STOP = Fault("O009", "the lock was lost", hint="Run it again.")
LOADED = ObjectLoad(
    object="products", file="products.csv", rows=900, good=900, created=0, updated=0, unchanged=0,
    rejected=500, refused=(Refusal(2, "D060", "no"),) * 200, unknown=0, not_sent=400, writes=0,
    seconds=1.0, stopped=STOP,
)  # fmt: skip


def test_the_findings_that_are_not_shown_are_counted_and_can_be_had() -> None:
    spec = specs.lookup(kit_dir(), "products")
    verdict = Verdict(spec, TABLE, (), FINDINGS, (), TABLE.mended)
    text = data.findings(ValidateResult(None, (verdict,), None))
    assert "products             900 lines    500 rejected  score  44.4" in text
    assert text.count("D009") == 60
    assert "... and 440 more; --mark FOLDER writes all of them" in text


def test_a_load_that_stopped_says_why_and_what_to_do() -> None:
    text = data.loads(LoadResult("sandbox", (LOADED,), ("units",)))
    assert "O009 the lock was lost" in text
    assert "hint: Run it again." in text
    assert "... and 440 more" in text
    assert "units            not started" in text


def test_a_reconciliation_names_what_differs() -> None:
    text = data.reconciliation(ReconcileResult("sandbox", (count("units", 3, 2),)))
    assert text.splitlines()[1].split() == ["units", "count", "3", "2", "DIFFERS"]
    assert text.endswith("verdict: differs")

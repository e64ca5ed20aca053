"""What a validation and a load say on a terminal: nothing is left out in silence."""

from __future__ import annotations

from phaseline.files.render import data

FINDING = {"row": 2, "column": "sku", "code": "D009", "warning": False,
           "message": "the cell is a number", "value": "1", "hint": "Format it."}  # fmt: skip
CHECKED = {
    "object": "products", "file": "products.csv", "rows": 900, "rejected": 500, "score": 44.4,
    "mended": {}, "notes": [], "counts_by_code": {"D009": 500}, "findings": [FINDING] * 200,
}  # fmt: skip
LOADED = {
    "object": "products", "file": "products.csv", "rows": 900, "created": 0, "updated": 0,
    "unchanged": 0, "rejected": 500, "seconds": 1, "rows_per_second": 900, "unknown": 0,
    "not_sent": 400, "stopped": "O009", "why": "the lock was lost", "hint": "Run it again.",
    "refused": [{"row": 2, "code": "D060", "message": "no"}] * 200,
}  # fmt: skip


def test_the_findings_that_are_not_shown_are_counted_and_can_be_had() -> None:
    text = data.findings({"objects": [CHECKED], "marked": None})
    assert "... and 440 more; --mark FOLDER writes all of them" in text


def test_a_load_that_stopped_says_why_and_what_to_do() -> None:
    text = data.loads({"objects": [LOADED], "not_started": []})
    assert "O009 the lock was lost" in text
    assert "hint: Run it again." in text
    assert "... and 440 more" in text

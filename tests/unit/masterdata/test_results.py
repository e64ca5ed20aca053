"""Results of data commands as JSON and journal entries: their keys are an interface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phaseline.errors import Exit, Fault
from phaseline.masterdata.loading.reconcile import count
from phaseline.masterdata.loading.results import LoadResult, ObjectLoad, ReconcileResult, Refusal
from phaseline.masterdata.migration.mapping import MigratedTable
from phaseline.masterdata.migration.results import MigrateResult, RuleEffect

LOAD = ObjectLoad(
    object="units", file="units.csv", rows=4, good=3, created=2, updated=0, unchanged=0, rejected=2,
    refused=(Refusal(4, "D060", "no\n" + "x" * 100),), unknown=0, not_sent=0, writes=1,
    seconds=0.1234567, stopped=None,
)  # fmt: skip
LOST = replace(LOAD, unknown=2, stopped=Fault("O007", "lost", hint="Run it again."))
DONE = replace(LOAD, rejected=0, refused=())


def test_a_load_tells_its_counts_and_each_refused_line_in_short() -> None:
    assert LOAD.data() == {
        "object": "units", "file": "units.csv", "rows": 4, "created": 2, "updated": 0,
        "unchanged": 0, "rejected": 2,
        "refused": [{"row": 4, "code": "D060", "message": "no\\u000a" + "x" * 71 + "…"}],
        "unknown": 0, "not_sent": 0, "writes": 1, "seconds": 0.123, "rows_per_second": 24,
        "stopped": None, "why": "", "hint": "",
    }  # fmt: skip


def test_a_load_that_stopped_tells_code_reason_and_hint() -> None:
    data = LOST.data()
    assert (data["stopped"], data["why"], data["hint"]) == ("O007", "lost", "Run it again.")


@pytest.mark.parametrize(
    ("objects", "code"),
    [
        ((DONE,), Exit.DONE),
        ((DONE, LOAD), Exit.DIFFERENCES),
        ((LOAD, replace(DONE, stopped=Fault("O001", "away"))), Exit.UNREACHABLE),
        ((LOAD, LOST), Exit.UNKNOWN),
    ],
)
def test_the_worst_of_all_objects_is_the_exit_code(
    objects: tuple[ObjectLoad, ...], code: Exit
) -> None:
    result = LoadResult("sandbox", objects, ("products",))
    assert result.exit_code == code
    assert result.data() == {
        "environment": "sandbox",
        "objects": [one.data() for one in objects],
        "not_started": ["products"],
        "exit_code": int(code),
    }


def test_a_reconciliation_has_one_verdict_over_all_checks() -> None:
    checks = (count("units", 3, 3), count("products", 3, 2))
    result = ReconcileResult("testing", checks)
    assert result.data() == {"environment": "testing", **result.entry()}
    assert result.entry()["verdict"] == "differs"
    assert ReconcileResult("testing", checks[:1]).entry() == {
        "checks": [
            {"object": "units", "what": "count", "source": "3", "odoo": "3", "agrees": True}
        ],
        "verdict": "agrees",
    }


def test_a_migration_tells_rules_and_tables_and_the_journal_has_no_time() -> None:
    table = MigratedTable("units", ("unit",), (("Crate",),), "Units", "none")
    rules = (RuleEffect("twin", "two alike", 2, "mended"),)
    result = MigrateResult("shop", "orders.csv", 7, rules, (table,), 1.5)
    assert result.data() == {
        "source": "shop", "input": "orders.csv", "lines": 7,
        "rules": [{"rule": "twin", "says": "two alike", "rows": 2, "effect": "mended"}],
        "outputs": [{"object": "units", "rows": 1, "says": "Units", "assumption": "none"}],
        "seconds": 1.5,
    }  # fmt: skip
    assert "seconds" not in result.entry()

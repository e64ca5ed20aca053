"""A small journal of a finished rollout, with values that try to break out of the page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from phaseline.core.evidence.events import Event

NASTY = '<script>alert("x")</script>'
STAGES = ("foundation", "core_operations")


def event(seq: int, kind: str, **payload: Any) -> Event:
    minute, second = divmod(seq * 20, 60)
    return Event(
        seq=seq,
        time=f"2026-11-23T20:{minute:02d}:{second:02d}+00:00",
        who="consultant",
        host="laptop",
        env="sandbox",
        kind=kind,
        payload=payload,
        hash=hashlib.sha256(f"{seq}{kind}".encode()).hexdigest(),
    )


def change(kind: str, ref: str, model: str, summary: str) -> dict[str, str]:
    return {
        "kind": kind,
        "ref": ref,
        "model": model,
        "summary": summary,
        "place": "10_foundation/10_company.yml:12:5",
    }


def proof(name: str, says: str, *covers: str, passed: bool = True) -> dict[str, Any]:
    step = {"step": "read", "text": f"3 records found for {says.lower()}", "passed": True}
    last = {"step": "expect", "text": f"$po.state is purchase {NASTY}", "passed": passed}
    return {
        "id": name,
        "says": says,
        "covers": list(covers),
        "passed": passed,
        "seconds": 1.4,
        "evidence": [step, last],
    }


def stage(seq: int, name: str, proofs: list[dict[str, Any]]) -> list[Event]:
    models = [("res.company", 1), ("stock.location", 18), ("res.users", 6), ("uom.uom", 5)]
    changes = [
        change("create", f"{model}.{number}", model, f"create {model} {number}")
        for model, many in models
        for number in range(many)
    ]
    changes.append(change("install", "module.stock", "ir.module.module", "install stock"))
    changes.append(change("update", "base.main_company", "res.company", f"name: {NASTY}"))
    counts = {"create": 30, "update": 1, "install": 1, "delete": 0, "call": 0, "unchanged": 4}
    fingerprint = hashlib.sha256(name.encode()).hexdigest()
    verdict = "passed" if all(one["passed"] for one in proofs) else "failed"
    same = {"stage": name, "input_hash": fingerprint}
    return [
        event(seq, "plan", **same, fingerprint=fingerprint, counts=counts, changes=changes),
        event(seq + 1, "apply_started", **same, fingerprint=fingerprint),
        event(seq + 2, "apply_finished", **same, fingerprint=fingerprint, seconds=64.2, calls=120),
        event(
            seq + 3, "verify", **same, verdict=verdict, seconds=21.0, where="clone", proofs=proofs
        ),
        event(seq + 4, "sign", **same, person="Ada Client", verdict_seq=seq + 3),
    ]


def load(seq: int, name: str, rows: int, seconds: float, *, again: bool = False) -> Event:
    counts = {"created": 0 if again else rows, "unchanged": rows if again else 0}
    speed = rows / seconds
    return event(
        seq, "load", object=name, rows=rows, **counts, seconds=seconds, rows_per_second=speed
    )


def data(seq: int) -> list[Event]:
    finding = {
        "code": "D104",
        "row": 17,
        "column": "barcode",
        "value": NASTY,
        "message": "the check digit is wrong",
        "hint": "Ask the supplier for the right code.",
    }
    quality = {"rows": 2960, "rejected": 12, "score": 99.6, "findings": [finding]}
    rules = [
        {"rule": "non_product_codes", "rows": 2912, "effect": "postage and fees are left out"},
        {"rule": "case_twins", "rows": 112, "effect": "codes that differ in case become one"},
    ]
    checks = [
        {"object": "products", "what": "count", "source": 2948, "odoo": 2948, "agrees": True},
        {"object": "stock", "what": "sum", "source": "81234.50", "odoo": 81234.5, "agrees": True},
    ]
    invented = "the source has no names"
    outputs = [
        {"object": "products", "rows": 2960, "says": "one for each article", "assumption": ""},
        {"object": "customers", "rows": 4372, "says": "", "assumption": invented},
    ]
    return [
        event(seq, "migrate", source="online_retail", rules=rules, outputs=outputs, seconds=9.1),
        event(seq + 1, "validate", object="products", **quality, counts_by_code={"D104": 12}),
        event(seq + 2, "validate", object="customers", rows=4372, rejected=0, score=100),
        load(seq + 3, "products", 2948, 9.8),
        load(seq + 4, "customers", 4372, 11.2),
        load(seq + 5, "products", 2948, 0.6, again=True),
        event(seq + 7, "override", stage="core_operations", reason="drill", faults=["unsigned"]),
        event(seq + 6, "reconcile", checks=checks, verdict="agrees"),
    ]


def events(*, failing: bool = False) -> tuple[Event, ...]:
    foundation = [
        proof("company_keeps_books_in_pounds", "The company keeps its books in pounds.", "T1e"),
        proof("locations_follow_the_pattern", "Locations follow the pattern.", "X2", "T1d"),
    ]
    operations = [
        proof("large_purchase_waits", "A large purchase waits for a manager.", "W2", "A2"),
        proof("order_becomes_cash", "An order becomes cash.", "A10", "A2", passed=not failing),
    ]
    first = [
        event(1, "release", id="odoo-19.0-a1b2c3d4", odoo_version="19.0", components=212),
        event(2, "sandbox", action="up", seconds=71.5),
    ]
    return (
        *first,
        *stage(3, "foundation", foundation),
        *stage(8, "core_operations", operations),
        *data(13),
    )


def in_two_environments() -> tuple[Event, ...]:
    """The same story: a proof fails in the sandbox, everything holds in testing."""
    return (
        *events(failing=True),
        *(replace(one, env="testing", seq=one.seq + 100) for one in events()),
    )

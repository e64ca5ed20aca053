"""The demo, as a stranger runs it: it ends well, says where to look, and does nothing twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Demo

pytestmark = pytest.mark.odoo

STAGES = ("foundation", "core_operations")
MAKES_SOMETHING = {"apply_started", "apply", "apply_finished", "verify", "sign", "migrate"}


def journal(demo: Demo) -> list[dict[str, Any]]:
    lines = (demo.project / "journal" / "journal.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_demo_ends_with_every_stage_proven_and_signed(demo: Demo) -> None:
    signed = {entry["payload"]["stage"] for entry in journal(demo) if entry["kind"] == "sign"}
    verdicts = [entry["payload"] for entry in journal(demo) if entry["kind"] == "verify"]
    assert signed == set(STAGES)
    assert {one["verdict"] for one in verdicts} == {"passed"}
    assert all(one["skipped"] == [] for one in verdicts)


def test_the_demo_leaves_no_difference_between_blueprint_and_odoo(demo: Demo) -> None:
    assert demo.said["differences"] == 0


def test_the_data_of_a_real_retailer_is_in_odoo(demo: Demo) -> None:
    loads = {e["payload"]["object"]: e["payload"] for e in journal(demo) if e["kind"] == "load"}
    assert loads["products"]["rows"] >= 2900
    assert loads["customers"]["rows"] >= 2000
    assert loads["reorder_rules"]["rows"] >= 2900
    assert {name for name, load in loads.items() if load["rejected"] or load["unknown"]} == set()


def test_both_sides_of_the_data_agree(demo: Demo) -> None:
    (*_, last) = (e["payload"] for e in journal(demo) if e["kind"] == "reconcile")
    assert [check for check in last["checks"] if not check["agrees"]] == []


def test_the_web_login_answers_where_the_demo_says(demo: Demo) -> None:
    assert httpx.get(f"{demo.url}/web/login", timeout=60).status_code == 200


def test_a_second_demo_writes_nothing_and_is_quick(demo: Demo) -> None:
    before = journal(demo)
    again = demo.again()
    new = journal(demo)[len(before) :]
    assert {entry["kind"] for entry in new} & MAKES_SOMETHING == set()
    assert sum(entry["payload"].get("writes", 0) for entry in new if entry["kind"] == "load") == 0
    assert again.url == demo.url
    assert again.said["seconds"] < 120


def test_no_password_is_in_the_project(demo: Demo) -> None:
    secrets = [one["password"] for one in demo.said["logins"]]
    assert len(secrets) > 5
    for path in demo.project.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [path for secret in secrets if secret.encode() in content] == []

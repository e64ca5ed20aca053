from __future__ import annotations

import time

import pytest

from phaseline.errors import PhaselineError
from phaseline.odoo import external_ids, lost_calls
from phaseline.odoo.memory.port import MemoryOdoo

NAMES = ["phaseline.tag.a", "phaseline.tag.b"]


@pytest.fixture
def port():
    return MemoryOdoo()


def test_what_is_there_is_told_at_once(port, monkeypatch):
    made = port.seed("phaseline.tag.a", "res.partner.category", {"name": "A"})
    slept: list[float] = []
    monkeypatch.setattr("phaseline.odoo.lost_calls.time.sleep", slept.append)
    assert lost_calls.settle(port, NAMES) == {"phaseline.tag.a": ("res.partner.category", made)}
    assert slept == []


def test_absence_counts_only_after_patience(port):
    started = time.monotonic()
    assert lost_calls.settle(port, NAMES, patience=0.3) == {}
    assert time.monotonic() - started >= 0.3


def test_a_server_that_is_away_for_a_moment_is_waited_for(port):
    port.seed("phaseline.tag.a", "res.partner.category", {"name": "A"})
    port.fail_next("search_read", "undelivered")
    assert set(lost_calls.settle(port, NAMES, patience=5)) == {"phaseline.tag.a"}


def test_a_server_that_stays_away_is_unreachable(port):
    for _ in range(100):
        port.fail_next("search_read", "undelivered")
    with pytest.raises(PhaselineError) as caught:
        lost_calls.settle(port, NAMES, patience=0.2)
    assert caught.value.faults[0].code == "O001"


def test_many_names_are_asked_in_pages(port):
    names = [f"phaseline.tag.{number}" for number in range(external_ids.PAGE + 1)]
    external_ids.lookup(port, names)
    assert len(port.calls) == 2

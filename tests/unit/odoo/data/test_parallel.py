"""Questions are shared out over the ports, and the answers come back whole."""

from __future__ import annotations

import threading

import pytest

from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.data import parallel
from phaseline.odoo.memory.port import MemoryOdoo

PORTS = (MemoryOdoo(database="one"), MemoryOdoo(database="two"))


def test_every_thing_is_asked_once_and_answered():
    asked = []

    def ask(port, part):
        asked.append(len(part))
        return {one: one + 1 for one in part}

    found = parallel.fetch_all(PORTS, range(5000), ask)
    assert found == {one: one + 1 for one in range(5000)}
    assert asked == [1250] * 4


def test_few_things_are_one_question():
    def ask(port, part):
        return dict.fromkeys(part, port.database)

    assert set(parallel.fetch_all(PORTS, range(1000), ask).values()) == {"one"}


def test_nothing_is_no_question():
    def ask(port, part):
        raise AssertionError

    assert parallel.fetch_all(PORTS, [], ask) == {}


def test_all_ports_work_at_the_same_time():
    both = threading.Barrier(2)

    def meet(port, thing):
        both.wait(10)
        return port.database

    assert set(parallel.map_ports(PORTS, [1, 2], meet)) == {"one", "two"}


def test_an_error_of_one_question_is_the_error_of_all():
    def ask(port, part):
        raise PhaselineError(Fault("O001", "lost"))

    with pytest.raises(PhaselineError, match="lost"):
        parallel.fetch_all(PORTS, range(5000), ask)

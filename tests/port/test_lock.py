from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from phaseline.errors import Exit, PhaselineError
from phaseline.odoo import lock as locks

RACES = 100
BEHIND = 2.3  # seconds after which a lease of one second is over, in Odoo's whole seconds

# The lock lives in PostgreSQL's unique key: how a call travels there makes no difference to it.
pytestmark = pytest.mark.parametrize(
    "doors", ["memory", pytest.param("json2", marks=pytest.mark.odoo)], indirect=True
)


@pytest.fixture(autouse=True)
def no_lock_left(port, monkeypatch):
    monkeypatch.setattr(locks, "GRACE", 0.2)
    yield
    rows = port.call("ir.config_parameter", "search", domain=[["key", "=like", "phaseline.lock%"]])
    port.call("ir.config_parameter", "unlink", rows)


@pytest.fixture
def rival(doors):
    return doors.admin()


def code(error):
    return error.value.faults[0].code


def test_who_comes_second_is_told_at_once_who_holds_it(port, rival, monkeypatch):
    waited: list[float] = []
    with locks.hold(port, "anna"):
        monkeypatch.setattr("phaseline.odoo.lock.time.sleep", waited.append)
        with pytest.raises(PhaselineError) as caught:
            locks.acquire(rival, "bert")
        monkeypatch.undo()
    assert sum(waited) < 2
    fault = caught.value.faults[0]
    assert fault.code == "O008"
    assert caught.value.exit_code is Exit.LOCKED
    assert "'anna'" in fault.message
    assert socket.gethostname() in fault.message
    assert str(os.getpid()) in fault.message


def test_a_lock_given_back_is_free_at_once(port, rival):
    with locks.hold(port, "anna") as lock:
        lock.check()
    assert locks.inspect(rival) is None
    with locks.hold(rival, "bert"):
        assert locks.inspect(port).who == "bert"


def test_an_error_inside_gives_the_lock_back(port):
    with pytest.raises(ValueError, match="inside"), locks.hold(port, "anna"):
        raise ValueError("inside")
    assert locks.inspect(port) is None


def test_the_heartbeat_keeps_a_lock_beyond_its_lease(port, rival):
    with locks.hold(port, "anna", lease=1.0) as lock:
        time.sleep(BEHIND)
        with pytest.raises(PhaselineError) as caught:
            locks.acquire(rival, "bert")
        assert code(caught) == "O008"
        lock.check()


def test_a_lease_that_ran_out_is_taken_over_and_the_late_holder_is_fenced_off(port, rival):
    late = locks.acquire(port, "anna", lease=1.0)
    with pytest.raises(PhaselineError):
        locks.acquire(rival, "bert")
    time.sleep(BEHIND)
    taken = locks.acquire(rival, "bert")
    with pytest.raises(PhaselineError) as caught:
        late.check()
    assert code(caught) == "O009"
    assert "'bert'" in caught.value.faults[0].message
    with pytest.raises(PhaselineError) as caught:
        late.renew()
    assert code(caught) == "O009"
    late.release()
    taken.check()


def test_a_long_call_gets_a_longer_lease(port, rival):
    lock = locks.acquire(port, "anna", lease=1.0)
    lock.renew(60)
    time.sleep(BEHIND)
    with pytest.raises(PhaselineError) as caught:
        locks.acquire(rival, "bert")
    assert code(caught) == "O008"
    lock.check()
    lock.release()


def test_a_lease_that_ran_out_unnoticed_goes_on_when_nobody_took_it(port, rival):
    lock = locks.acquire(port, "anna", lease=1.0)
    time.sleep(BEHIND)
    lock.renew(60)
    lock.check()
    with pytest.raises(PhaselineError) as caught:
        locks.acquire(rival, "bert")
    assert code(caught) == "O008"
    lock.release()


@pytest.mark.parametrize(
    "value",
    [
        "mine!",
        "[1]",
        '{"pid": "mine"}',
        '{"lease": "long"}',
        '{"lease": Infinity}',
        '{"lease": NaN}',
    ],
)
def test_a_row_edited_by_hand_still_locks(port, rival, value):
    row = {"key": locks.KEY, "value": value}
    port.call("ir.config_parameter", "create", vals_list=[row])
    with pytest.raises(PhaselineError) as caught:
        locks.acquire(rival, "bert")
    assert code(caught) == "O008"


def test_of_two_that_race_exactly_one_wins_each_time(port, rival):
    for _ in range(RACES):
        won, lost = race(port, rival)
        assert (len(won), lost) == (1, ["O008"])
        won[0].release()


def race(*ports):
    won, lost = [], []
    line = threading.Barrier(len(ports))

    def run(port):
        line.wait()
        try:
            won.append(locks.acquire(port, "racer"))
        except PhaselineError as err:
            lost.append(err.faults[0].code)

    threads = [threading.Thread(target=run, args=(one,)) for one in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won, lost

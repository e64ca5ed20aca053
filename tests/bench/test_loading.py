"""Rows a second, side by side with the peer loader; `make bench` runs it and updates the README."""

from __future__ import annotations

import os
import statistics

import pytest

import measured
from bench.contest import Race
from conftest import Database
from phaseline.flows.machines import sandbox as flow

pytestmark = [pytest.mark.bench, pytest.mark.odoo]
ROWS = int(os.environ.get("PHASELINE_BENCH_ROWS", "5000"))
ROUNDS = int(os.environ.get("PHASELINE_BENCH_ROUNDS", "3"))
SLOW_ROWS = 500  # the peer at its defaults needs minutes for more; its rate does not depend on it


@pytest.fixture
def race(sandbox, tmp_path):
    """Runs a way twice on a fresh copy of the database: a first load, and the same again."""
    serial = iter(range(100))

    def run(count, way, *, again=True):
        with flow.scratch(sandbox) as name:
            database = Database(
                sandbox.url, name, sandbox.admin_login, sandbox.password, sandbox.api_key
            )
            found = Race(database, tmp_path / str(next(serial)), count)
            try:
                return [way(found) for _ in range(2 if again else 1)]
            finally:
                found.port.close()

    return run


def test_loading_is_faster_than_the_peer_and_a_reload_writes_nothing(race, capsys):
    pytest.importorskip("odoo_csv_tools", reason="the peer is not installed: `make bench` does it")
    ours, tuned = [], []
    for _ in range(ROUNDS):  # in turn, so that whatever else the machine does meets both
        ours.append(race(ROWS, lambda one: one.phaseline()))
        tuned.append(race(ROWS, lambda one: one.peer(tuned=True)))
    (slow,) = race(SLOW_ROWS, lambda one: one.peer(tuned=False), again=False)
    rates = {
        "ours": rate(ours, 0), "tuned": rate(tuned, 0), "slow": SLOW_ROWS / slow.seconds,
        "ours again": rate(ours, 1), "tuned again": rate(tuned, 1),
    }  # fmt: skip
    text = table(rates, ours[-1][1], tuned[-1][1])
    with capsys.disabled():
        print(f"\n{text}\n")
    measured.keep("bench", text)
    assert all(run[0].products == run[1].products == ROWS for run in ours)
    assert all(run[1].lines == ROWS for run in ours)
    assert all(run[1].written == 0 for run in ours)
    assert rates["ours"] >= rates["tuned"]
    assert rates["ours"] >= 10 * rates["slow"]
    assert rates["ours again"] >= 30 * rates["tuned again"]


def rate(runs, place):
    return ROWS / statistics.median(run[place].seconds for run in runs)


def table(rates, ours, tuned):
    def line(name, first, again, result):
        cells = [f"{rates[first]:,.0f}", f"{rates[first] / rates['tuned']:.2f}"]
        if result is None:
            return f"| {name} | {' | '.join(cells)} | | | | |"
        more = [f"{rates[again]:,.0f}", f"{rates[again] / rates['tuned again']:.1f}"]
        told = [f"{result.written:,}", f"{result.lines:,}"]
        return f"| {name} | {' | '.join([*cells, *more, *told])} |"

    return "\n".join(
        [
            "| loader | first load, rows/s | ratio | unchanged reload, rows/s | ratio"
            f" | rows it writes | supplier lines after (right: {ROWS:,}) |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            line("`phaseline data load`", "ours", "ours again", ours),
            line("odoo-import-export-client 3.0.0, tuned (JSON-2, 1,000 x 2)", "tuned",
                 "tuned again", tuned),
            line(f"the same at its defaults ({SLOW_ROWS} rows)", "slow", "", None),
            "",
            f"{ROWS:,} products with a supplier line each, medians of {ROUNDS} runs"
            " in turn on fresh copies of one database."
            f" Whole programs timed, client and server on {measured.machine()}.",
        ]
    )  # fmt: skip

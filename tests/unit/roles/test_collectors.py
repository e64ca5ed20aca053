"""What is counted on a host: answers of sites, what Odoo tells, and the file of numbers."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.files.paths import kit_dir

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = kit_dir() / "roles" / "exporters" / "files" / "collectors"
LONG = "Worker WorkerHTTP (7) timeout after 120s"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a program's module as it is found on a host."""
    monkeypatch.syspath_prepend(str(PROGRAMS))
    return importlib.import_module


def answer(**other: Any) -> str:
    """Return a line of nginx's log."""
    said = {"path": "/web", "status": 200, "seconds": 0.05, "upstream": "0.040", "scheme": "https"}
    return json.dumps({**said, **other}) + "\n"


def entry(at: int, message: Any, unit: str = "odoo@harbour.service") -> bytes:
    """Return a line of the journal."""
    found = {"__CURSOR": f"at={at}", "_SYSTEMD_UNIT": unit, "MESSAGE": message}
    return json.dumps(found).encode() + b"\n"


def number(lines: list[str], name: str) -> float:
    """Return the value of the one line that begins so."""
    (found,) = [line for line in lines if line.startswith(name + " ")]
    return float(found.rpartition(" ")[2])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "harbour.access.log"
    file.write_text(answer() * 3)
    (tmp_path / "unknown.access.log").write_text(answer())
    return file


def counted(program: Any, state: dict[str, Any], log: Path) -> list[str]:
    lines: list[str] = program("site_logs").take(state, str(log.parent))
    return lines


def kind(which: str) -> str:
    return f'phaseline_site_answers_total{{tenant="harbour",kind="{which}"}}'


def test_what_was_before_the_first_look_is_not_told(program: Any, log: Path) -> None:
    lines = counted(program, {}, log)
    assert number(lines, kind("2xx")) == 0
    assert "unknown" not in "".join(lines)


def test_answers_are_counted_once_by_kind_and_time(program: Any, log: Path) -> None:
    state: dict[str, Any] = {}
    counted(program, state, log)
    with log.open("a") as file:
        file.write(answer() + answer(status=502, seconds=3.0, upstream="1.0, 2.0") + "not JSON\n")
    for _ in range(2):
        lines = counted(program, state, log)
        assert (number(lines, kind("2xx")), number(lines, kind("5xx"))) == (1, 1)
    seconds = "phaseline_site_answer_seconds"
    assert number(lines, f'{seconds}_bucket{{tenant="harbour",le="2"}}') == 1
    assert number(lines, f'{seconds}_bucket{{tenant="harbour",le="4"}}') == 2
    assert number(lines, f'{seconds}_count{{tenant="harbour"}}') == 2
    assert number(lines, 'phaseline_site_worker_seconds_total{tenant="harbour"}') == 3.04


def test_redirects_and_open_connections_are_no_answers(program: Any, log: Path) -> None:
    state: dict[str, Any] = {}
    counted(program, state, log)
    with log.open("a") as file:
        file.write(answer(scheme="http", status=301))
        file.write(answer(status=101, path="/websocket", seconds=900.0))
        file.write(answer(status=200, path="/websocket/peek_notifications", seconds=900.0))
    lines = counted(program, state, log)
    assert number(lines, 'phaseline_site_answer_seconds_count{tenant="harbour"}') == 0


def test_a_log_that_is_put_away_is_read_to_its_end(program: Any, log: Path) -> None:
    state: dict[str, Any] = {}
    counted(program, state, log)
    with log.open("a") as file:
        file.write(answer(status=500))
    log.rename(log.with_name(log.name + ".1"))
    log.write_text(answer(status=500) + answer(status=500)[:20])
    assert number(counted(program, state, log), kind("5xx")) == 2
    with log.open("a") as file:
        file.write(answer(status=500)[20:])
    assert number(counted(program, state, log), kind("5xx")) == 3


def test_a_site_that_left_is_forgotten(program: Any, log: Path) -> None:
    state: dict[str, Any] = {}
    counted(program, state, log)
    log.unlink()
    assert "harbour" not in "".join(counted(program, state, log))
    assert state == {}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (LONG, 'limits_total{tenant="harbour",limit="time"}'),
        ("Worker (7) CPU time limit (60) reached.", 'limits_total{tenant="harbour",limit="time"}'),
        ("Worker (7) virtual memory limit (9) reached.",
         'limits_total{tenant="harbour",limit="memory"}'),
        ("Login failed for login:eve from 192.0.2.1", 'failed_logins_total{tenant="harbour"}'),
    ],
)  # fmt: skip
def test_what_odoo_tells_is_counted(program: Any, tmp_path: Path, message: str, told: str) -> None:
    (tmp_path / "harbour.conf").touch()
    state: dict[str, Any] = {}
    for at in (1, 2):
        take = program("odoo_journal").take
        lines = take(state, str(tmp_path), lambda _, at=at: iter([entry(at, message)]))
        assert number(lines, "phaseline_odoo_" + told) == at
        assert state["cursor"] == f"at={at}"


def test_other_lines_and_other_units_count_for_nobody(program: Any, tmp_path: Path) -> None:
    (tmp_path / "harbour.conf").touch()
    (tmp_path / "harbour.workers").write_text("4\n")
    read = [
        entry(1, "Worker (7) max request (8192) reached."),
        entry(2, LONG, "odoo@gone.service"),
        entry(3, LONG, "other.service"),
        entry(4, [0xFF, 0xFE]),
        entry(5, "Login attempt ignored for 192.0.2.1 (user 'eve')"),  # told as failed beside it
    ]
    lines = program("odoo_journal").take({}, str(tmp_path), lambda _: iter(read))
    assert number(lines, 'phaseline_odoo_limits_total{tenant="harbour",limit="time"}') == 0
    assert number(lines, 'phaseline_odoo_failed_logins_total{tenant="harbour"}') == 0
    assert number(lines, 'phaseline_odoo_workers{tenant="harbour"}') == 4
    assert "gone" not in "".join(lines)


def test_the_file_is_whole_and_says_when_it_was_written(program: Any, tmp_path: Path) -> None:
    textfile = program("textfile")
    textfile.save(str(tmp_path), "sites", {"a": 1}, ["x 1"])
    text = (tmp_path / "metrics.prom").read_text()
    assert text.startswith("x 1\n")
    assert text.splitlines()[-1].startswith("phaseline_collector_written_timestamp_seconds{")
    assert textfile.load(str(tmp_path)) == {"a": 1}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["metrics.prom", "state.json"]


def test_a_broken_state_starts_anew(program: Any, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    assert program("textfile").load(str(tmp_path)) == {}


def test_jobs_and_mails_are_counted_from_copies_of_their_tables(
    program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = program("databases")
    monkeypatch.setattr(databases.time, "time", lambda: 1_000_000_000.0)  # 2001-09-09 01:46:40
    jobs = ["t\t2001-09-09 01:45:40", "f\t2001-01-01 00:00:00", "t\t2001-09-09 02:00:00.5"]
    assert databases.late(jobs) == 60.0
    assert databases.late([]) == 0.0
    mails = [
        "exception\t2001-09-09 01:00:00\t\\N",
        "outgoing\t2001-09-09 01:00:00\t2001-09-09 01:46:30",
        "outgoing\t2001-09-09 01:46:35\t\\N",
        "sent\t2001-01-01 00:00:00\t\\N",
    ]
    assert databases.mails(mails) == {"failed": 1.0, "waiting": 10.0}


@pytest.mark.parametrize("line", ["t\tinfinity", "t", "t\t\\N", ""])
def test_what_is_no_job_is_an_error_and_no_number(program: Any, line: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|isoformat"):
        program("databases").late([line])

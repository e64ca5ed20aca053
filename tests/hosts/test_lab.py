"""The lab brings real Debian hosts up, mends what was cut short, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts.lab_client import Bench
from phaseline.flows.machines import lab as flow
from phaseline.hosts.lab import claims, network
from phaseline.hosts.lab import host as lab_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.hosts

FOUR = "[odoo]\ntest1\napp1\n[postgres]\ndb1\n[backup]\nbackup1\n"
TWO = "[odoo]\napp1\n[postgres]\ndb1\n"
ONE = "[odoo]\napp1\n"
CONFIG = Path(__file__).parents[2] / "ansible.cfg"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A project of its own; whatever a test leaves in its lab is removed."""
    made = Bench(tmp_path / "project")
    made.project.mkdir()
    yield made
    made.run("down")


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Four hosts that the tests of this file share; the base image is in the cache."""
    made = Bench(tmp_path_factory.mktemp("four") / "project")
    made.project.mkdir()
    try:
        made.up(FOUR)
        yield made
    finally:
        made.run("down")


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.002)


def test_four_hosts_are_ready_within_ninety_seconds(four: Bench) -> None:
    four.run("down")  # the base image is in the cache
    said = four.up(FOUR)
    assert said["state"] == "running"
    assert said["seconds"] <= 90
    print(f"four hosts: {said['seconds']} s")


def test_ansible_reaches_every_host_by_the_written_inventory(four: Bench) -> None:
    command = [sys.executable, "-m", "ansible.cli.adhoc", "all", "-m", "ansible.builtin.ping"]
    answer = subprocess.run(
        [*command, "-i", str(four.project / "inventory.ini")],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "ANSIBLE_CONFIG": str(CONFIG)},
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count("SUCCESS") == 4


def test_a_host_is_whole_and_has_the_network(four: Bench) -> None:
    said = four.ssh("app1", "systemctl is-system-running --wait; getent hosts db1.lab.test")
    assert said.startswith("running")
    assert "10.77." in said
    assert four.ssh("app1", "apt-get update -q >/dev/null && echo fetched") == "fetched"


def test_hosts_see_no_other_disk_than_their_own(four: Bench) -> None:
    four.ssh("app1", "echo mine > /etc/mine")
    assert four.ssh("db1", "ls /etc/mine 2>/dev/null || echo none") == "none"


def test_a_filesystem_in_user_space_can_be_mounted(four: Bench) -> None:
    script = "import os; os.close(os.open('/dev/fuse', os.O_RDWR)); print('opened')"
    assert four.ssh("app1", f'python3 -c "{script}"') == "opened"


def test_a_second_up_leaves_running_hosts_alone(four: Bench) -> None:
    before = four.started("db1")
    four.up()
    assert four.started("db1") == before


def test_a_host_comes_back_when_it_restarts_itself(four: Bench) -> None:
    before = four.started("backup1")
    four.ssh("backup1", "systemctl --no-block reboot")
    wait_for(lambda: four.started("backup1") not in {before, ""})
    assert four.ssh("backup1", "systemctl is-system-running --wait") == "running"


def test_a_power_cut_is_told_and_mended_and_the_disk_kept(four: Bench) -> None:
    four.ssh("db1", "echo kept > /srv/kept && sync")
    lab_host.power_off(flow.running(four.project).host("db1"))
    answer = four.run("status")
    assert answer.returncode == 13
    assert "stopped" in answer.stdout
    four.up()
    assert four.ssh("db1", "cat /srv/kept; systemctl is-system-running --wait").split() == [
        "kept",
        "running",
    ]


def test_a_host_that_is_switched_off_in_good_order_starts_again(four: Bench) -> None:
    place = flow.running(four.project).host("test1")
    lab_host.halt(place)
    assert not lab_host.runs(place)
    four.up()
    assert four.ssh("test1", "hostname") == "test1"


def test_a_host_that_cannot_start_is_told_with_its_console(bench: Bench) -> None:
    bench.up(ONE)
    place = flow.running(bench.project).host("app1")
    lab_host.power_off(place)
    broken = place.folder / "upper/usr/lib/systemd/systemd"
    broken.parent.mkdir(parents=True)
    broken.write_text("no program")
    begun = time.monotonic()
    answer = bench.run("up")
    assert answer.returncode == 1
    assert "H020 app1 does not answer" in answer.stderr
    assert "console.log" in answer.stderr
    assert time.monotonic() - begun < 30


def test_labs_stand_side_by_side(bench: Bench, four: Bench) -> None:
    bench.up(TWO)
    assert bench.number() != four.number()
    assert bench.ssh("db1", "hostname") == four.ssh("db1", "hostname") == "db1"
    bench.run("down")
    assert four.status()["state"] == "running"


def test_hosts_that_are_named_no_more_go_and_new_ones_come(bench: Bench) -> None:
    bench.up(TWO)
    before = bench.started("app1")
    said = bench.up("[odoo]\napp1\n[backup]\nbackup1\n")
    assert [one["name"] for one in said["hosts"]] == ["app1", "backup1"]
    assert bench.started("app1") == before
    assert bench.ssh("backup1", "hostname") == "backup1"


def test_after_a_restart_of_the_machine_disks_are_kept_at_another_address(
    bench: Bench, tmp_path: Path
) -> None:
    bench.up(ONE)
    bench.ssh("app1", "echo kept > /srv/kept && sync")
    number = bench.number()
    forget_as_a_restart_does(bench)
    other = Bench(tmp_path / "other")
    other.project.mkdir()
    try:
        other.up(ONE)
        assert other.number() == number
        bench.up()
        assert bench.number() != number
        assert bench.ssh("app1", "cat /srv/kept") == "kept"
        assert other.status()["state"] == "running"
    finally:
        other.run("down")


def forget_as_a_restart_does(bench: Bench) -> None:
    for place in flow.running(bench.project).hosts:
        lab_host.power_off(place)
    number = bench.number()
    network.down(number)
    claims.release(number)


def test_down_leaves_nothing_and_may_be_said_twice(bench: Bench) -> None:
    bench.up(TWO, "--tmpfs")
    number = bench.number()
    assert bench.traces(number)
    kept = f"vb-phl{number}h9"  # as connections keep it that nobody closed
    subprocess.run(["ip", "link", "add", kept, "type", "veth"], check=True)
    assert bench.run("down").returncode == 0
    assert bench.traces(number) == []
    assert not (bench.project / "inventory.ini").exists()
    again = bench.run("down")
    assert (again.returncode, again.stdout.strip()) == (0, "there was no lab")


# Where `up` stands when it is killed, seen from outside.
POINTS: dict[str, Callable[[Path], object]] = {
    "written down": lambda home: (home / "record.json").exists(),
    "source kept": lambda home: (home / "source.ini").exists(),
    "key made": lambda home: (home / "key").exists(),
    "first disk begun": lambda home: (home / "hosts/app1/upper").exists(),
    "first disk whole": lambda home: (home / "hosts/app1/ready").exists(),
    "first host started": lambda home: (home / "hosts/app1/console.log").exists(),
    "second host started": lambda home: (home / "hosts/db1/console.log").exists(),
    "ways in written": lambda home: (home / "ssh_config").exists(),
}


# Seconds after which the `down` of the same lives is killed.
KILLED_DOWN = (0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.9)


def kill_up(bench: Bench, reached: Callable[[Path], object], source: str = TWO) -> int:
    """Kill `lab up` as soon as it got so far; return the lab's number."""
    file = bench.project / "source.ini"
    file.write_text(source, encoding="utf-8")
    words = bench.command("up", "--inventory", str(file))
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: reached(bench.home) or child.poll() is not None)
    child.kill()
    child.wait()
    return bench.number()


@pytest.mark.parametrize("point", POINTS)
def test_nothing_is_left_of_a_killed_up_after_down(bench: Bench, point: str) -> None:
    number = kill_up(bench, POINTS[point])
    assert bench.run("down").returncode == 0
    time.sleep(0.5)  # a starter that escaped would show itself now
    assert bench.traces(number) == []


@pytest.mark.parametrize(("point", "seconds"), list(zip(POINTS, KILLED_DOWN, strict=True)))
def test_a_killed_up_is_mended_by_the_next_and_a_killed_down_finished(
    bench: Bench, point: str, seconds: float
) -> None:
    """One life of a lab for each point: killed as it comes up, and again as it goes down."""
    number = kill_up(bench, POINTS[point])
    said = bench.up(TWO)
    assert said["state"] == "running"
    assert bench.number() == number
    for host in ("app1", "db1"):
        assert bench.ssh(host, "systemctl is-system-running --wait") == "running"
    child = subprocess.Popen(bench.command("down"), stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    child.kill()
    child.wait()
    assert bench.run("down").returncode == 0
    assert bench.traces(number) == []


def test_two_runs_do_not_work_on_one_lab_at_once(bench: Bench) -> None:
    first = subprocess.Popen(
        bench.command("up", "--inventory", str(_write(bench, TWO))), stdout=subprocess.DEVNULL
    )
    wait_for((bench.home / "source.ini").exists)
    second = bench.run("up")
    assert first.wait() == 0
    assert second.returncode == 11, second.stderr


def test_an_inventory_written_by_hand_is_not_overwritten(bench: Bench) -> None:
    inventory = bench.project / "inventory.ini"
    inventory.write_text("[odoo]\nshop.example.com\n", encoding="utf-8")
    answer = bench.run("up", "--inventory", str(_write(bench, ONE)))
    assert answer.returncode == 5
    assert inventory.read_text() == "[odoo]\nshop.example.com\n"


def test_who_is_not_root_is_told_what_to_do(bench: Bench) -> None:
    nobody = ["setpriv", "--reuid=65534", "--clear-groups", *bench.command("up")]
    answer = subprocess.run(nobody, check=False, capture_output=True, text=True)
    assert answer.returncode == 1, answer.stderr
    assert "a lab needs root" in answer.stderr
    assert "sudo" in answer.stderr


def test_debian_twelve_is_a_host_like_any_other(bench: Bench) -> None:
    bench.up("[odoo]\nold1 lab_suite=bookworm\n")
    assert bench.ssh("old1", ". /etc/os-release; echo $VERSION_CODENAME") == "bookworm"
    assert bench.ssh("old1", "systemctl is-system-running --wait") == "running"


def test_from_nothing_it_takes_five_minutes_even_after_a_kill(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHASELINE_CACHE_HOME", str(tmp_path / "cache"))
    making = tmp_path / "cache/lab/.trixie.making/usr/lib"
    number = kill_up(bench, lambda home: making.exists(), FOUR)
    time.sleep(0.5)
    mounts = Path("/proc/mounts").read_text(encoding="utf-8")
    assert str(tmp_path) not in mounts
    said = bench.up(FOUR)
    assert said["seconds"] <= 300
    print(f"four hosts from nothing: {said['seconds']} s")
    bench.run("down")
    assert bench.traces(number) == []


def _write(bench: Bench, source: str) -> Path:
    file = bench.project / "source.ini"
    file.write_text(source, encoding="utf-8")
    return file

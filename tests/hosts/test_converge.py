"""Provisioning: from empty hosts to a login, again without a change, killed anywhere, foreseen."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hosts import environments, interrupted_runs
from hosts.lab_client import Bench
from phaseline.files.paths import kit_dir
from phaseline.flows import environment
from phaseline.flows.environments import provision
from phaseline.hosts.releases import archive
from phaseline.progress import SILENT

if TYPE_CHECKING:
    from hosts.kept_lab import Standing

pytestmark = pytest.mark.hosts
REHEARSED = pytest.mark.level(3)

# a tenant as it stood: its group, its files, its Odoo and nginx with another number
OLDER = """
set -eu
systemctl stop odoo@harbour
groupmod -g 777 odoo-harbour
chgrp -hR 777 /var/lib/odoo/harbour /etc/odoo/harbour.conf
ln -s /etc/passwd /var/lib/odoo/harbour/filestore/elsewhere
systemctl start odoo@harbour
systemctl reload nginx
"""
# the same where a run was killed while it gave the files away
KILLED = "systemctl stop odoo@harbour; chgrp $(id -u odoo-harbour) /var/lib/odoo/harbour/filestore"
# what has a number that is not the account's now, a line each
STRAY = """
number=$(id -u odoo-harbour)
rm /var/lib/odoo/harbour/filestore/elsewhere
find /var/lib/odoo/harbour ! -gid $number -o ! -uid $number
find /etc/odoo/harbour.conf ! -gid $number
pgrep -u odoo-harbour > /dev/null || echo no Odoo
for id in $(pgrep -u odoo-harbour); do
  grep -qE "^Gid:[[:space:]]+$number" /proc/$id/status || echo process $id
done
pgrep -u www-data -f 'nginx: worker process$' > /dev/null || echo no nginx
for id in $(pgrep -u www-data -f 'nginx: worker process$'); do
  grep -qE "^Groups:.*\\b$number\\b" /proc/$id/status || echo nginx $id
done
stat --format %U /etc/passwd | grep -v root
true
"""
# collectors as they were when they were called numbers
NUMBERS = r"""
set -e
units=/etc/systemd/system
useradd --system phaseline_numbers
for one in sites odoo database; do
  mkdir -p /var/lib/phaseline/numbers/$one /usr/local/lib/phaseline/numbers
  for end in service timer; do
    sed 's/phaseline-collector/phaseline-numbers/; s/=phaseline_collectors/=phaseline_numbers/;
         s#phaseline/collectors#phaseline/numbers#' \
      $units/phaseline-collector-$one.$end > $units/phaseline-numbers-$one.$end
  done
done
systemctl daemon-reload
systemctl enable --now phaseline-numbers-sites.timer phaseline-numbers-odoo.timer
cd /
runuser -u postgres -- psql -Xq -d postgres \
  -c 'ALTER ROLE phaseline_collectors RENAME TO phaseline_numbers'
"""
NUMBERS_LEFT = r"""
cd /
getent passwd phaseline_numbers
ls -d /var/lib/phaseline/numbers /usr/local/lib/phaseline/numbers 2> /dev/null
systemctl list-units --all --plain --no-legend 'phaseline-numbers-*'
find /etc/systemd/system -name 'phaseline-numbers-*'
runuser -u postgres -- psql -XAtq -d postgres \
  -c "SELECT rolname FROM pg_roles WHERE rolname IN ('phaseline_numbers', 'phaseline_collectors')"
"""


@REHEARSED
@pytest.mark.feature("convergence")
def test_check_mode_completes_on_a_fresh_host_and_predicts(alone: Bench) -> None:
    (said,) = environments.provision(alone.project, "testing", "--check")
    assert said["check"]
    roles = {one["role"] for one in said["changes"]}
    assert {"host_base", "firewall", "certificates", "postgres", "proxy"} <= roles
    # Nothing was done: the first thing a provisioning leaves on a host is not there.
    assert alone.ssh("all1", "ls /etc/phaseline 2>/dev/null || echo none") == "none"


@REHEARSED
@pytest.mark.feature("convergence")
def test_a_run_killed_at_every_role_boundary_converges(alone: Bench, tmp_path: Path) -> None:
    provision.ensure_releases(provision.sound(alone.project, "testing"), SILENT)
    roles = interrupted_runs.everywhere(alone.project, "testing", tmp_path)
    assert len(roles) >= 15
    (said,) = environments.provision(alone.project, "testing")
    assert environments.changed([said]) == []
    with environment.connect(alone.project, "testing/harbour") as door:
        assert door.url == "https://harbour.testing.lab.test"


@REHEARSED
@pytest.mark.feature("convergence")
@pytest.mark.parametrize("state", [OLDER, OLDER + KILLED], ids=["older", "killed"])
def test_numbers_of_an_older_phaseline_are_mended_with_everything_that_has_them(
    alone: Bench, state: str
) -> None:
    """Groups had any number before nodes agreed on them: files, Odoo and nginx still have it."""
    alone.ssh("all1", state)
    (said,) = environments.provision(alone.project, "testing")
    assert {one["role"] for one in said["changes"]} >= {"tenant_service"}
    assert alone.ssh("all1", STRAY) == ""
    verified = environments.call(alone.project, "env", "verify", "testing", "--deep")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert environments.changed(environments.provision(alone.project, "testing")) == []


@REHEARSED
@pytest.mark.feature("convergence")
def test_collectors_of_an_older_phaseline_leave_nothing(alone: Bench) -> None:
    """They were called numbers: programs, units, an account and a role of the database."""
    alone.ssh("all1", NUMBERS)
    (said,) = environments.provision(alone.project, "testing")
    assert {"exporters", "postgres"} <= {one["role"] for one in said["changes"]}
    assert alone.ssh("all1", NUMBERS_LEFT) == "phaseline_collectors"
    verified = environments.call(alone.project, "env", "verify", "testing")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert environments.changed(environments.provision(alone.project, "testing")) == []


@REHEARSED
@pytest.mark.feature("convergence")
def test_a_number_that_another_account_has_is_told_and_no_tenant_stops(alone: Bench) -> None:
    """As when the order of tenants without ports was changed by hand."""
    alone.ssh("all1", "groupmod -g 777 odoo-harbour; groupadd -g $(id -u odoo-harbour) quayside")
    try:
        answer = environments.call(alone.project, "env", "provision", "testing")
        assert alone.ssh("all1", "systemctl is-active odoo@harbour") == "active"
    finally:
        alone.ssh("all1", "groupdel quayside; groupmod -g $(id -u odoo-harbour) odoo-harbour")
    assert answer.returncode != 0
    assert "of its port 8069: quayside has it" in answer.stdout + answer.stderr


@REHEARSED
@pytest.mark.feature("convergence")
def test_debian_twelve_stands_as_debian_thirteen_does(tmp_path: Path) -> None:
    bench = environments.project(tmp_path / "project", {"testing": ("harbour",)})
    try:
        bench.up(environments.ALONE.format(suite="bookworm"))
        environments.provision(bench.project, "testing")
        assert bench.ssh("all1", "psql --version").split()[2].startswith("15.")
        assert environments.changed(environments.provision(bench.project, "testing")) == []
        with environment.connect(bench.project, "testing/harbour") as door:
            assert door.url == "https://harbour.testing.lab.test"
    finally:
        bench.run("down")


def test_a_second_run_changes_nothing_on_any_host(standing: Standing) -> None:
    """The run that follows the first, or the start from a lab that was kept after it."""
    results = standing.second
    assert environments.changed(results) == []
    assert {name for one in results for name in one["hosts"]} == {
        "test1",
        "app1",
        "db1",
        "backup1",
    }
    assert all(counts.get("changed", 0) == 0 for one in results for counts in one["hosts"].values())


def test_nodes_agree_on_numbers_of_accounts_and_dates_of_a_release(lab_project: Path) -> None:
    """What nodes behind one proxy share carries numbers, and Odoo puts dates into addresses."""
    bench = Bench(lab_project)
    for node in ("test1", "app1"):
        ids = bench.ssh(node, "id -u odoo-harbour; id -g odoo-harbour").split()
        assert len(ids) == 2
        assert ids[0] == ids[1]
        home = bench.ssh(node, "readlink -f /opt/odoo/tenants/harbour")
        dates = bench.ssh(node, f"find {home} -type f -printf '%T@\\n' | cut -d. -f1 | sort -u")
        assert dates == str(archive.date(Path(home).name))


def test_an_nginx_that_has_not_read_its_files_is_noticed(lab_project: Path) -> None:
    """As a run leaves it that is killed between a site's file, or a group, and the handler."""
    bench = Bench(lab_project)
    program = base64.b64encode((kit_dir() / "roles/tenant_site/files/stale.py").read_bytes())
    look = f"echo {program.decode()} | base64 -d | python3 -"
    bench.ssh("test1", "systemctl reload nginx; sleep 1")
    assert bench.ssh("test1", look) == ""
    for make, mend in (
        ("touch /etc/nginx/sites-enabled/harbour.conf", ":"),
        ("gpasswd --add www-data games", "gpasswd --delete www-data games"),
    ):
        bench.ssh("test1", make)
        try:
            assert bench.ssh("test1", look) == "stale"
        finally:
            bench.ssh("test1", f"systemctl reload nginx; sleep 1; {mend}")
        assert bench.ssh("test1", look) == ""
    bench.ssh(
        "test1", "touch /etc/phaseline/tls/sites/gone.crt; rm /etc/phaseline/tls/sites/gone.crt"
    )
    assert bench.ssh("test1", look) == ""


@REHEARSED
@pytest.mark.feature("convergence")
def test_check_mode_of_a_standing_environment_predicts_nothing(lab_project: Path) -> None:
    assert environments.changed(environments.provision(lab_project, "testing", "--check")) == []

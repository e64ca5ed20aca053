"""The engine on a real Odoo: both stages applied, applied again, edited, killed, locked, proven."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from phaseline.errors import PhaselineError
from phaseline.files import journal
from phaseline.flows import init
from phaseline.flows.machines import sandbox as sandboxes
from phaseline.flows.stages import apply, drift, plan, sign, verify
from phaseline.flows.stages.apply import Permission
from phaseline.odoo import lock
from phaseline.odoo.drivers.connect import Credentials, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phaseline.core.plan.results import ApplyResult, PlanResult
    from phaseline.hosts.sandbox.sandbox import Running
    from phaseline.odoo.port import Port

pytestmark = pytest.mark.odoo
STAGES = ("foundation", "core_operations")
KEY = "PHASELINE_SECRET_TESTING_ODOO_API_KEY"


@dataclass
class Site:
    """A project whose environment `testing` is a throwaway database."""

    project: Path
    port: Port

    def apply(self, stage: str, **allowed: Any) -> ApplyResult:
        return apply.run(self.project, stage, "testing", Permission(**allowed))

    def plan(self, stage: str | None = None) -> PlanResult:
        return plan.run(self.project, stage, "testing")

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "phaseline", *words, "--env", "testing"]
        return subprocess.Popen(
            [*line, "--project", str(self.project)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ),
        )


def open_site(project: Path, running: Running, database: str) -> Site:
    init.run(project)
    (project / "inventory.ini").write_text(
        f"[testing:vars]\nodoo_url={running.url}\nodoo_database={database}\n"
        "environment_kind=testing\n"
    )
    credentials = Credentials(running.admin_login, None, running.api_key)
    return Site(project, connect(running.url, database, credentials))


@pytest.fixture(scope="module", autouse=True)
def _secrets(sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHASELINE_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv(KEY, sandbox.api_key)
        yield


@pytest.fixture(scope="module")
def site(
    sandbox: Running, tmp_path_factory: pytest.TempPathFactory, _secrets: None
) -> Iterator[Site]:
    """Both stages applied once."""
    with sandboxes.scratch(sandbox) as database:
        made = open_site(tmp_path_factory.mktemp("engine") / "project", sandbox, database)
        made.apply("foundation")
        made.apply("core_operations", override="the test signs nothing")
        yield made


def last_writes(site: Site) -> dict[str, Any]:
    """When each model of the blueprint was written last, how many records it has."""
    models = set(plan_models(site)) | {"ir.model.data", "ir.actions.server"}
    found = {}
    for model in sorted(models):
        rows = site.port.call(
            model, "search_read", domain=[], fields=["write_date"], order="write_date desc",
            limit=1, context={"active_test": False},
        )  # fmt: skip
        count = site.port.call(model, "search_count", domain=[])
        found[model] = (rows[0]["write_date"] if rows else None, count)
    return found


def plan_models(site: Site) -> set[str]:
    return set(site.plan().calls) - {"res.config.settings"}


def test_after_apply_there_is_nothing_to_do(site: Site) -> None:
    assert site.plan().plan.changes == ()


def test_a_second_apply_writes_nothing(site: Site) -> None:
    before = last_writes(site)
    for stage in STAGES:
        assert not site.apply(stage, override="the test signs nothing").applied
    assert last_writes(site) == before


def test_a_plan_of_both_stages_takes_few_calls_a_model(site: Site) -> None:
    result = site.plan()
    assert max(result.calls.values()) <= 6, result.calls


def test_a_change_made_in_odoo_is_told_by_whom_refused_and_overwritten(site: Site) -> None:
    company = site.port.call("res.company", "search_read", domain=[], fields=["phone"], limit=1)
    site.port.call("res.company", "write", [company[0]["id"]], vals={"phone": "+44 1"})
    found = drift.run(site.project, "foundation", "testing")
    assert [one.operation.fields[0].name for one in found.changed] == ["phone"]
    assert found.changed[0].who
    with pytest.raises(PhaselineError, match="phone was changed in Odoo") as error:
        site.apply("foundation")
    assert error.value.exit_code == 5
    assert error.value.faults[0].place
    site.apply("foundation", overwrite={"res.company.phone"})
    assert site.plan().plan.changes == ()


def test_a_setting_changed_in_odoo_is_refused_and_overwritten(site: Site) -> None:
    form = site.port.call(
        "res.config.settings", "create", vals_list=[{"group_purchase_alternatives": False}]
    )
    site.port.call("res.config.settings", "execute", form)
    allowed: dict[str, Any] = {"override": "the test signs nothing"}
    with pytest.raises(
        PhaselineError, match="settings: group_purchase_alternatives was changed in Odoo"
    ):
        site.apply("core_operations", **allowed)
    site.apply("core_operations", **allowed, overwrite={"settings.group_purchase_alternatives"})
    for stage in STAGES:
        assert not site.apply(stage, **allowed).applied
    assert site.plan().plan.changes == ()


def test_a_plan_that_moved_is_refused(site: Site) -> None:
    reviewed = site.plan("foundation").plan.fingerprint
    company = site.port.call("res.company", "search_read", domain=[], fields=["street"], limit=1)
    one = company[0]["id"]
    site.port.call("res.company", "write", [one], vals={"street": "Elsewhere 1"})
    with pytest.raises(PhaselineError, match="the plan is now"):
        site.apply("foundation", fingerprint=reviewed, overwrite={"res.company.street"})
    site.port.call("res.company", "write", [one], vals={"street": company[0]["street"]})


def test_a_second_run_at_the_same_time_is_locked_out(site: Site) -> None:
    company = site.port.call("res.company", "search_read", domain=[], fields=["zip"], limit=1)
    site.port.call("res.company", "write", [company[0]["id"]], vals={"zip": "X"})
    with lock.hold(site.port, "another run"):
        run = site.command("apply", "foundation", "--overwrite", "res.company.zip")
        assert run.wait(timeout=120) == 11
    site.apply("foundation", overwrite={"res.company.zip"})


def test_both_stages_are_proven_and_signed(site: Site) -> None:
    # Odoo resets the shop's tax display when the company's address changes, as it did above.
    reset = {"website.show_line_subtotals_tax_selection"}
    site.apply("core_operations", override="the test signs nothing", overwrite=reset)
    for stage in STAGES:
        verdict = verify.run(site.project, stage, "testing")
        failed = [proof for proof in verdict.proofs if not proof.passed]
        assert verdict.passed, [(one.id, one.evidence[-1]) for one in failed]
        sign.run(site.project, stage, "testing", "A Test")
    assert journal.check(site.project) == ()


def test_killed_applies_end_in_the_same_state(sandbox: Running, tmp_path: Path) -> None:
    """The first seconds hold settings, records and the chart: three kills, then one run."""
    with sandboxes.scratch(sandbox) as database:
        again = open_site(tmp_path / "project", sandbox, database)
        changes = again.plan("foundation").plan.changes
        new = Counter(one.model for one in changes if one.kind == "create" and not one.later)
        before = {model: count(again, model) for model in new}
        for seconds in (1.0, 3.0, 6.0):
            run = again.command("apply", "foundation")
            time.sleep(seconds)
            run.send_signal(signal.SIGKILL)
            run.wait()
            let_go(again)
        again.apply("foundation")
        assert again.plan("foundation").plan.changes == ()
        after = {model: count(again, model) - before[model] for model in new}
        assert after["product.category"] == new["product.category"]
        assert after["account.payment.term"] == new["account.payment.term"]
        shutil.rmtree(tmp_path / "project")


def count(site: Site, model: str) -> int:
    """How many records a model has, archived ones too."""
    context = {"active_test": False}
    found: int = site.port.call(model, "search_count", domain=[], context=context)
    return found


def let_go(site: Site) -> None:
    """Take the lock of a dead run away, instead of waiting for its lease to run out."""
    time.sleep(2)
    domain = [["key", "=", lock.KEY]]
    rows = site.port.call("ir.config_parameter", "search_read", domain=domain, fields=["key"])
    site.port.call("ir.config_parameter", "unlink", [row["id"] for row in rows])

"""The demo: from nothing to two proven stages with real data, by the flows everybody uses.

Each step finds out by itself whether there is anything to do, so a demo that was interrupted goes
on where it stopped, and a second one changes nothing.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.project.project import open_project
from phaseline.flows import doctor, init
from phaseline.flows.data import load, migrate, reconcile, validate
from phaseline.flows.demo.past_journal import Login, is_signed, last, people
from phaseline.flows.demo.steps import Listener, Step, StepResult, run_steps
from phaseline.flows.evidence import report
from phaseline.flows.machines import release, sandbox
from phaseline.flows.stages import apply, drift, plan, sign, verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phaseline.progress import Progress

ENV = "sandbox"
SOURCE = "online_retail"
SIGNER = "phaseline demo (unattended: nobody has looked)"
LACKS = {"state": "H016", "cache": "H016"}  # by what doctor looked at; a program otherwise
QUICK = 1.0  # seconds; a sandbox that was up already is no event


@dataclass(frozen=True, slots=True)
class DemoResult:
    """A demo that is ready to look at."""

    project: Path
    url: str
    logins: tuple[Login, ...]
    report: Path
    steps: tuple[StepResult, ...]
    differences: int
    seconds: float

    def data(self) -> dict[str, Any]:
        """The result as JSON."""
        return {**asdict(self), "project": str(self.project), "report": str(self.report)}


def run(project: Path, listener: Listener) -> DemoResult:
    """Take every step and return where to look."""
    begun = time.monotonic()
    make_project(project)
    steps = run_steps(tuple(steps_of(project)), listener)
    running = sandbox.running(project)
    found = drift.run(project, None, ENV)
    return DemoResult(
        project=project,
        url=running.url,
        logins=(
            Login("Administrator", running.admin_login, running.password),
            *people(project, ENV),
        ),
        report=project / "report.html",
        steps=steps,
        differences=found.count,
        seconds=round(time.monotonic() - begun, 1),
    )


def make_project(project: Path) -> None:
    """Make the example project when it is not there."""
    if not (project / "tenant.yml").is_file():
        init.run(project)


def steps_of(project: Path) -> Iterator[Step]:
    """Yield the story; the data comes first, because a signature binds it as well."""
    yield Step("Look at this machine", partial(look_at_machine, project))
    yield Step("Bring a retailer's data into the templates", partial(bring_data, project))
    yield Step("Build the Odoo 19 release", partial(build_release, project))
    yield Step("Start Odoo and its PostgreSQL", partial(start_sandbox, project))
    for stage in open_project(project).blueprint.stages:
        name = stage.name.replace("_", " ")
        yield Step(f"Plan and apply {name}", partial(apply_stage, project, stage.name))
        yield Step(f"Prove {name}", partial(prove_stage, project, stage.name))
        yield Step(f"Sign {name}", partial(sign_stage, project, stage.name))
    yield Step("Load the data", partial(load_data, project))
    yield Step("Reconcile the data with its source", partial(reconcile_data, project))
    yield Step("Look for drift", partial(look_for_drift, project))
    yield Step("Write the report", partial(write_report, project))


def look_at_machine(project: Path, progress: Progress) -> str:
    """Refuse to begin what can't be ended on this machine."""
    if last(project, "sandbox") and sandbox.status(project).state == "running":
        return "the sandbox runs already"
    progress.step("looking")
    findings = doctor.examine(project).findings
    missing = [one for one in findings if one.needed and not one.fine]
    if missing:
        faults = [Fault(LACKS.get(one.name, "H005"), one.says, None, one.mend) for one in missing]
        raise PhaselineError(*faults)
    return f"{len(findings)} things looked at, all that is needed is here"


def bring_data(project: Path, progress: Progress) -> str:
    """Migrate the retailer's export and validate what comes out."""
    done = last(project, "migrate", "source", SOURCE)
    if done is None:
        progress.step("reading the export")
        done = migrate.run(project, SOURCE, given=None, replace=False).entry()
    if last(project, "validate", "object", done["outputs"][-1]["object"]) is None:
        progress.step("validating every row")
        validate.run(project, "data", env=None, how=validate.ReadOptions(), mark=None)
    rows = sum(output["rows"] for output in done["outputs"])
    return f"{rows} rows for {len(done['outputs'])} objects"


def build_release(project: Path, progress: Progress) -> str:
    """Build the release or find it in the cache."""
    begun = time.monotonic()
    built = release.build(
        release.BuildRequest(release.recipe_folder(project), unpacked=True), progress
    )
    manifest = built.stored.manifest
    if last(project, "release", "id", built.stored.id) is None:
        versions = [one["version"] for one in manifest["components"] if one["role"] == "odoo"]
        payload = {
            "id": built.stored.id,
            "odoo_version": versions[0] if versions else "",
            "components": len(manifest["components"]),
            "fresh": built.fresh,
            "seconds": round(time.monotonic() - begun, 1),
        }
        journal.append(project, "release", ENV, payload)
    return f"{built.stored.id} ({'built' if built.fresh else 'from the cache'})"


def start_sandbox(project: Path, progress: Progress) -> str:
    """Bring the sandbox up."""
    brought = sandbox.up(sandbox.SandboxRequest(project), progress)
    if brought.seconds > QUICK:
        payload = {"action": "up", "seconds": round(brought.seconds, 1)}
        journal.append(project, "sandbox", ENV, payload)
    return f"{brought.running.url}, {len(brought.running.modules)} modules asked for"


def apply_stage(project: Path, stage: str, progress: Progress) -> str:
    """Plan and apply a stage; a signed one is only compared."""
    fingerprint = None
    if not is_signed(project, stage):
        progress.step("planning")
        planned = plan.run(project, stage, ENV)
        fingerprint = planned.plan.fingerprint
        progress.step(f"applying {len(planned.plan.changes)} changes")
    done = apply.run(project, stage, ENV, apply.Permission(fingerprint))
    if not done.applied:
        return f"nothing to do, {done.plan.unchanged} as they should be"
    return f"{len(done.plan.changes)} changes made"


def prove_stage(project: Path, stage: str, progress: Progress) -> str:
    """Run a stage's proofs on a throwaway copy, unless its verdict is signed."""
    if is_signed(project, stage):
        return "signed on this very input already"
    verdict = verify.run(project, stage, ENV, progress=progress)
    broken = [proof for proof in verdict.proofs if not proof.passed]
    if broken:
        hint = f"Run: phaseline verify {stage} --project {project}"
        raise PhaselineError(*(Fault("E010", proof.says, None, hint) for proof in broken))
    return f"all {len(verdict.proofs)} proofs hold"


def sign_stage(project: Path, stage: str, progress: Progress) -> str:
    """Sign a stage, unless it is signed on the same input."""
    if is_signed(project, stage):
        return "signed on this very input already"
    progress.step("signing")
    signed = sign.run(project, stage, ENV, SIGNER)
    return f"input {signed.input_hash[:12]}"


def load_data(project: Path, progress: Progress) -> str:
    """Load every object, and at the first time once more: that must change nothing."""
    first = last(project, "load") is None
    totals = load_once(project, progress)
    if not first:
        return f"{totals['unchanged']} records unchanged, {totals['writes']} writes"
    again = load_once(project, progress)
    made = f"{totals['created']} records made in {totals['seconds']:.0f} s"
    return f"{made}; again: {again['writes']} writes in {again['seconds']:.0f} s"


@dataclass(frozen=True, slots=True)
class _Objects:
    """Says which object of a load is on its way."""

    progress: Progress

    def step(self, name: str, detail: str = "") -> None:
        """Say the object and how many rows it has."""
        self.progress.step(f"{name.replace('_', ' ')}: {detail} rows")


def load_once(project: Path, progress: Progress) -> dict[str, float]:
    """Load every object and return the sums."""
    result = load.run(project, load.LoadRequest("data", ENV), _Objects(progress))
    if result.exit_code:
        message = "not every row came into Odoo"
        hint = f"Run: phaseline data load --project {project}"
        raise PhaselineError(Fault("D042", message, None, hint))
    keys = ("created", "updated", "unchanged", "writes", "seconds")
    return {key: sum(getattr(one, key) for one in result.objects) for key in keys}


def reconcile_data(project: Path, progress: Progress) -> str:
    """Compare both sides."""
    progress.step("counts, sums and samples of both sides")
    result = reconcile.run(project, "data", env=ENV, how=validate.ReadOptions())
    wrong = [check for check in result.checks if not check.agrees]
    if wrong:
        hint = f"Run: phaseline data reconcile --project {project}"
        raise PhaselineError(
            *(
                Fault("D044", f"{one.object} {one.what}: {one.source} in the source, "
                f"{one.odoo} in Odoo", None, hint)
                for one in wrong
            )
        )  # fmt: skip
    return f"{len(result.checks)} of {len(result.checks)} checks agree"


def look_for_drift(project: Path, progress: Progress) -> str:
    """Compare Odoo with the blueprint once more, after everything that happened."""
    progress.step("comparing")
    found = drift.run(project, None, ENV)
    return f"{found.count} differences, {found.unchanged} as they should be"


def write_report(project: Path, progress: Progress) -> str:
    """Write the page of evidence."""
    progress.step("rendering")
    return str(report.write(project).path)

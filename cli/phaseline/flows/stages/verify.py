"""Verify: run a stage's proofs where it is safe, and keep the verdict with all evidence."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from phaseline.core.blueprint.desired import Desired, resolve
from phaseline.core.blueprint.expressions import Scope, Secret
from phaseline.core.proofs.actors import Actor, lookup
from phaseline.core.proofs.results import ProofResult, VerifyResult
from phaseline.errors import Fault, PhaselineError
from phaseline.files import journal
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import Environment, connect, full_name
from phaseline.flows.stages.plan import make
from phaseline.odoo.proofs.lookup_cache import LookupCache
from phaseline.odoo.proofs.runner import Prover
from phaseline.progress import SILENT
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from phaseline.core.blueprint.answers import Answers
    from phaseline.core.blueprint.model import Proof
    from phaseline.odoo.port import Port
    from phaseline.progress import Progress


def run(
    project_dir: Path,
    stage: str,
    env: str,
    only: Collection[str] = (),
    progress: Progress = SILENT,
) -> VerifyResult:
    """Return the verdict on a stage; a run of chosen proofs is not recorded."""
    started = time.monotonic()
    env = full_name(project_dir, env)
    project = open_project(project_dir)
    name = project.stage(stage).name
    input_hash = project.input_hash(name)
    proofs = choose(project.stage(stage).proofs, only)
    with connect(project_dir, env) as environment:
        if only:
            refuse_acts(environment, proofs)
        else:
            refuse_unapplied(project, environment, name)
        with ground(environment, proofs) as (where, database):
            here = prepare(project, environment, name, database)
            results, skipped = here.prove(proofs, progress)
    refuse_changed(project, name, input_hash)
    seconds = round(time.monotonic() - started, 3)
    verdict = VerifyResult(env, name, input_hash, where, results, skipped, seconds)
    if not only:
        data = verdict.data()
        artifact = journal.store(project_dir, data)
        journal.append(project_dir, "verify", env, {**data, "artifact": artifact})
    return verdict


def choose(proofs: tuple[Proof, ...], only: Collection[str]) -> tuple[Proof, ...]:
    """Return the chosen proofs, all when none is chosen."""
    known = [proof.id for proof in proofs]
    for wanted in only:
        if wanted not in known:
            hint = suggest(wanted, known, "Read the stage's 'proves'.")
            raise PhaselineError(Fault("C004", f"no proof '{wanted}'", None, hint))
    return tuple(proof for proof in proofs if not only or proof.id in only)


def refuse_unapplied(project: Project, environment: Environment, stage: str) -> None:
    """Raise when Odoo is not what the stage says: a verdict on something else proves nothing."""
    plan = make(project, environment, (stage,)).plan
    if plan.changes:
        first = ", ".join(f"{one.ref} ({one.summary})" for one in plan.changes[:3])
        message = f"{len(plan.changes)} changes of stage '{stage}' are not applied: {first}"
        hint = f"Run: phaseline apply {stage} --env {environment.name}"
        raise PhaselineError(Fault("E013", message, plan.changes[0].place, hint))


def refuse_changed(project: Project, stage: str, proven: str) -> None:
    """Raise when the input is no longer what the proofs began with: no verdict is on either."""
    now = open_project(project.folder, project.data)
    if project.data.changed() or now.input_hash(stage) != proven:
        message = f"blueprint, tenant file or data changed while stage '{stage}' was verified"
        hint = "Nothing was recorded; leave them alone and verify again."
        raise PhaselineError(Fault("E013", message, None, hint))


def refuse_acts(environment: Environment, proofs: Collection[Proof]) -> None:
    """Raise for chosen proofs that write where that is not safe."""
    if environment.kind == "production":
        hint = "Run it in the sandbox or in a testing environment."
        faults = [
            Fault("E008", f"proof '{proof.id}' writes: not on production", proof.place, hint)
            for proof in proofs
            if proof.acts
        ]
        if faults:
            raise PhaselineError(*faults)


@contextmanager
def ground(environment: Environment, proofs: Collection[Proof]) -> Iterator[tuple[str, str | None]]:
    """Give where the proofs run: a throwaway copy, in place, or nowhere for those that write."""
    if environment.scratch and any(proof.acts for proof in proofs):
        with environment.scratch() as database:
            yield "clone", database
    elif environment.kind == "production":
        yield "in place, reading only", None
    else:
        yield "in place", None


def prepare(project: Project, environment: Environment, stage: str, database: str | None) -> _Run:
    """Return what the proofs of a stage run on."""
    tenant = project.tenant(stage)
    desired = resolve(project.blueprint.upto(stage), tenant)
    admin: Port = environment.port
    if database is not None:
        admin = environment.as_deployer(database)
    refs = LookupCache(admin, [record.ref for record in desired.records])
    return _Run(environment, tenant, actors_of(desired), admin, refs, database)


def actors_of(desired: Desired) -> dict[str, Actor]:
    """Return the tenant's users by the key of their ref `user.KEY`."""
    found = {}
    for record in desired.records:
        login = record.values.get("login")  # of a user that is taken over it may be nobody's
        if login and record.model == "res.users" and record.ref.startswith("user."):
            key = record.ref.removeprefix("user.")
            password = record.initial.get("password")
            secret = password.value if password else None
            name = secret.name if isinstance(secret, Secret) else f"users.{key}"
            found[key] = Actor(str(login.value), name)
    return found


@dataclass
class _Run:
    """The proofs of one stage on one database; users log in once."""

    environment: Environment
    tenant: Answers
    actors: Mapping[str, Actor]
    admin: Port
    refs: LookupCache
    database: str | None
    ports: dict[str, Port] = field(default_factory=dict)

    def prove(
        self, proofs: Collection[Proof], progress: Progress
    ) -> tuple[tuple[ProofResult, ...], tuple[str, ...]]:
        """Run the proofs; return their results, and those that may not run here."""
        results: list[ProofResult] = []
        skipped: list[str] = []
        for number, proof in enumerate(proofs, 1):
            scope = Scope({"tenant": self.tenant.answers}, [])
            if not scope.holds(proof.when):
                continue
            if proof.acts and self.environment.kind == "production":
                skipped.append(proof.id)
                continue
            result = self.one(proof, scope)
            mark = "passed" if result.passed else "FAILED"
            progress.step(f"{number}/{len(proofs)} {mark} {proof.id} ({result.seconds} s)")
            results.append(result)
        for port in self.ports.values():
            port.close()
        return tuple(results), tuple(skipped)

    def one(self, proof: Proof, scope: Scope) -> ProofResult:
        """Run one proof."""
        started = time.monotonic()
        today = datetime.now(UTC).date().isoformat()
        prover = Prover(self.admin, self.port_of, scope, self.refs, today)
        passed = prover.run(proof)
        return ProofResult(
            id=proof.id,
            says=proof.says,
            covers=tuple(proof.covers),
            place=str(proof.place),
            passed=passed,
            seconds=round(time.monotonic() - started, 3),
            evidence=tuple(prover.evidence),
        )

    def port_of(self, key: str) -> Port:
        """Return the port of one of the tenant's users."""
        if key not in self.ports:
            actor = lookup(self.actors, key)
            password = self.environment.secrets.get(actor.secret)
            self.ports[key] = self.environment.as_user(actor.login, password, self.database)
        return self.ports[key]

"""The gate board of one stage in one environment: planned, applied, proven, signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.evidence.events import Event, count, last

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CHANGE_KINDS = ("create", "adopt", "update", "call", "install", "setting", "delete")


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps of a gate: planned, applied, proven, signed."""

    name: str
    state: str  # done | failed | open
    event: Event | None
    note: str


@dataclass(frozen=True, slots=True)
class Model:
    """How many changes of each kind a stage made to one Odoo model."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All changes of the model."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in one environment: its gate, what was applied and what was proven."""

    name: str
    env: str
    steps: tuple[Step, ...]
    changes: tuple[Mapping[str, Any], ...]
    models: tuple[Model, ...]
    unchanged: int
    proofs: tuple[Mapping[str, Any], ...]
    where: str
    skipped: tuple[str, ...]
    signature_holds: bool

    @property
    def passed(self) -> int:
        """How many proofs hold."""
        return sum(1 for proof in self.proofs if proof.get("passed"))

    @property
    def signed(self) -> bool:
        """Whether a person signed what was proven last."""
        return self.steps[-1].state == "done"

    @property
    def failed(self) -> bool:
        """Whether a step of the gate failed."""
        return any(step.state == "failed" for step in self.steps)

    @property
    def first_open(self) -> str:
        """What the first step that is not done says."""
        return next((step.note for step in self.steps if step.state != "done"), "done")

    @property
    def dangerous(self) -> tuple[Mapping[str, Any], ...]:
        """The changes that reach administrator-level trust, with the reason given."""
        return tuple(change for change in self.changes if change.get("dangerous"))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of change that occur."""
        present = {kind for model in self.models for kind in model.counts}
        return (
            *(kind for kind in CHANGE_KINDS if kind in present),
            *sorted(present - {*CHANGE_KINDS}),
        )

    @property
    def bars(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """The models with their counts, as a chart takes them."""
        return tuple((model.name, model.counts) for model in self.models)


def board(name: str, journal: Sequence[Event], env: str = "") -> Stage:
    """Return the gate board of one stage in one environment; what happened in others is not its."""
    events = [event for event in journal if event.env == env]
    proven = last(events, "verify", name)
    signed = last(events, "sign", name)
    plans = applied_plans(name, events)
    changes = tuple(change for plan in plans for change in plan.payload.get("changes", ()))
    holds = signed is not None and proven is not None and same_input(proven, signed)
    return Stage(
        name=name,
        env=env,
        steps=(
            planned_step(last(events, "plan", name), changes),
            applied_step(name, events),
            proven_step(proven),
            signed_step(signed, signers(name, events, signed), holds=holds),
        ),
        changes=changes,
        models=models(changes),
        unchanged=max((int(count(plan, "unchanged")) for plan in plans), default=0),
        proofs=tuple(proven.payload.get("proofs", ())) if proven else (),
        where=str(proven.payload.get("where", "")) if proven else "",
        skipped=tuple(map(str, proven.payload.get("skipped", ()))) if proven else (),
        signature_holds=holds,
    )


def same_input(proven: Event, signed: Event) -> bool:
    """Return whether a signature is on the input of a passed verdict."""
    same = proven.payload.get("input_hash") == signed.payload.get("input_hash")
    return same and proven.payload.get("verdict") == "passed"


def applied_plans(name: str, events: Sequence[Event]) -> list[Event]:
    """Return the plans of a stage that were applied and changed something, one a fingerprint."""
    finished = {
        event.payload.get("fingerprint")
        for event in events
        if event.kind in ("apply", "apply_finished") and event.stage == name
    }
    found = {
        event.payload.get("fingerprint"): event
        for event in events
        if event.kind == "plan"
        and event.stage == name
        and event.payload.get("fingerprint") in finished
        and event.payload.get("changes")
    }
    return list(found.values())


def models(changes: Iterable[Mapping[str, Any]]) -> tuple[Model, ...]:
    """Return the changes counted by model, the largest first."""
    counts: dict[str, dict[str, int]] = {}
    for change in changes:
        model = counts.setdefault(str(change.get("model") or change.get("kind") or "?"), {})
        kind = str(change.get("kind", "update"))
        model[kind] = model.get(kind, 0) + 1
    found = [Model(name, kinds) for name, kinds in counts.items()]
    return tuple(sorted(found, key=lambda model: (-model.total, model.name)))


def planned_step(event: Event | None, changes: Sequence[Mapping[str, Any]]) -> Step:
    """Return the step of the last plan."""
    if event is None:
        return Step("planned", "open", None, "no plan yet")
    pending = sum(count(event, kind) for kind in CHANGE_KINDS)
    note = f"{len(changes)} changes applied" if changes else f"{pending} changes"
    return Step("planned", "done", event, note)


def applied_step(name: str, events: Sequence[Event]) -> Step:
    """Return the step of the last apply; one that was started and not finished is a failure."""
    started = last(events, "apply_started", name)
    done = last(events, "apply", name) or last(events, "apply_finished", name)
    finished = last(events, "apply_finished", name)
    end = max((event.seq for event in (done, finished) if event), default=0)
    if done is None or (started is not None and started.seq > end):
        state = "open" if started is None else "failed"
        return Step("applied", state, started, "not applied" if started is None else "interrupted")
    seconds = float(done.payload.get("seconds", 0))
    return Step("applied", "done", done, f"in {seconds:.0f} s" if seconds else "applied")


def proven_step(event: Event | None) -> Step:
    """Return the step of the last verdict."""
    if event is None:
        return Step("proven", "open", None, "no proof has run")
    proofs = event.payload.get("proofs", ())
    held = sum(1 for proof in proofs if proof.get("passed"))
    state = "done" if event.payload.get("verdict") == "passed" else "failed"
    return Step("proven", state, event, f"{held} of {len(proofs)} proofs hold")


def signers(name: str, events: Iterable[Event], signed: Event | None) -> tuple[str, ...]:
    """Return everybody who signed the same input of a stage in the same environment."""
    if signed is None:
        return ()
    same = (signed.env, signed.payload.get("input_hash"))
    persons = (
        str(event.payload.get("person", event.who))
        for event in events
        if event.kind == "sign" and event.stage == name
        if (event.env, event.payload.get("input_hash")) == same
    )
    return tuple(dict.fromkeys(persons))


def signed_step(event: Event | None, persons: tuple[str, ...], *, holds: bool) -> Step:
    """Return the step of the last signature."""
    if event is None:
        return Step("signed", "open", None, "nobody has signed")
    if not holds:
        return Step("signed", "failed", event, "signed, but not on the latest verdict")
    return Step("signed", "done", event, f"by {' and '.join(persons)}")

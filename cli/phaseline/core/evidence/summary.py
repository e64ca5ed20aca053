"""What a journal proves, as one picture: stages, proofs, data, times; drawing it lives in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.evidence.events import Event, last_payload, newest
from phaseline.core.evidence.stage_status import Stage, board

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GATES = frozenset({"plan", "apply_started", "apply_finished", "apply", "verify", "sign"})
NOT_IN_ODOO = ("rejected", "unknown", "not_sent")


@dataclass(frozen=True, slots=True)
class Row:
    """One capability row and the proofs that cover it."""

    id: str
    proofs: tuple[tuple[str, str, bool, str], ...]  # stage, proof, passed, environment

    @property
    def proven(self) -> bool:
        """Whether it has proofs and each of them holds."""
        return bool(self.proofs) and all(proof[2] for proof in self.proofs)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages whose proofs cover it."""
        return tuple(dict.fromkeys(proof[0] for proof in self.proofs))


@dataclass(frozen=True, slots=True)
class Loads:
    """What happened to one object in one environment: its first load, and the last one after it."""

    object: str
    env: str
    first: Mapping[str, Any]
    last: Mapping[str, Any] | None

    @property
    def runs(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The loads with what to call them."""
        return (("first", self.first), *([("again", self.last)] if self.last else []))


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of work that took time."""

    label: str
    kind: str
    seconds: float
    time: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the report says."""

    stages: tuple[Stage, ...]
    rows: tuple[Row, ...]
    quality: tuple[Mapping[str, Any], ...]
    loads: tuple[Loads, ...]
    reconciliation: Mapping[str, Any] | None
    migrations: tuple[Mapping[str, Any], ...]
    release: Mapping[str, Any] | None
    spans: tuple[Span, ...]
    signatures: tuple[Event, ...]
    overrides: tuple[Event, ...]
    environments: tuple[str, ...]
    events: int
    head: str

    @property
    def grouped(self) -> tuple[tuple[str, tuple[Stage, ...]], ...]:
        """The stages by environment, in the order the environments were first used."""
        names = dict.fromkeys(stage.env for stage in self.stages)
        return tuple((env, tuple(s for s in self.stages if s.env == env)) for env in names)

    @property
    def proof_count(self) -> tuple[int, int]:
        """How many proofs hold, and how many there are."""
        return sum(stage.passed for stage in self.stages), sum(
            len(stage.proofs) for stage in self.stages
        )

    @property
    def rows_loaded(self) -> int:
        """How many data rows are in Odoo after the last load of each object."""
        runs = [load.last or load.first for load in self.loads]
        lost = sum(int(run.get(key, 0)) for run in runs for key in NOT_IN_ODOO)
        return sum(int(run.get("rows", 0)) for run in runs) - lost

    @property
    def trouble(self) -> tuple[str, ...]:
        """What does not hold or is not finished, a sentence each; the failures first."""
        found = []
        if self.reconciliation and not agrees(self.reconciliation):
            found.append("The data in Odoo differs from its source.")
        for stage in (*(s for s in self.stages if s.failed), *self.stages):
            where = f" in {stage.env}" if len(self.grouped) > 1 else ""
            sentence = f"{spoken(stage.name)}{where}: {stage.first_open}."
            if not stage.signed and sentence not in found:
                found.append(sentence)
        return tuple(found)

    @property
    def verdict(self) -> str:
        """One word for everything: good, open or bad."""
        differs = self.reconciliation is not None and not agrees(self.reconciliation)
        if differs or any(stage.failed for stage in self.stages):
            return "bad"
        done = bool(self.stages) and all(stage.signed for stage in self.stages)
        return "good" if done else "open"


def agrees(reconciliation: Mapping[str, Any]) -> bool:
    """Return whether every check of a reconciliation agrees."""
    return all(check.get("agrees") for check in reconciliation.get("checks", ()))


def spoken(name: str) -> str:
    """Return a snake_case name as words."""
    return name.replace("_", " ").capitalize()


def gather(
    journal: Sequence[Event],
    stages: Sequence[str] = (),
    promised: Iterable[str] = (),
    env: str | None = None,
) -> Evidence:
    """Return what the events prove, in one environment or in each that has stages.

    `stages` gives the order and names those not begun; `promised` rows are told though no proof
    covers them. What belongs to no environment, as a migration, is told with each of them.
    """
    events = [event for event in journal if env in (None, event.env) or not event.env]
    names = list(dict.fromkeys([*stages, *(event.stage for event in events if event.stage)]))
    staged = dict.fromkeys(event.env for event in events if event.kind in GATES)
    boards = tuple(board(name, events, one) for one in staged or [env or ""] for name in names)
    return Evidence(
        stages=boards,
        rows=coverage(boards, promised),
        quality=tuple(newest(events, "validate", "object").values()),
        loads=loads(events),
        reconciliation=reconciled(events),
        migrations=tuple(newest(events, "migrate", "source").values()),
        release=last_payload(events, "release"),
        spans=tuple(spans(events)),
        signatures=tuple(event for event in events if event.kind == "sign"),
        overrides=tuple(event for event in events if event.kind == "override"),
        environments=tuple(dict.fromkeys(event.env for event in events if event.env)),
        events=len(journal),
        head=journal[-1].hash if journal else "",
    )


def coverage(stages: Iterable[Stage], promised: Iterable[str] = ()) -> tuple[Row, ...]:
    """Return the capability rows with the proofs that name them; promised ones may have none."""
    rows: dict[str, list[tuple[str, str, bool, str]]] = {row: [] for row in promised}
    for stage in stages:
        for proof in stage.proofs:
            for row in proof.get("covers", ()):
                held = bool(proof.get("passed"))
                entry = (stage.name, str(proof.get("id")), held, stage.env)
                rows.setdefault(str(row), []).append(entry)
    return tuple(Row(row, tuple(proofs)) for row, proofs in sorted(rows.items(), key=row_order))


def row_order(item: tuple[str, Any]) -> tuple[str, int, str]:
    """Return a key that puts A2 before A10."""
    name = item[0]
    letters = name.rstrip("0123456789abcdefghijklmnopqrstuvwxyz")
    digits = "".join(char for char in name if char.isdigit())
    return letters, int(digits or 0), name


def loads(events: Sequence[Event]) -> tuple[Loads, ...]:
    """Return the first and the last load of each object in each environment."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for event in events:
        if event.kind == "load":
            key = (str(event.payload.get("object")), event.env)
            found.setdefault(key, []).append(event.payload)
    return tuple(
        Loads(name, env, all_of[0], all_of[-1] if len(all_of) > 1 else None)
        for (name, env), all_of in found.items()
    )


def reconciled(events: Iterable[Event]) -> Mapping[str, Any] | None:
    """Return the checks of the last reconciliation of each environment, None without any."""
    newest_of = {event.env: event.payload for event in events if event.kind == "reconcile"}
    checks = [
        {**check, "env": env}
        for env, payload in newest_of.items()
        for check in payload.get("checks", ())
    ]
    return {"checks": checks} if newest_of else None


def spans(events: Iterable[Event]) -> Iterable[Span]:
    """Yield each event that says how long it took."""
    for event in events:
        seconds = event.payload.get("seconds")
        if isinstance(seconds, (int, float)) and seconds > 0:
            about = event.payload.get("stage") or event.payload.get("object")
            detail = about or event.payload.get("action") or event.payload.get("source") or ""
            kind = event.kind.removesuffix("_finished")
            yield Span(f"{kind} {detail}".strip(), kind, float(seconds), event.time)

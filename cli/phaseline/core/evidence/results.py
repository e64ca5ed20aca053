"""What status, sign and history come to; `data` is what is printed as JSON and journalled."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phaseline.core.evidence.events import Event
    from phaseline.core.identity import ForeignRecord

STEPS = ("planned", "applied", "verified", "signed")


@dataclass(frozen=True, slots=True)
class LastStep:
    """The last time a step of a stage was taken; `current` is false when the input moved since."""

    seq: int
    time: str
    who: str
    verdict: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class StageState:
    """How far one stage is; `foreign` is what the last plan found of another database."""

    stage: str
    input_hash: str
    faults: int
    planned: LastStep | None
    applied: LastStep | None
    verified: LastStep | None
    signed: LastStep | None
    unfinished: bool
    foreign: tuple[ForeignRecord, ...] = ()

    @property
    def steps(self) -> tuple[LastStep | None, ...]:
        """The steps in their order."""
        return (self.planned, self.applied, self.verified, self.signed)

    def data(self) -> dict[str, Any]:
        """The state as JSON; `foreign` is there when there is any."""
        found = asdict(self)
        found["foreign"] = [one.data() for one in self.foreign]
        return {key: found[key] for key in found if key != "foreign" or found[key]}


@dataclass(frozen=True, slots=True)
class StatusResult:
    """How far each stage is in an environment."""

    environment: str
    stages: tuple[StageState, ...]

    def data(self) -> dict[str, Any]:
        """The status as JSON."""
        return {"environment": self.environment, "stages": [one.data() for one in self.stages]}


@dataclass(frozen=True, slots=True)
class SignResult:
    """A signature: who answers for which verdict on which input, and the proof that they did."""

    stage: str
    person: str
    environment: str
    environment_kind: str
    input_hash: str
    verdict: str
    verdict_seq: int
    verdict_hash: str
    time: str
    public_key: str = ""
    signature: str = ""

    def data(self) -> dict[str, Any]:
        """The signature as JSON, which is what the journal keeps of it too."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class HistoryResult:
    """The journal's entries in order."""

    events: tuple[Event, ...]

    def data(self) -> dict[str, Any]:
        """The history as JSON; what an entry holds is told in a few words."""
        names = ("seq", "time", "who", "host", "env", "kind")
        return {
            "entries": [
                {**{name: getattr(one, name) for name in names}, "what": one.summary}
                for one in self.events
            ]
        }

"""What a blueprint is made of: stages, decisions, records, calls, proofs, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.node import Node
    from phaseline.errors import Place


@dataclass(frozen=True, slots=True)
class Decision:
    """A question the tenant file must answer, with the type of the answer."""

    path: str
    type: str
    ask: str
    place: Place
    of: tuple[str, ...] = ()
    optional: bool = False
    default: Node | None = None
    fields: Node | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """The state that shows that a call has done its work."""

    model: str
    domain: Node
    expect: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class CallSpec:
    """A method to call while its `until` does not hold."""

    method: str
    on: Node | None
    arguments: Mapping[str, Node]
    until: Until


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """A record as written: before `each`, `when` and `${...}` are worked out."""

    ref: Node
    model: str
    place: Place
    each: tuple[tuple[str, Node], ...] = ()
    when: Node | None = None
    unless: Node | None = None
    adopt: Node | None = None
    create: bool = True
    absent: bool = False
    values: Mapping[str, Node] = field(default_factory=dict)
    initial: Mapping[str, Node] = field(default_factory=dict)
    call: CallSpec | None = None
    dangerous: Node | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A declared proof: checks that read, or steps that act."""

    id: str
    says: str
    place: Place
    covers: tuple[str, ...] = ()
    reads: tuple[Node, ...] = ()
    acts: tuple[Node, ...] = ()
    when: Node | None = None


@dataclass(frozen=True, slots=True)
class StageFile:
    """One file of a stage.

    Modules in `community` provide its `capability` and are installed; those in `enterprise` are
    what Odoo's own edition has for it.
    """

    name: str
    about: str = ""
    capability: str = ""
    community: tuple[Node, ...] = ()
    enterprise: tuple[Node, ...] = ()
    needs: tuple[Node, ...] = ()
    decisions: tuple[Decision, ...] = ()
    modules: tuple[Node, ...] = ()
    settings: Mapping[str, Node] = field(default_factory=dict)
    records: tuple[RecordSpec, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: its files in order and the hashes of everything it is made of."""

    name: str
    folder: str
    files: tuple[StageFile, ...]
    hashes: Mapping[str, str]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of the stage in file order."""
        return tuple(decision for file in self.files for decision in file.decisions)

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Every proof of the stage in file order."""
        return tuple(proof for file in self.files for proof in file.proofs)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A named row of stages for one version of Odoo."""

    name: str
    odoo: str
    stages: tuple[Stage, ...]

    def upto(self, stage: str) -> tuple[Stage, ...]:
        """The stages up to and including the named one."""
        names = [one.name for one in self.stages]
        return self.stages[: names.index(stage) + 1]

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of every stage, the first of each path."""
        found: dict[str, Decision] = {}
        for stage in self.stages:
            for decision in stage.decisions:
                found.setdefault(decision.path, decision)
        return tuple(found.values())

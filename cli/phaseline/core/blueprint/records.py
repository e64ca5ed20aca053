"""Wanted records, worked out: values, calls and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import Ref, Secret

if TYPE_CHECKING:
    from phaseline.errors import Place


@dataclass(frozen=True, slots=True)
class OwnedField:
    """A value we own, the place that says so, and why it must be when it is dangerous."""

    value: Any
    place: Place
    dangerous: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its arguments worked out, and the state that shows it was made."""

    method: str
    on: Ref | None
    arguments: Mapping[str, Any]
    model: str
    domain: Any
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One wanted record; `parent` is the ref and one2many field of the record it is a line of."""

    ref: str
    model: str
    stage: str
    place: Place
    values: Mapping[str, OwnedField] = field(default_factory=dict)
    initial: Mapping[str, OwnedField] = field(default_factory=dict)
    adopt: Any = None
    create: bool = True
    absent: bool = False
    call: Call | None = None
    needs: tuple[str, ...] = ()
    parent: tuple[str, str] | None = None
    dangerous: str = ""

    def refs(self) -> Iterator[Ref]:
        """Every ref the record mentions."""
        for owned in (*self.values.values(), *self.initial.values()):
            yield from refs_in(owned.value)
        yield from refs_in(self.adopt)
        if self.call:
            yield from refs_in([self.call.on, self.call.domain])
            yield from refs_in([dict(self.call.arguments), dict(self.call.expect)])
        for name in (*self.needs, *([self.parent[0]] if self.parent else [])):
            yield Ref(name, "", self.place)


def refs_in(value: Any) -> Iterator[Ref]:
    """Every ref inside a worked-out value."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, Ref))


def secrets_in(value: Any) -> Iterator[Secret]:
    """Every secret inside a worked-out value."""
    return (leaf for leaf in leaves(value) if isinstance(leaf, Secret))


def leaves(value: Any) -> Iterator[Any]:
    """Everything inside lists and mappings that is neither."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item)
    else:
        yield value

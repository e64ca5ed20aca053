"""Reads `data_templates/<object>/spec.yml` into a `Spec`; unknown keys are faults, all at once."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import yaml

from phaseline.errors import Fault, PhaselineError, Place
from phaseline.masterdata.spec import TYPES, Balance, Column, ObjectSpec, RecordTemplate, RuleUse
from phaseline.masterdata.validation.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C is ten times as fast
TOP = frozenset(
    {"format", "object", "version", "title", "about", "owner", "order", "key", "loader"}
    | {"columns", "rules", "records", "sums", "balance"}
)
OF_COLUMN = frozenset(
    {"type", "required", "length", "decimals", "at_least", "above", "at_most", "choices"}
    | {"references", "found_by", "known", "default", "field", "unit", "says", "example"}
)
OF_RECORD = frozenset(
    {"name", "model", "key", "when", "unless", "adopt", "ask", "fields", "always"}
    | {"initial", "context"}
)
OF_BALANCE = frozenset({"of", "once"})
OF_RULE = frozenset({"rule", "columns", "group"})


def folder(kit: Path) -> Path:
    """Return where the kit keeps its data templates."""
    return kit / "data_templates"


def names(kit: Path) -> tuple[str, ...]:
    """Return the names of all objects in load order."""
    return tuple(spec.name for spec in read_all(kit))


def read_all(kit: Path) -> tuple[ObjectSpec, ...]:
    """Return every spec of the kit in load order."""
    files = sorted(folder(kit).glob("*/spec.yml"))
    return tuple(sorted((read(path) for path in files), key=lambda spec: spec.order))


def lookup(kit: Path, name: str) -> ObjectSpec:
    """Return the spec of an object, or say which objects there are."""
    path = folder(kit) / name / "spec.yml"
    known = names(kit)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise PhaselineError(
            Fault("D040", f"there is no object '{name}'", hint=f"{hint}Use: {', '.join(known)}.")
        )
    return read(path)


def read(path: Path) -> ObjectSpec:
    """Return the spec of a file."""
    raw = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 (it is the safe one)
    faults = list(_faults(raw, path))
    if faults:
        raise PhaselineError(*faults)
    return ObjectSpec(
        name=raw["object"],
        version=raw["version"],
        title=raw["title"],
        about=raw["about"],
        owner=raw["owner"],
        order=raw["order"],
        key=tuple(raw["key"]),
        columns=tuple(_column(name, said) for name, said in raw["columns"].items()),
        rules=tuple(
            RuleUse(said["rule"], tuple(said["columns"]), tuple(said.get("group", ())))
            for said in raw["rules"]
        ),
        shapes=tuple(_shape(said) for said in raw["records"]),
        loader=raw.get("loader", "records"),
        sums=tuple(raw.get("sums", ())),
        balance=_balance(raw["balance"]) if "balance" in raw else None,
    )


def _faults(raw: Mapping[str, Any], path: Path) -> Iterable[Fault]:
    place = Place(str(path))
    yield from _unknown(raw, TOP, "the spec", place)
    for name, said in raw.get("columns", {}).items():
        yield from _unknown(said, OF_COLUMN, f"column {name}", place)
        if said.get("type") not in TYPES:
            yield Fault("D041", f"column {name} has no known type", place, "See README.md.")
    for said in raw.get("records", ()):
        yield from _unknown(said, OF_RECORD, f"record {said.get('name')}", place)
    yield from _of_balance(raw, place)
    for said in raw.get("rules", ()):
        yield from _unknown(said, OF_RULE, f"rule {said.get('rule')}", place)
        if said.get("rule") not in RULES:
            yield Fault("D041", f"there is no rule '{said.get('rule')}'", place, "See README.md.")
        for column in (*said.get("columns", ()), *said.get("group", ())):
            if column not in raw["columns"]:
                yield Fault("D041", f"rule {said['rule']} names no column '{column}'", place)


def _of_balance(raw: Mapping[str, Any], place: Place) -> Iterable[Fault]:
    said = raw.get("balance")
    if said is not None:
        yield from _unknown(said, OF_BALANCE, "the balance", place)
        for column in (said.get("of"), *said.get("once", ())):
            if column not in raw["columns"]:
                yield Fault("D041", f"the balance names no column '{column}'", place)


def _unknown(
    said: Mapping[str, Any], known: frozenset[str], what: str, place: Place
) -> Iterable[Fault]:
    for key in said:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(sorted(known))}."
            yield Fault("D041", f"{what} has an unknown key '{key}'", place, hint)


def _column(name: str, said: Mapping[str, Any]) -> Column:
    found_by = said.get("found_by")
    return Column(
        name=name,
        type=said["type"],
        says=said["says"],
        example=said.get("example", ""),
        required=said.get("required", False),
        maximum_length=said.get("length", 255),
        decimals=said.get("decimals", 2),
        at_least=_decimal(said.get("at_least")),
        above=_decimal(said.get("above")),
        at_most=_decimal(said.get("at_most")),
        choices=tuple(said.get("choices", ())),
        references=said.get("references"),
        found_by=tuple(found_by.split("/")) if found_by else None,
        known=tuple(said.get("known", ())),
        default=said.get("default", ""),
        field=said.get("field", ""),
        unit=said.get("unit", ""),
    )


def _balance(said: Mapping[str, Any]) -> Balance:
    return Balance(said["of"], tuple(said["once"]))


def _decimal(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)


def _shape(said: Mapping[str, Any]) -> RecordTemplate:
    return RecordTemplate(
        name=said["name"],
        model=said["model"],
        key=tuple(said["key"]),
        fields=tuple(said["fields"].items()),
        always=tuple(said.get("always", {}).items()),
        initial=tuple(said.get("initial", {}).items()),
        when=tuple(said.get("when", ())),
        unless=tuple(said.get("unless", ())),
        adopt=tuple(said.get("adopt", ())),
        ask=tuple(said.get("ask", ())),
        context=tuple(said.get("context", {}).items()),
    )

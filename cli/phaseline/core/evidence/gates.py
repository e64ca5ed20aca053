"""The gate between stages: what must be signed before a stage is applied; pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Signature:
    """A signed verdict: which stage, where, on which input, by whom."""

    stage: str
    env: str
    input_hash: str
    person: str
    time: str


def evaluate(
    stage: str,
    env: str,
    predecessors: Iterable[tuple[str, str]],
    signatures: Iterable[Signature],
) -> Iterator[Fault]:
    """Yield a fault for every stage before that is not signed here on the same input.

    `predecessors` are stages with the hash of their input as it is now.
    """
    signed = list(signatures)
    for name, input_hash in predecessors:
        here = [one for one in signed if (one.stage, one.env) == (name, env)]
        if any(one.input_hash == input_hash for one in here):
            continue
        what = "is signed on another input" if here else "is not signed"
        message = f"stage '{stage}' waits: stage '{name}' {what} in '{env}'"
        hint = f"Run: phaseline verify {name} --env {env}, then phaseline sign {name} --env {env}"
        yield Fault("E002", message, None, hint)


def check_production(
    stage: str,
    input_hash: str,
    signatures: Iterable[Signature],
    testing: Iterable[str],
    dangerous: Sequence[str] = (),
) -> Iterator[Fault]:
    """Yield the fault of a production apply that testing has not proven.

    What is `dangerous` wants the signatures of two persons, each on this very input.
    """
    environments = set(testing)
    signed = [one for one in signatures if (one.stage, one.input_hash) == (stage, input_hash)]
    persons = {known_as(one.person): one.person for one in signed if one.env in environments}
    if not persons:
        message = f"stage '{stage}' carries no testing signature on this input"
        hint = f"Verify and sign it in testing, or give a reason: --override REASON ({stage})"
        yield Fault("E009", message, None, hint)
    elif dangerous and len(persons) == 1:
        (only,) = persons.values()
        message = (
            f"stage '{stage}' holds {in_short(dangerous)} and only {only} signed it in testing"
        )
        hint = f'Have another person look and run: phaseline sign {stage} --env ENV --person "NAME"'
        yield Fault("E014", message, None, hint)


def known_as(person: str) -> str:
    """Return a name as it is compared: case, spaces and forms of letters make no other person."""
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())


def in_short(dangerous: Sequence[str]) -> str:
    """Return the first of the dangerous things and how many there are."""
    more = f" and {len(dangerous) - 1} more" if len(dangerous) > 1 else ""
    return f"what is dangerous ({dangerous[0]}{more})"

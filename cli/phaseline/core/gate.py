"""The gate between stages: what must be signed before a stage is applied; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Signature:
    """A signed verdict: which stage, where, on which input, by whom."""

    stage: str
    env: str
    input_hash: str
    person: str
    time: str


def judge(
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


def judge_production(
    stage: str, input_hash: str, signatures: Iterable[Signature], testing: Iterable[str]
) -> Iterator[Fault]:
    """Yield the fault of a production apply that no testing environment has proven."""
    environments = set(testing)
    for one in signatures:
        same = one.stage == stage and one.input_hash == input_hash
        if same and one.env in environments:
            return
    message = f"stage '{stage}' carries no testing signature on this input"
    hint = f"Verify and sign it in testing, or give a reason: --override REASON ({stage})"
    yield Fault("E009", message, None, hint)

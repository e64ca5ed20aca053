"""Turns the `proves` part of a stage file into types and checks the form of every step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phaseline.core.blueprint import privileges
from phaseline.core.blueprint.model import Proof
from phaseline.core.node import to_python
from phaseline.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phaseline.core.node import Node
    from phaseline.files.yaml.schema import Reader

PROOF_KEYS = ("id", "says", "covers", "when", "dangerous", "reads", "acts")
READ_KEYS = ("model", "domain", "as", "expect", "count", "every", "context", "order", "limit")
JUDGES = ("expect", "count", "every")
VERBS = ("create", "write", "call", "search", "read", "expect", "expect_refused", "unlink")
EXTRAS = ("as", "with", "context", "keep", "on", "expect_count", "because", "order", "limit")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def decode_proof(reader: Reader, node: Node) -> Proof:
    """Return one proof; its steps keep their nodes, their form is checked here."""
    entries = reader.mapping(node, PROOF_KEYS, ("id", "says"))
    identity = reader.text(entries.get("id"))
    if "id" in entries and not NAME.fullmatch(identity):
        message = f"'{identity}' is no snake_case sentence"
        reader.faults.append(Fault("B014", message, entries["id"].place))
    reads = reader.sequence(entries.get("reads"))
    acts = reader.sequence(entries.get("acts"))
    if not reads and not acts:
        reader.faults.append(Fault("B006", "a proof needs 'reads' or 'acts'", node.place))
    for read in reads:
        check_read(reader, read)
    for step in acts:
        check_step(reader, step)
    check_trust(reader, entries.get("dangerous"), acts)
    return Proof(
        id=identity,
        says=reader.text(entries.get("says")),
        place=node.place,
        covers=reader.texts(entries.get("covers")),
        reads=reads,
        acts=acts,
        when=entries.get("when"),
    )


def check_trust(reader: Reader, reason: Node | None, acts: Iterable[Node]) -> None:
    """Note the first step that reaches administrator-level trust when no reason is given."""
    if reason is not None:
        if len(reader.text(reason).split()) < privileges.WORDS:
            reader.faults.append(privileges.no_reason(reason.place))
        return
    for step in acts:
        for what, why in privileges.of_step(
            {key: to_python(one) for key, one in step.entries.items()}
        ):
            hint = "Say in the proof why it must be: dangerous: a sentence."
            reader.faults.append(privileges.fault(f"this step ({what})", why, step.place, hint))
            return


def check_read(reader: Reader, node: Node) -> None:
    """Note what is wrong with a reading check."""
    entries = reader.mapping(node, READ_KEYS, ("model", "domain"))
    if isinstance(node.value, dict) and not any(key in entries for key in JUDGES):
        message = "a check needs one of expect, count, every"
        reader.faults.append(Fault("B006", message, node.place))


def check_step(reader: Reader, node: Node) -> None:
    """Note what is wrong with a step: exactly one verb, and mappings where they belong."""
    entries = reader.mapping(node, VERBS + EXTRAS)
    verbs = [key for key in entries if key in VERBS]
    if len(verbs) > 1 or (not verbs and set(entries) != {"as"}):
        message = f"a step has exactly one verb, this one has {len(verbs)}"
        hint = f"Verbs: {', '.join(VERBS)}."
        reader.faults.append(Fault("B005", message, node.place, hint))
    for verb in verbs:
        check_verb(reader, verb, entries[verb])


def check_verb(reader: Reader, verb: str, body: Node) -> None:
    """Note a body that does not fit its verb."""
    if verb in {"call", "unlink"}:
        reader.text(body)
    elif verb == "expect_refused":
        entries = reader.mapping(body, VERBS + EXTRAS)
        inner = [key for key in entries if key in VERBS]
        if len(inner) != 1:
            reader.faults.append(Fault("B005", "expect_refused holds exactly one verb", body.place))
    elif not reader.mapping(body) and isinstance(body.value, dict):
        reader.faults.append(Fault("B006", f"{verb} is empty", body.place))

"""Turns a blueprint's files into types, once: keys, forms, places; core works out the meaning."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from phaseline.core.blueprint.answers import TYPES
from phaseline.core.blueprint.model import (
    Blueprint,
    CallSpec,
    Decision,
    RecordSpec,
    Stage,
    StageFile,
    Until,
)
from phaseline.core.node import Node
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.project.proofs import decode_proof
from phaseline.files.yaml import nodes
from phaseline.files.yaml.schema import Reader
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
FILE_KEYS = (
    "phase",
    "about",
    "needs",
    "capability",
    "providers",
    "decisions",
    "modules",
    "settings",
    "sets",
    "proves",
)
DECISION_KEYS = ("type", "ask", "of", "optional", "default", "fields")
RECORD_KEYS = (
    "ref",
    "model",
    "each",
    "when",
    "unless",
    "adopt",
    "create",
    "values",
    "initial",
    "absent",
    "dangerous",
    "call",
    "on",
    "with",
    "until",
)
REASONED = ("value", "dangerous")
NUMBERED = re.compile(r"[0-9]{2}_")


def load_blueprint(folder: Path, shown: str) -> Blueprint:
    """Return the blueprint of a folder; every fault of every file is told at once."""
    reader = Reader()
    head = nodes.load(folder / "blueprint.yml", f"{shown}/blueprint.yml")
    keys = ("format", "name", "about", "odoo", "stages")
    entries = reader.mapping(head, keys, ("format", "name", "odoo", "stages"))
    check_format(reader, entries.get("format"))
    stages = []
    for node in reader.sequence(entries.get("stages")):
        stage = reader.text(node)
        if not (folder / stage).is_dir():
            near = suggest(stage, (path.name for path in folder.iterdir() if path.is_dir()))
            reader.faults.append(Fault("B007", f"no stage folder '{stage}'", node.place, near))
            continue
        stages.append(load_stage(reader, folder / stage, f"{shown}/{stage}"))
    reader.finish()
    return Blueprint(reader.text(entries["name"]), reader.text(entries["odoo"]), tuple(stages))


def check_format(reader: Reader, node: Node | None) -> None:
    """Note a format this kit does not know."""
    if node is not None and node.value != FORMAT:
        message = f"format {node.value} is not the format {FORMAT} of this kit"
        hint = "Upgrade phaseline, or write the blueprint in this format."
        reader.faults.append(Fault("B008", message, node.place, hint))


def load_stage(reader: Reader, folder: Path, shown: str) -> Stage:
    """Return one stage: its YAML files in the order of their numbers."""
    name = NUMBERED.sub("", folder.name, count=1)
    files = []
    for path in sorted(folder.glob("*.yml")):
        try:
            node = nodes.load(path, f"{shown}/{path.name}")
        except PhaselineError as error:
            reader.faults.extend(error.faults)
            continue
        files.append(_StageFile(reader, folder, path.name).decode(node, name))
    return Stage(name, folder.name, tuple(files), hash_files(folder))


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


class _StageFile:
    """Decodes one file of a stage."""

    def __init__(self, reader: Reader, folder: Path, name: str) -> None:
        self.reader = reader
        self.folder = folder
        self.name = name

    def decode(self, node: Node, stage: str) -> StageFile:
        """Return the typed file."""
        reader = self.reader
        entries = reader.mapping(node, FILE_KEYS, ("phase",))
        phase = entries.get("phase")
        if phase is not None and phase.value != stage:
            message = f"phase '{phase.value}' is in the folder of stage '{stage}'"
            reader.faults.append(Fault("B005", message, phase.place))
        providers = entries.get("providers")
        offered = (
            reader.mapping(providers, ("community", "enterprise")) if providers is not None else {}
        )
        return StageFile(
            name=self.name,
            about=reader.text(entries.get("about")),
            capability=reader.text(entries.get("capability")),
            needs=reader.sequence(entries.get("needs")),
            decisions=self.decisions(entries.get("decisions")),
            community=reader.sequence(offered.get("community")),
            enterprise=reader.sequence(offered.get("enterprise")),
            modules=reader.sequence(entries.get("modules")),
            settings=self.settings(entries.get("settings")),
            records=tuple(self.record(item) for item in reader.sequence(entries.get("sets"))),
            proofs=tuple(decode_proof(reader, it) for it in reader.sequence(entries.get("proves"))),
        )

    def decisions(self, node: Node | None) -> tuple[Decision, ...]:
        """Return the decisions of a file."""
        if node is None:
            return ()
        found = []
        for path, spec in self.reader.mapping(node).items():
            entries = self.reader.mapping(spec, DECISION_KEYS, ("type", "ask"))
            found.append(
                Decision(
                    path=path,
                    type=self.reader.choice(entries.get("type"), TYPES, "text"),
                    ask=self.reader.text(entries.get("ask")),
                    place=node.keys[path],
                    of=self.reader.texts(entries.get("of")),
                    optional=self.reader.flag(entries.get("optional"), default=False),
                    default=entries.get("default"),
                    fields=entries.get("fields"),
                )
            )
        return tuple(found)

    def record(self, node: Node) -> RecordSpec:
        """Return one record or call of `sets`."""
        reader = self.reader
        entries = reader.mapping(node, RECORD_KEYS, ("ref", "model"))
        each = entries.get("each")
        pairs = tuple(reader.mapping(each).items()) if each is not None else ()
        return RecordSpec(
            ref=entries.get("ref", Node("", node.place)),
            model=reader.text(entries.get("model")),
            place=node.place,
            each=pairs,
            when=entries.get("when"),
            unless=entries.get("unless"),
            adopt=entries.get("adopt"),
            create=reader.flag(entries.get("create"), default=True),
            absent=reader.flag(entries.get("absent"), default=False),
            values=self.fields(entries.get("values")),
            initial=self.fields(entries.get("initial")),
            call=self.call(entries),
            dangerous=entries.get("dangerous"),
        )

    def call(self, entries: Mapping[str, Node]) -> CallSpec | None:
        """Return the call of a record, or None; what belongs to calls only is a fault elsewhere."""
        reader = self.reader
        method = entries.get("call")
        if method is None:
            for key in ("on", "with", "until"):
                if key in entries:
                    reader.faults.append(
                        Fault("B006", f"'{key}' without 'call'", entries[key].place)
                    )
            return None
        until = entries.get("until")
        if until is None:
            hint = "Say by which state it shows that the call has been made."
            reader.faults.append(Fault("B006", "a call needs 'until'", method.place, hint))
            return None
        parts = reader.mapping(until, ("model", "domain", "expect"), ("model", "domain"))
        expect = parts.get("expect")
        domain = parts.get("domain", until)
        target = Until(
            reader.text(parts.get("model")), domain, reader.mapping(expect) if expect else {}
        )
        arguments = self.fields(entries.get("with"))
        return CallSpec(reader.text(method), entries.get("on"), arguments, target)

    def settings(self, node: Node | None) -> Mapping[str, Node]:
        """Return the settings; one that gives a reason has its value beside it."""
        found = self.fields(node)
        for one in found.values():
            if "dangerous" in one.entries:
                self.reader.mapping(one, REASONED, REASONED)
        return found

    def fields(self, node: Node | None) -> Mapping[str, Node]:
        """Return a mapping of values with the texts of `file:` in place."""
        if node is None or node.value is None:
            return {}
        return {key: self.inline(value) for key, value in self.reader.mapping(node).items()}

    def inline(self, node: Node) -> Node:
        """Return the node with every `file:` text replaced by what the file holds."""
        if isinstance(node.value, tuple):
            return Node(tuple(self.inline(item) for item in node.items), node.place)
        if isinstance(node.value, Mapping):
            entries = {key: self.inline(item) for key, item in node.entries.items()}
            return Node(entries, node.place, node.keys)
        if not isinstance(node.value, str) or not node.value.startswith("file:"):
            return node
        path = (self.folder / node.value.removeprefix("file:")).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            message = f"no file '{node.value.removeprefix('file:')}' in the stage"
            self.reader.faults.append(Fault("B007", message, node.place))
            return node
        return Node(path.read_text(encoding="utf-8"), Place(node.place.file, node.place.line, 1))

"""A client's project on disk: its tenant file, its blueprint, its data, and what they hash to."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline.core.blueprint.answers import Answers, answer
from phaseline.core.plan.comparison import show
from phaseline.errors import Fault, PhaselineError, Place
from phaseline.files.environments import plaintext_secrets
from phaseline.files.paths import kit_dir
from phaseline.files.project.data_digest import DataDigest
from phaseline.files.project.stages import FORMAT, load_blueprint
from phaseline.files.yaml import nodes
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from pathlib import Path

    from phaseline.core.blueprint.model import Blueprint, Stage
    from phaseline.core.node import Node


@dataclass(frozen=True, slots=True)
class Project:
    """A project: where it is, the marked tenant file and the blueprint it names."""

    folder: Path
    root: Node = field(repr=False)
    blueprint: Blueprint = field(repr=False)
    data: DataDigest = field(repr=False, compare=False)

    def stage(self, name: str) -> Stage:
        """Return a stage by its name; an unknown one is a fault."""
        for stage in self.blueprint.stages:
            if name in {stage.name, stage.folder}:
                return stage
        names = [stage.name for stage in self.blueprint.stages]
        hint = suggest(name, names, f"Stages: {', '.join(names)}.")
        raise PhaselineError(Fault("C004", f"no stage '{name}'", None, hint))

    def tenant(self, stage: str) -> Answers:
        """Return the answers; those of the stages up to the named one must be there."""
        asked = [one.path for part in self.blueprint.upto(stage) for one in part.decisions]
        return answer(self.root, self.blueprint.decisions, asked)

    def input_hash(self, stage: str) -> str:
        """Return the hash of all that a stage is made of.

        That are the files of this stage and those before it, the answers they ask for, and the
        data files: what a signature binds.
        """
        stages = self.blueprint.upto(stage)
        decisions = [decision for part in stages for decision in part.decisions]
        body = {
            "blueprint": {part.folder: dict(part.hashes) for part in stages},
            "tenant": show(self.tenant(stage).used(decisions)),
            "data": dict(self.data.hashes),
        }
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def demand(folder: Path) -> None:
    """Raise for a folder that is no project: nothing of ours is written there."""
    if not (folder / "tenant.yml").is_file():
        hint = "Run: phaseline init DIR, or name the project with --project."
        message = "no tenant.yml: the folder is not a project"
        raise PhaselineError(Fault("C001", message, Place(str(folder)), hint))


def open_project(folder: Path, data: DataDigest | None = None) -> Project:
    """Return the project of a folder; its own `blueprints/` goes before the kit's.

    `data` are the hashes of its data files when this run has taken them already.
    """
    demand(folder)
    root = nodes.load(folder / "tenant.yml", "tenant.yml")
    refuse_newer(root)
    blueprint = find_blueprint(folder, root)
    project = Project(folder, root, blueprint, data or DataDigest(folder / "data"))
    if readable := tuple(plaintext_secrets.find_written(folder)):
        raise PhaselineError(*readable)
    return project


def refuse_newer(root: Node) -> None:
    """Raise for a tenant file without a format, or of one this kit does not know."""
    node = root.entries.get("format")
    if node is None:
        hint = f"Write: format: {FORMAT}"
        raise PhaselineError(Fault("B006", "key 'format' is missing", root.place, hint))
    if node.value != FORMAT:
        message = f"format {node.value} is not the format {FORMAT} of this kit"
        raise PhaselineError(Fault("B008", message, node.place, "Upgrade phaseline."))


def find_blueprint(folder: Path, root: Node) -> Blueprint:
    """Return the blueprint the tenant file names."""
    node = root.entries.get("blueprint")
    if node is None or not isinstance(node.value, str):
        place = node.place if node else Place("tenant.yml", 1, 1)
        hint = "Write: blueprint: ecommerce"
        raise PhaselineError(Fault("B006", "the tenant file names no blueprint", place, hint))
    for home in (folder / "blueprints", kit_dir() / "blueprints"):
        if (home / node.value / "blueprint.yml").is_file():
            return load_blueprint(home / node.value, f"blueprints/{node.value}")
    names = [one.parent.name for one in (kit_dir() / "blueprints").glob("*/blueprint.yml")]
    hint = suggest(node.value, names, f"Blueprints: {', '.join(sorted(names))}.")
    message = f"no blueprint '{node.value}'"
    raise PhaselineError(Fault("B007", message, node.place, hint))

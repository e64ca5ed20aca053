"""What a blueprint promises and what its proofs cover are the same rows."""

from __future__ import annotations

import pytest

from kit.tree import ROOT
from phaseline.files.project import capabilities
from phaseline.files.project.stages import load_blueprint

BLUEPRINTS = sorted(path.parent for path in (ROOT / "blueprints").glob("*/blueprint.yml"))


@pytest.mark.parametrize("folder", BLUEPRINTS, ids=lambda folder: folder.name)
def test_a_proof_covers_only_promised_rows(folder) -> None:
    promised = capabilities.read([folder.parent], folder.name)
    blueprint = load_blueprint(folder, f"blueprints/{folder.name}")
    covered = {row for stage in blueprint.stages for proof in stage.proofs for row in proof.covers}
    assert covered - set(promised) == set()


@pytest.mark.parametrize("folder", BLUEPRINTS, ids=lambda folder: folder.name)
def test_every_promised_row_has_a_proof(folder) -> None:
    promised = capabilities.read([folder.parent], folder.name)
    blueprint = load_blueprint(folder, f"blueprints/{folder.name}")
    covered = {row for stage in blueprint.stages for proof in stage.proofs for row in proof.covers}
    assert set(promised) - covered == set()

"""A verdict as text: a line a proof, and the evidence of what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from phaseline.files.render.plan import on_paper

if TYPE_CHECKING:
    from phaseline.core.proofs.results import Evidence, VerifyResult


def render(result: VerifyResult, *, colour: bool, full: bool = False) -> str:
    """Return the verdict as text; evidence of passed proofs only when all is asked for."""
    lines = [Text(f"Proofs of {result.stage} in {result.environment}", "bold")]
    for proof in result.proofs:
        mark, style = ("ok  ", "green") if proof.passed else ("FAIL", "bold red")
        line = Text(f"  {mark} ", style)
        line.append(f"{proof.says}  ")
        line.append(f"{', '.join(proof.covers)}  {proof.id}  {proof.seconds} s", "dim")
        lines.append(line)
        if full or not proof.passed:
            lines += [evidence_line(one) for one in proof.evidence]
    lines += [Text(f"  --   {one}: writes, so it does not run here") for one in result.skipped]
    passed = sum(proof.passed for proof in result.proofs)
    style = "bold green" if result.passed else "bold red"
    total = f"\n{result.verdict}: {passed} of {len(result.proofs)} proofs"
    lines.append(Text(f"{total}, {result.where}, {result.seconds} s", style))
    return on_paper(lines, colour=colour)


def evidence_line(evidence: Evidence) -> Text:
    """Return one piece of evidence."""
    style = "dim" if evidence.passed else "red"
    return Text(f"         {evidence.step}: {evidence.text}", style)

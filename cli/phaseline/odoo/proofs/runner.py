"""Runs the steps of one proof in Odoo, each as the user it names, and keeps evidence of each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phaseline.core.proofs.expectations import UnclearError
from phaseline.core.proofs.results import Evidence
from phaseline.errors import PhaselineError
from phaseline.odoo.proofs.context import KeptRecords, Values
from phaseline.odoo.proofs.steps import REFUSALS, VERBS, FailedError, Steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from phaseline.core.blueprint.expressions import Scope
    from phaseline.core.blueprint.model import Proof
    from phaseline.core.node import Node
    from phaseline.odoo.port import Port
    from phaseline.odoo.proofs.lookup_cache import LookupCache

ADMIN = "admin"


@dataclass
class Prover:
    """Runs one proof; `open_port` gives the port of a tenant user, `admin` is the deploy user's."""

    admin: Port
    open_port: Callable[[str], Port]
    scope: Scope
    refs: LookupCache
    today: str
    evidence: list[Evidence] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start as the deploy user with nothing kept."""
        unique = f"{secrets.randbelow(10**8):08}"
        values = Values(self.admin, self.scope, self.refs, self.today, unique)
        self.steps = Steps(self.admin, self.admin, self.scope, values)
        self.who = ADMIN

    def run(self, proof: Proof) -> bool:
        """Run a proof to its first failed step; return whether all passed."""
        for node in proof.reads:
            if not self.step(node, self.check):
                return False
        return all(self.step(node, self.act) for node in proof.acts)

    def step(self, node: Node, do: Callable[[Node], str]) -> bool:
        """Run one step and keep its evidence; an error of Odoo is a failed step, not a crash."""
        name = " ".join(key for key in node.entries if key in (*VERBS, "model", "as"))
        try:
            text = do(node)
            self.refuse_faults()
        except (FailedError, UnclearError) as error:
            return self.note(node, name, str(error), passed=False)
        except PhaselineError as error:
            fault = error.faults[0]
            if fault.code not in {*REFUSALS, "O006"} and not fault.code.startswith("B"):
                raise
            self.scope.faults.clear()
            return self.note(node, name, f"{fault.code} {fault.message}", passed=False)
        return self.note(node, name, text, passed=True)

    def refuse_faults(self) -> None:
        """Raise for expressions of the step that name nothing."""
        if self.scope.faults:
            raise PhaselineError(*self.scope.faults)

    def note(self, node: Node, name: str, text: str, *, passed: bool) -> bool:
        """Keep the evidence of a step with its place when it failed."""
        where = "" if passed else f" ({node.place})"
        self.evidence.append(Evidence(name, f"{' '.join(text.split())}{where}", passed))
        return passed

    def check(self, node: Node) -> str:
        """Run a reading check."""
        parts = node.entries
        if "as" in parts:
            self.become(self.scope.text(parts["as"]))
        model = str(parts["model"].value)
        domain = self.steps.values.domain(parts["domain"])
        ids = self.steps.ids(self.steps.port, model, domain, parts)
        found = KeptRecords(model, tuple(ids))
        texts = []
        if "count" in parts:
            texts.append(self.steps.demand(f"{model} count", [len(ids)], parts["count"]))
        for key in ("expect", "every"):
            for name, wanted in parts[key].entries.items() if key in parts else ():
                texts.append(self.steps.demand_each(found, name, wanted))
        return "; ".join(texts)

    def become(self, who: str) -> None:
        """Go on as another user."""
        self.steps.port = self.admin if who == ADMIN else self.open_port(who)
        self.who = who

    def act(self, node: Node) -> str:
        """Run one acting step."""
        parts = node.entries
        if "as" in parts:
            self.become(self.scope.text(parts["as"]))
        verb = next((key for key in parts if key in VERBS), None)
        if verb is None:
            return f"as {self.who}"
        text, kept = self.steps.carry_out(verb, parts[verb], parts)
        if "keep" in parts:
            self.steps.values.kept[str(parts["keep"].value)] = kept
        return f"as {self.who}: {text}"

"""Runs the steps of one proof in Odoo, each as the user it names, and keeps evidence of each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phaseline.core.proofs import Unclear, judge
from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.proof_values import Kept, Refs, Values, brief

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phaseline.core.blueprint import Proof
    from phaseline.core.expressions import Scope
    from phaseline.core.marked import Node
    from phaseline.odoo.port import Port

ADMIN = "admin"
VERBS = ("create", "write", "call", "search", "read", "expect", "expect_refused", "unlink")
REFUSALS = {"O003", "O004", "O005"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one step did and whether it did what it should."""

    step: str
    text: str
    passed: bool

    def data(self) -> dict[str, Any]:
        """The evidence as JSON."""
        return {"step": self.step, "text": self.text, "passed": self.passed}


class Failed(Exception):
    """A step that did not do what it should."""


@dataclass
class Prover:
    """Runs one proof; `open_port` gives the port of a tenant user, `admin` is the deploy user's."""

    admin: Port
    open_port: Callable[[str], Port]
    scope: Scope
    refs: Refs
    today: str
    evidence: list[Evidence] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start as the deploy user with nothing kept."""
        self.values = Values(
            self.admin, self.scope, self.refs, self.today, f"{secrets.randbelow(10**8):08}"
        )
        self.port = self.admin
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
            if self.scope.faults:
                raise PhaselineError(*self.scope.faults)
        except (Failed, Unclear) as error:
            return self.note(node, name, str(error), passed=False)
        except PhaselineError as error:
            fault = error.faults[0]
            if fault.code not in {*REFUSALS, "O006"} and not fault.code.startswith("B"):
                raise
            self.scope.faults.clear()
            return self.note(node, name, f"{fault.code} {fault.message}", passed=False)
        return self.note(node, name, text, passed=True)

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
        domain = self.values.domain(parts["domain"])
        ids = self.ids(self.port, model, domain, parts)
        found = Kept(model, tuple(ids))
        texts = []
        if "count" in parts:
            texts.append(self.demand(f"{model} count", [len(ids)], parts["count"]))
        for key in ("expect", "every"):
            for name, wanted in parts[key].entries.items() if key in parts else ():
                values = self.values.follow(found, [*name.split(".")])
                texts.append(self.demand(f"{model}.{name}", values, wanted))
        return "; ".join(texts)

    def ids(
        self, port: Port, model: str, domain: list[Any], parts: Mapping[str, Node]
    ) -> list[int]:
        """Search, and return ids in order."""
        options: dict[str, Any] = {}
        for key in ("order", "limit"):
            if key in parts:
                options[key] = parts[key].value
        rows = port.call(
            model,
            "search_read",
            domain=domain,
            fields=["id"],
            context=self.context(parts),
            **options,
        )
        return [row["id"] for row in rows]

    def demand(self, what: str, found: Any, wanted: Node) -> str:
        """Return the evidence that values are as wanted, or fail."""
        expected = self.values.plain(wanted)
        values = found.ids if isinstance(found, Kept) else found
        shown = brief(list(values))
        if not judge(list(values), expected):
            message = f"{what} is {shown}, expected {brief(expected)}"
            raise Failed(message)
        return f"{what} is {shown}"

    def become(self, who: str) -> None:
        """Go on as another user."""
        self.port = self.admin if who == ADMIN else self.open_port(who)
        self.who = who

    def act(self, node: Node) -> str:
        """Run one acting step."""
        parts = node.entries
        if "as" in parts:
            self.become(self.scope.text(parts["as"]))
        verb = next((key for key in parts if key in VERBS), None)
        if verb is None:
            return f"as {self.who}"
        text, kept = getattr(self, f"do_{verb}")(parts[verb], parts)
        if "keep" in parts:
            self.values.kept[str(parts["keep"].value)] = kept
        return f"as {self.who}: {text}"

    def context(self, parts: Mapping[str, Node]) -> dict[str, Any]:
        """Return the context a step names, in English."""
        extra = self.values.plain(parts["context"]) if "context" in parts else {}
        return {"lang": "en_US", **extra}

    def do_create(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Create the records of a mapping of model to values, or to a list of values."""
        kept: Kept | None = None
        for model, node in body.entries.items():
            rows = node.items if isinstance(node.value, tuple) else (node,)
            vals_list = [self.values.writable(model, row) for row in rows]
            ids = self.port.call(model, "create", vals_list=vals_list, context=self.context(parts))
            kept = Kept(model, tuple(ids) if isinstance(ids, list) else (ids,))
        return f"created {kept}", kept

    def do_write(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Write values on kept records."""
        target: Kept | None = None
        for path, node in body.entries.items():
            target = self.values.records(path, body)
            values = self.values.writable(target.model, node)
            context = self.context(parts)
            self.port.call(target.model, "write", list(target.ids), vals=values, context=context)
        return f"wrote {target}", target

    def do_unlink(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Delete kept records."""
        target = self.values.records(str(body.value), body)
        context = self.context(parts)
        self.port.call(target.model, "unlink", list(target.ids), context=context)
        return f"deleted {target}", target

    def do_call(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Call a method of kept records, of `on`, or of a model."""
        path, _, method = self.scope.text(body).rpartition(".")
        ids: list[int] | None = None
        if path.startswith("$"):
            target = self.values.records(path, body)
            model, ids = target.model, list(target.ids)
        else:
            model = path
            if "on" in parts:
                on = self.values.plain(parts["on"])
                ids = list(on) if isinstance(on, list) else [on]
        arguments = self.values.plain(parts["with"]) if "with" in parts else {}
        answer = self.port.call(
            model, method, ids, context=self.context(parts), timeout=300.0, **arguments
        )
        return f"called {model}.{method}", self.answer(answer)

    def answer(self, answer: Any) -> Any:
        """Return an action's record as kept record, any other answer as it is."""
        if isinstance(answer, dict) and answer.get("res_model"):
            found = answer.get("res_id")
            if found:
                return Kept(answer["res_model"], (found,))
            if answer.get("domain"):
                context = {"lang": "en_US"}
                rows = self.admin.call(
                    answer["res_model"],
                    "search_read",
                    domain=self.values.answered_domain(answer["domain"]),
                    fields=["id"],
                    context=context,
                )
                return Kept(answer["res_model"], tuple(row["id"] for row in rows))
        return answer

    def do_search(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Search one model; `expect_count` judges how many are found."""
        wanted = body.entries.get("expect_count", parts.get("expect_count"))
        kept = Kept("", ())
        extra = {**parts, **{k: v for k, v in body.entries.items() if k in ("order", "limit")}}
        for model, node in body.entries.items():
            if model in {"expect_count", "order", "limit"}:
                continue
            ids = self.ids(self.port, model, self.values.domain(node), extra)
            kept = Kept(model, tuple(ids))
        if wanted is not None:
            return self.demand(f"{kept.model} count", [len(kept.ids)], wanted), kept
        return f"found {kept}", kept

    def do_read(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Read fields of kept records as the acting user."""
        rows: Any = []
        for path, node in body.entries.items():
            target = self.values.records(path, body)
            names = [str(item.value) for item in node.items]
            rows = self.port.call(
                target.model,
                "read",
                list(target.ids),
                fields=names,
                load=None,
                context=self.context(parts),
            )
        return f"read {brief(rows)}", rows

    def do_expect(self, body: Node, _: Mapping[str, Node]) -> tuple[str, Any]:
        """Judge kept records and values."""
        texts = []
        for path, wanted in body.entries.items():
            found = self.values.value(path, body)
            texts.append(self.demand(path, found, wanted))
        return "; ".join(texts), None

    def do_expect_refused(self, body: Node, _: Mapping[str, Node]) -> tuple[str, Any]:
        """Run a step that Odoo must refuse, with the words it must use."""
        because = body.entries.get("because")
        verb = next(key for key in body.entries if key in VERBS)
        try:
            text, _answer = getattr(self, f"do_{verb}")(body.entries[verb], body.entries)
        except PhaselineError as error:
            fault: Fault = error.faults[0]
            if fault.code not in REFUSALS:
                raise
            words = self.scope.text(because) if because else ""
            if words.casefold() not in fault.message.casefold():
                message = f"refused for another reason: {fault.message}"
                raise Failed(message) from error
            return f"refused as it should be: {fault.message}", None
        message = f"should have been refused: {text}"
        raise Failed(message)

"""The verbs of proof steps: each acts in Odoo as one user and tells what it did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.core.proofs.expectations import MANY_WORDS, evaluate
from phaseline.errors import Fault, PhaselineError
from phaseline.odoo.faults import NO_SUCH_METHOD
from phaseline.odoo.proofs.context import KeptRecords, Values, brief

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phaseline.core.blueprint.expressions import Scope
    from phaseline.core.node import Node
    from phaseline.odoo.port import Port

VERBS = ("create", "write", "call", "search", "read", "expect", "expect_refused", "unlink")
REFUSALS = {"O003", "O004", "O005"}
# A step that calls what is not there, or calls it wrongly, is refused for that alone.
MISTAKES = re.compile(rf"{NO_SUCH_METHOD.pattern}|\((KeyError|TypeError)\)$")


class FailedError(Exception):
    """A step that did not do what it should."""


@dataclass
class Steps:
    """Carries out steps as the user whose port is in force; `admin` reads for the judging."""

    admin: Port
    port: Port
    scope: Scope
    values: Values

    def carry_out(self, verb: str, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Carry out one verb; return what it did and what `keep` keeps."""
        done: tuple[str, Any] = getattr(self, f"do_{verb}")(body, parts)
        return done

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
        values = found.ids if isinstance(found, KeptRecords) else found
        shown = brief(list(values))
        if not evaluate(list(values), expected):
            message = f"{what} is {shown}, expected {brief(expected)}"
            raise FailedError(message)
        return f"{what} is {shown}"

    def demand_each(self, found: KeptRecords, name: str, wanted: Node) -> str:
        """Return the evidence that a field of every record is as wanted, or fail."""
        what = f"{found.model}.{name}"
        expected = self.values.plain(wanted)
        together = isinstance(expected, dict) and bool(MANY_WORDS & set(expected))
        if not found.ids and not together:
            message = f"no {found.model} was found, expected {name} {brief(expected)}"
            raise FailedError(message)
        if "." in name or together:
            return self.demand(what, self.values.follow(found, name.split(".")), wanted)
        values = self.values.each(found, name)
        wrong = [value for value in values if not evaluate([value], expected)]
        if wrong:
            shown = f"{brief(wrong)} in {len(wrong)} of {len(values)}"
            message = f"{what} is {shown}, expected {brief(expected)}"
            raise FailedError(message)
        return f"{what} is {brief(values)}"

    def context(self, parts: Mapping[str, Node]) -> dict[str, Any]:
        """Return the context a step names, in English."""
        extra = self.values.plain(parts["context"]) if "context" in parts else {}
        return {"lang": "en_US", **extra}

    def do_create(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Create the records of a mapping of model to values, or to a list of values."""
        kept: KeptRecords | None = None
        for model, node in body.entries.items():
            rows = node.items if isinstance(node.value, tuple) else (node,)
            vals_list = [self.values.writable(model, row) for row in rows]
            ids = self.port.call(model, "create", vals_list=vals_list, context=self.context(parts))
            kept = KeptRecords(model, tuple(ids) if isinstance(ids, list) else (ids,))
        return f"created {kept}", kept

    def do_write(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Write values on kept records."""
        target: KeptRecords | None = None
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
                return KeptRecords(answer["res_model"], (found,))
            if answer.get("domain"):
                context = {"lang": "en_US"}
                rows = self.admin.call(
                    answer["res_model"],
                    "search_read",
                    domain=self.values.answered_domain(answer["domain"]),
                    fields=["id"],
                    context=context,
                )
                return KeptRecords(answer["res_model"], tuple(row["id"] for row in rows))
        return answer

    def do_search(self, body: Node, parts: Mapping[str, Node]) -> tuple[str, Any]:
        """Search one model; `expect_count` judges how many are found."""
        wanted = body.entries.get("expect_count", parts.get("expect_count"))
        kept = KeptRecords("", ())
        extra = {**parts, **{k: v for k, v in body.entries.items() if k in ("order", "limit")}}
        for model, node in body.entries.items():
            if model in {"expect_count", "order", "limit"}:
                continue
            ids = self.ids(self.port, model, self.values.domain(node), extra)
            kept = KeptRecords(model, tuple(ids))
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
            text, _answer = self.carry_out(verb, body.entries[verb], body.entries)
        except PhaselineError as error:
            fault: Fault = error.faults[0]
            if fault.code not in REFUSALS or MISTAKES.search(fault.message):
                raise
            words = self.scope.text(because) if because else ""
            if words.casefold() not in fault.message.casefold():
                message = f"refused for another reason: {fault.message}"
                raise FailedError(message) from error
            return f"refused as it should be: {fault.message}", None
        message = f"should have been refused: {text}"
        raise FailedError(message)

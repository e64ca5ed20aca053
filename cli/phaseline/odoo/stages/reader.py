"""Reads what a plan needs in a handful of calls a model, whatever the number of records."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phaseline.core.blueprint.expressions import Ref
from phaseline.core.blueprint.records import OwnedField, Record, refs_in
from phaseline.core.plan.actual import Actual, FieldInfo
from phaseline.core.plan.baseline import SETTINGS
from phaseline.core.plan.comparison import substitute

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from phaseline.core.blueprint.desired import Desired
    from phaseline.odoo.port import Port
from phaseline.odoo import field_types
from phaseline.odoo.external_ids import CONTEXT, find_refs
from phaseline.odoo.stages import markers
from phaseline.odoo.stages.call_condition import holds
from phaseline.odoo.stages.modules import states
from phaseline.odoo.stages.named_fields import named_fields


def read(port: Port, desired: Desired, known: Collection[str], name: str) -> tuple[Desired, Actual]:
    """Return what is there, and the desired records with the model of every line filled in.

    `name` is the environment as which the database is served.
    """
    run = _Reading(port, desired, frozenset(known))
    run.modules()
    run.references()
    run.models()
    run.definitions()
    run.bind_lines()
    run.paths()
    run.searches()
    run.values()
    run.settings()
    run.calls()
    marks = markers.read(port, name)
    actual = Actual(
        ids=run.ids,
        paths=run.path_ids,
        found=run.found,
        held=run.held,
        models=run.known_models,
        fields=run.fields,
        names=run.names,
        values=run.read_values,
        modules=run.states,
        settings=run.setting_values,
        markers=marks.applied,
        nameless=marks.nameless,
        foreign=marks.foreign,
        identity=marks.identity,
        series=run.series,
    )
    return run.desired, actual


@dataclass
class _Reading:
    """One reading; every step fills what the next one needs."""

    port: Port
    desired: Desired
    known: frozenset[str]
    states: dict[str, str] = field(default_factory=dict)
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    path_ids: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    found: dict[str, tuple[int, ...]] = field(default_factory=dict)
    held: dict[str, bool] = field(default_factory=dict)
    known_models: frozenset[str] = frozenset()
    fields: dict[str, dict[str, FieldInfo]] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    read_values: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    setting_values: dict[str, Any] = field(default_factory=dict)
    series: str = ""

    def search_read(self, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
        """Search and read in one call, archived records too."""
        found: list[dict[str, Any]] = self.port.call(
            model, "search_read", domain=domain, fields=fields, context=CONTEXT
        )
        return found

    def modules(self) -> None:
        """Read the state of every wanted module, and which Odoo it is."""
        if self.desired.modules:
            self.states, self.series = states(self.port, self.desired.modules)

    def references(self) -> None:
        """Find the database id of every ref anybody mentions."""
        wanted = {record.ref for record in self.desired.records}
        wanted |= {ref.name for record in self.desired.records for ref in record.refs()}
        wanted |= {r.name for own in self.desired.settings.values() for r in refs_in(own.value)}
        ours = {record.ref for record in self.desired.records} | self.known
        self.ids = find_refs(self.port, wanted, ours)

    def models(self) -> None:
        """Learn which of the wanted models exist."""
        wanted = {record.model for record in self.desired.records if record.model}
        wanted |= {record.call.model for record in self.desired.records if record.call}
        wanted |= {model for model, _ in self.ids.values()}
        rows = self.search_read("ir.model", [["model", "in", sorted(wanted)]], ["model"])
        self.known_models = frozenset(row["model"] for row in rows)
        if wanted - self.known_models and "ir.model" not in self.names:
            rows = self.search_read("ir.model", [], ["model"])
            self.names["ir.model"] = tuple(sorted(row["model"] for row in rows))

    def definitions(self) -> None:
        """Read the definition of every named field, a call a model."""
        named = named_fields(self.desired, self.ids, self.models_by_ref)
        if self.desired.settings:
            self.known_models |= {SETTINGS}
        for model, names in named.items():
            if model in self.known_models and names:
                self.define(model, names)

    @property
    def models_by_ref(self) -> dict[str, str]:
        """The model of each wanted record, and of what is found in Odoo."""
        present = {name: model for name, (model, _) in self.ids.items()}
        return present | {record.ref: record.model for record in self.desired.records}

    def define(self, model: str, names: Collection[str]) -> None:
        """Read the definitions of some fields of one model; of all when one is not there."""
        have = self.fields.setdefault(model, {})
        missing = sorted(name for name in names if name not in have)
        if not missing:
            return
        have.update(field_types.infos(self.port, model, missing))
        if any(name not in have for name in missing) and model not in self.names:
            self.names[model] = field_types.names(self.port, model)

    def bind_lines(self) -> None:
        """Give every line its model and the field that leads to its parent."""
        models = self.models_by_ref
        bound: list[Record] = []
        for record in self.desired.records:
            info = None
            if record.parent and not record.model:
                info = self.fields.get(models[record.parent[0]], {}).get(record.parent[1])
            if info is None or record.parent is None:
                bound.append(record)
                continue
            parent = OwnedField(Ref(record.parent[0], "", record.place), record.place)
            values = {info.inverse: parent, **record.values}
            bound.append(replace(record, model=info.relation, values=values))
        if bound != list(self.desired.records):
            self.desired = replace(self.desired, records=tuple(bound))
            self.models()
            self.definitions()
            self.bind_lines()

    def paths(self) -> None:
        """Follow the many2one fields that `ref:name/field` names."""
        wanted: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        fields: dict[str, set[str]] = defaultdict(set)
        for record in self.desired.records:
            for ref in record.refs():
                if ref.path and ref.name in self.ids:
                    model, found = self.ids[ref.name]
                    wanted[model][found].add(ref.name)
                    fields[model].add(ref.path)
        for model, names in wanted.items():
            have = self.fields.get(model, {})
            known = sorted(name for name in fields[model] if name in have)
            for row in self.rows(model, sorted(names), known):
                leads = {name: (have[name].relation, row[name]) for name in known if row.get(name)}
                for owner in names[row["id"]]:
                    self.path_ids |= {(owner, name): target for name, target in leads.items()}

    def rows(self, model: str, ids: list[int], fields: list[str]) -> list[dict[str, Any]]:
        """Read raw values of some records, ids for relations."""
        context = {"lang": "en_US"}
        rows: list[dict[str, Any]] = self.port.call(
            model, "read", ids, fields=fields, load=None, context=context
        )
        return rows

    def look_up(self, ref: Ref) -> int | None:
        """Return the id of a ref, as far as known now."""
        found = self.path_ids.get((ref.name, ref.path)) if ref.path else self.ids.get(ref.name)
        return found[1] if found else None

    def searches(self) -> None:
        """Look for records to take over, for those that carry no external id of ours yet."""
        for record in self.desired.records:
            if record.ref in self.ids or record.adopt is None:
                continue
            if record.model not in self.known_models:
                continue
            try:
                domain = substitute(record.adopt, self.look_up)
            except LookupError:
                continue
            rows = self.search_read(record.model, domain, ["id"])
            self.found[record.ref] = tuple(row["id"] for row in rows)

    def values(self) -> None:
        """Read the owned fields of every record that is there, a call a model."""
        ids: dict[str, set[int]] = defaultdict(set)
        fields: dict[str, set[str]] = defaultdict(set)
        for record in self.desired.records:
            known = self.fields.get(record.model, {})
            found = self.found.get(record.ref, ())
            if record.ref in self.ids:
                found = (self.ids[record.ref][1],)
            if found and record.values and record.call is None:
                ids[record.model] |= set(found)
                fields[record.model] |= {name for name in record.values if name in known}
        for model, wanted in ids.items():
            rows = self.rows(model, sorted(wanted), sorted(fields[model]))
            self.read_values |= {(model, row["id"]): row for row in rows}
        self.forget_deleted(ids)

    def forget_deleted(self, wanted: Mapping[str, set[int]]) -> None:
        """Forget external ids whose record is gone."""
        for ref, (model, found) in list(self.ids.items()):
            if found in wanted.get(model, ()) and (model, found) not in self.read_values:
                del self.ids[ref]

    def settings(self) -> None:
        """Read the current settings as Odoo's own form does, which writes nothing."""
        known = sorted(set(self.desired.settings) & set(self.fields.get(SETTINGS, {})))
        if known:
            spec: dict[str, dict[str, Any]] = {name: {} for name in known}
            answer = self.port.call(
                SETTINGS, "onchange", [], values={}, field_names=[], fields_spec=spec
            )
            self.setting_values = dict(answer["value"])

    def calls(self) -> None:
        """Find out which calls have done their work already."""
        for record in self.desired.records:
            if record.call and record.call.model in self.known_models:
                infos = self.fields.get(record.call.model, {})
                self.held[record.ref] = holds(self.port, record.call, infos, self.look_up)

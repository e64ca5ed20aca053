"""A project and an Odoo in memory for tests of the engine; the double runs our real program."""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phaseline.errors import PhaselineError
from phaseline.files.environments.secret_store import Secrets
from phaseline.files.project.project import Project, open_project
from phaseline.flows.environment import Environment
from phaseline.odoo.drivers.call_counter import CountingPort
from phaseline.odoo.drivers.connect import Credentials
from phaseline.odoo.memory.models import OdooError
from phaseline.odoo.memory.port import MemoryOdoo
from unit.odoo_server import KEY, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pytest

USER_ERROR = "odoo.exceptions.UserError"
FIELDS: dict[str, dict[str, dict[str, Any]]] = {
    "location": {
        "name": {"type": "char", "required": True},
        "active": {"type": "boolean", "default": True},
        "capacity": {"type": "float", "digits": [16, 2]},
        "count": {"type": "integer"},
        "kind": {"type": "selection", "selection": [["bin", "Bin"], ["dock", "Dock"]]},
        "note": {"type": "html"},
        "rule": {"type": "char"},
        "parent_id": {"type": "many2one", "relation": "location"},
        "tag_ids": {"type": "many2many", "relation": "tag"},
        "line_ids": {"type": "one2many", "relation": "line", "relation_field": "location_id"},
    },
    "line": {
        "name": {"type": "char"},
        "location_id": {"type": "many2one", "relation": "location"},
    },
    "tag": {"name": {"type": "char"}},
}


class Recordset:
    """As much of Odoo's recordset as our program uses."""

    def __init__(self, odoo: MemoryOdoo, name: str, ids: list[int]) -> None:
        self.odoo, self._name, self.ids = odoo, name, ids

    @property
    def id(self) -> int | bool:
        return self.ids[0] if self.ids else False

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Recordset(self.odoo, self._name, self.ids[key])
        if isinstance(key, int):
            return Recordset(self.odoo, self._name, [self.ids[key]])
        info = self.odoo.model(self._name).fields[key]
        value = self.odoo.value(self._name, self.ids[0], key)
        if info["type"] == "many2one":
            return Recordset(self.odoo, info["relation"], [value] if value else [])
        if info["type"] in {"one2many", "many2many"}:
            return Recordset(self.odoo, info["relation"], list(value))
        return value

    def sorted(self, _: str) -> Recordset:
        return Recordset(self.odoo, self._name, sorted(self.ids))

    def call(self, method: str, ids: list[int] | None, **arguments: Any) -> Any:
        try:
            return self.odoo.call(self._name, method, ids, **arguments)
        except PhaselineError as error:
            raise OdooError(USER_ERROR, error.faults[0].message) from error

    def create(self, values: Any) -> Recordset:
        return Recordset(self.odoo, self._name, self.call("create", None, vals_list=values))

    def browse(self, one: int) -> Recordset:
        return Recordset(self.odoo, self._name, [one])

    def search(self, domain: list[Any]) -> Recordset:
        return Recordset(self.odoo, self._name, self.call("search", None, domain=domain))

    def write(self, values: dict[str, Any]) -> None:
        self.call("write", self.ids, vals=values)

    def unlink(self) -> None:
        if self.ids:
            self.call("unlink", self.ids)


class Room:
    """As much of Odoo's environment as our program uses."""

    def __init__(self, odoo: MemoryOdoo, context: Mapping[str, Any]) -> None:
        self.odoo, self.context = odoo, context

    def __call__(self, *, context: Mapping[str, Any]) -> Room:
        return Room(self.odoo, context)

    def __getitem__(self, model: str) -> Recordset:
        return Recordset(self.odoo, model, [])

    def flush_all(self) -> None:
        pass


class EngineOdoo(MemoryOdoo):
    """The double with server actions, settings and a few models of a warehouse."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.context: Mapping[str, Any] = {}
        self.depth = 0
        self.before: Any = None
        action = {name: {"type": "text"} for name in ("name", "state", "code")}
        many = {"type": "many2one", "relation": "ir.model"}
        self.declare("ir.actions.server", {**action, "model_id": many})
        self.method("ir.actions.server", "run", self.run)
        for model, fields in FIELDS.items():
            self.declare(model, fields)
        self.settings: dict[str, Any] = {"group_a": False, "group_b": True}
        self.declare("res.config.settings", {name: {"type": "boolean"} for name in self.settings})
        self.method("res.config.settings", "onchange", self.show_settings)
        self.method("res.config.settings", "create", self.fill_settings)
        self.method("res.config.settings", "execute", self.set_settings)
        self.method("ir.module.module", "button_immediate_install", self.install)
        self.state.calls.clear()

    def call(self, model: str, method: str, *args: Any, **options: Any) -> Any:
        self.context = options.get("context") or {}
        if self.depth == 0 and self.before:
            self.before(model, method)
        self.depth += 1
        try:
            return super().call(model, method, *args, **options)
        finally:
            self.depth -= 1

    def run(self, _: MemoryOdoo, ids: tuple[int, ...]) -> Any:
        code = self.value("ir.actions.server", ids[0], "code")
        names = {"env": Room(self, dict(self.context)), "UserError": user_error}
        exec(compile(code, "program", "exec"), names)  # noqa: S102 (our own constant program)
        return names["action"]

    def show_settings(self, _: MemoryOdoo, ids: tuple[int, ...], **arguments: Any) -> Any:
        return {"value": {name: self.settings[name] for name in arguments["fields_spec"]}}

    def fill_settings(
        self, _: MemoryOdoo, ids: tuple[int, ...], vals_list: list[dict[str, Any]]
    ) -> list[int]:
        """Make a form: what it is not told it takes from the settings as they are."""
        filled = [{**self.settings, **values} for values in vals_list]
        made: list[int] = self.create("res.config.settings", filled)
        return made

    def set_settings(self, _: MemoryOdoo, ids: tuple[int, ...]) -> Any:
        self.settings |= {
            name: value
            for name, value in self.state.models["res.config.settings"].rows[ids[0]].items()
            if name in self.settings
        }
        return {"type": "ir.actions.client", "tag": "reload"}

    def install(self, _: MemoryOdoo, ids: tuple[int, ...]) -> Any:
        """Install modules: each brings the model of its name."""
        for one in ids:
            row = self.state.models["ir.module.module"].rows[one]
            row["state"] = "installed"
            self.declare(row["name"], {"name": {"type": "char", "required": True}})
        return {"type": "ir.actions.act_url"}

    def count(self, model: str) -> int:
        return len(self.state.models[model].rows)

    def of(self, ref: str) -> dict[str, Any]:
        """The record of one of our refs with all its values."""
        domain = [["module", "=", "phaseline"], ["name", "=", ref]]
        row = self.call("ir.model.data", "search_read", domain=domain, fields=["model", "res_id"])
        found = self.call(row[0]["model"], "read", [row[0]["res_id"]], load=None)
        return dict(found[0])


def user_error(message: str) -> OdooError:
    return OdooError(USER_ERROR, message)


@dataclass
class Workshop:
    """A project on disk that is applied to an Odoo in memory."""

    folder: Path
    odoo: EngineOdoo

    def write(self, stage: str, name: str, text: str) -> None:
        path = self.folder / "blueprints" / "mini" / stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")

    def tenant(self, text: str) -> None:
        body = "format: 1\nblueprint: mini\n" + textwrap.dedent(text)
        (self.folder / "tenant.yml").write_text(body, encoding="utf-8")

    @property
    def project(self) -> Project:
        return open_project(self.folder)

    def environment(self, kind: str = "testing", name: str = "testing") -> Environment:
        return Environment(
            name=name,
            kind=kind,
            url=self.odoo.url,
            database=self.odoo.database,
            port=CountingPort(self.odoo),
            secrets=Secrets(self.folder / "state" / "secrets.json", "testing"),
            credentials=Credentials("admin"),
        )


def workshop(folder: Path, stages: tuple[str, ...] = ("10_one",)) -> Workshop:
    """A project with a blueprint `mini` of empty stages."""
    made = Workshop(folder, EngineOdoo())
    head = f'format: 1\nname: mini\nodoo: "19.0"\nstages: [{", ".join(stages)}]\n'
    made.tenant("")
    for stage in stages:
        made.write(stage, "10_file.yml", f"phase: {stage[3:]}\n")
    (folder / "blueprints" / "mini" / "blueprint.yml").write_text(head)
    return made


@contextmanager
def opened(
    made: Workshop, monkeypatch: pytest.MonkeyPatch, environments: Mapping[str, str]
) -> Iterator[None]:
    """Serve the workshop's Odoo as every one of the environments (name to kind) for a while."""
    with served(made.odoo) as url:
        blocks = [
            f"[{name}:vars]\nodoo_url={url}\nenvironment_kind={kind}\n"
            for name, kind in environments.items()
        ]
        (made.folder / "inventory.ini").write_text("".join(blocks), encoding="utf-8")
        for name in environments:
            monkeypatch.setenv(f"PHASELINE_SECRET_{name.upper()}_ODOO_API_KEY", KEY)
        yield


def numbered(text: str) -> Iterator[str]:
    """Lines of a text without blanks, for comparing reports."""
    return (line.strip() for line in text.splitlines() if line.strip())

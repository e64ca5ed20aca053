"""The memory double: a small Odoo in this process that passes the same tests as a real one.

It knows fields, external ids, domains, users and transactions; it knows no business logic. Methods
a test needs beyond that are declared by the test.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from phaseline.odoo.faults import (
    READS,
    CallRequest,
    call_request,
    lost_answer,
    refusal,
    unreachable,
)
from phaseline.odoo.memory.context import CallContext
from phaseline.odoo.memory.methods import METHODS
from phaseline.odoo.memory.models import BUILT_IN, UNIQUE, OdooError, new_model
from phaseline.odoo.memory.store import Call, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phaseline.odoo.memory.models import Model
    from phaseline.odoo.memory.store import Method
    from phaseline.odoo.port import Values

ADMIN = 2
NEEDS = {"create": "create", "write": "write", "unlink": "unlink", "load": "create"}
# Methods of a model (`@api.model`): the drivers could not pass ids to them by name.
OF_MODEL = frozenset(
    {"create", "default_get", "fields_get", "search", "search_count", "search_read"}
)


class MemoryOdoo:
    """A port to a database that lives in this process; `uid` 2 is the administrator."""

    def __init__(
        self, state: State | None = None, *, uid: int = ADMIN, database: str = "memory"
    ) -> None:
        """Start with Odoo's few basic models, one company and one administrator."""
        self.state = state or State()
        self.uid = uid
        self.database = database
        self.url = "memory://odoo"
        if state is None:
            self._install()

    def _install(self) -> None:
        for name, fields in BUILT_IN.items():
            self.declare(name, fields, UNIQUE.get(name, ()))
        for code in ("USD", "EUR", "GBP"):
            self.seed(f"base.{code}", "res.currency", {"name": code})
        self.seed("base.main_company", "res.company", {"name": "My Company", "currency_id": 1})
        self.seed("base.group_system", "res.groups", {"name": "Settings"})
        self.seed("base.user_root", "res.users", {"name": "OdooBot", "login": "__system__"})
        admin = {"name": "Administrator", "login": "admin", "company_id": 1}
        self.seed("base.user_admin", "res.users", admin)
        self.state.calls.clear()

    def __repr__(self) -> str:
        """Return the database and the user."""
        return f"MemoryOdoo({self.database!r}, uid={self.uid})"

    # What tests prepare.

    def declare(
        self,
        model: str,
        fields: Mapping[str, Mapping[str, Any]],
        unique: Iterable[tuple[str, ...]] = (),
    ) -> None:
        """Declare a model by its fields, each as `fields_get` tells it: `{"type": "char"}`."""
        self.state.models[model] = new_model(model, fields, unique)
        if "ir.model" in self.state.models:
            row = {"model": model, "name": model}
            self.seed(f"base.model_{model.replace('.', '_')}", "ir.model", row)

    def method(self, model: str, name: str, function: Method) -> None:
        """Declare a method: `function(port, ids, **arguments)`."""
        self.state.methods[model, name] = function

    def seed(self, xmlid: str, model: str, values: Mapping[str, Any]) -> int:
        """Make a record with an external id, as a module would, and return its id."""
        record = self.create(model, [values])[0]
        if "ir.model.data" in self.state.models:
            module, _, name = xmlid.partition(".")
            data = {"module": module, "name": name, "model": model, "res_id": record}
            self.create("ir.model.data", [data])
        return record

    def sign_in(self, uid: int) -> MemoryOdoo:
        """The same database as another user."""
        return MemoryOdoo(self.state, uid=uid, database=self.database)

    def deny(self, uid: int, model: str, operation: str) -> None:
        """Take `read`, `write`, `create` or `unlink` of a model away from a user."""
        self.state.denied.add((uid, model, operation))

    def fail_next(self, method: str, trouble: str) -> None:
        """Make the next call of a method `undelivered`, or `lost` after it was carried out."""
        self.state.trouble.append((method, trouble))

    @property
    def calls(self) -> list[Call]:
        """Every call so far, of every user."""
        return self.state.calls

    # What a port does.

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        context: Values | None = None,
        timeout: float | None = None,
        **arguments: Any,
    ) -> Any:
        """The method's plain JSON answer (see `Port.call`)."""
        del timeout
        call = call_request(model, method, ids, arguments)
        with self.state.lock:
            self.calls.append(Call(model, method, None if ids is None else tuple(ids), arguments))
            trouble = self._trouble(method)
            if trouble == "undelivered":
                raise unreachable(self.url, "told to fail")
            answer = self._transaction(call, ids, dict(context or {}), copy.deepcopy(arguments))
        if trouble == "lost":
            raise lost_answer(call, self.url, "told to fail")
        return copy.deepcopy(answer)

    def close(self) -> None:
        """Nothing to give back."""

    def _trouble(self, method: str) -> str | None:
        for index, (name, trouble) in enumerate(self.state.trouble):
            if name == method:
                del self.state.trouble[index]
                return trouble
        return None

    def _transaction(
        self,
        call: CallRequest,
        ids: Sequence[int] | None,
        context: dict[str, Any],
        arguments: dict[str, Any],
    ) -> Any:
        function = self._method(call)
        if call.method in OF_MODEL and ids is not None:
            message = f"cannot call {call.model}.{call.method} with ids"
            raise refusal(call, "werkzeug.exceptions.UnprocessableEntity", message)
        before = None if call.method in READS else copy.deepcopy(self.state.models)
        try:
            return function(self._context(call.model, tuple(ids or ()), context), **arguments)
        except OdooError as err:
            self.state.models = before or self.state.models
            raise refusal(call, err.name, str(err)) from err
        except TypeError as err:
            self.state.models = before or self.state.models
            name = "werkzeug.exceptions.UnprocessableEntity"
            raise refusal(call, name, str(err)) from err

    def _method(self, call: CallRequest) -> Method:
        if call.model not in self.state.models:
            message = f"the model {call.model!r} does not exist"
            raise refusal(call, "werkzeug.exceptions.NotFound", message)
        own = self.state.methods.get((call.model, call.method))
        if call.method.startswith("_"):
            message = f"Private methods (such as '{call.model}.{call.method}') cannot be called."
            raise refusal(call, "odoo.exceptions.AccessError", message)
        if own is not None:
            return lambda context, **named: own(self, context.ids, **named)
        if call.method not in METHODS:
            message = f"The method '{call.model}.{call.method}' does not exist"
            raise refusal(call, "werkzeug.exceptions.NotFound", message)
        needed = NEEDS.get(call.method, "read")
        if (self.uid, call.model, needed) in self.state.denied:
            message = f"You are not allowed to {needed} '{call.model}' records."
            raise refusal(call, "odoo.exceptions.AccessError", message)
        return METHODS[call.method]

    # What tests look at.

    def model(self, name: str) -> Model:
        """A declared model."""
        return self.state.models[name]

    def create(self, model: str, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Make records and return their ids."""
        context = self._context(model, (), {})
        return METHODS["create"](context, vals_list=[dict(row) for row in rows])  # type: ignore[no-any-return]

    def value(self, model: str, record: int, name: str) -> Any:
        """A record's value (see `State.value`)."""
        return self.state.value(model, record, name)

    def _context(self, model: str, ids: tuple[int, ...], context: Mapping[str, Any]) -> CallContext:
        return CallContext(self.state, self.uid, self.model(model), ids, context)

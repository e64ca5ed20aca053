"""Which database a record of ours belongs to: a copy or a restore carries such records along.

A database is told from its copies by three things together: the environment and the tenant it is
served as, and Odoo's own `database.uuid`, which Odoo and our roles renew in a copy. A copy that
kept the uuid is served under another name; one that kept the name has another uuid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

SHORT = 8  # digits of a uuid that are enough to know it by


@dataclass(frozen=True, slots=True)
class Identity:
    """One database: `tenant` is empty where an environment has none, `database` is its uuid."""

    environment: str
    tenant: str
    database: str

    @classmethod
    def of(cls, name: str, database: str) -> Identity:
        """Return the identity of the environment ENV or ENV/TENANT."""
        environment, _, tenant = name.partition("/")
        return cls(environment, tenant, database)

    @classmethod
    def parse(cls, data: Any) -> Identity | None:
        """Return what `data` wrote; None for anything else, as records of earlier versions."""
        names = ("environment", "tenant", "database")
        if not isinstance(data, Mapping) or any(not isinstance(data.get(n), str) for n in names):
            return None
        return cls(*(data[name] for name in names))

    def data(self) -> dict[str, str]:
        """The identity as JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """Return the name and the beginning of the uuid."""
        name = f"{self.environment}/{self.tenant}" if self.tenant else self.environment
        return f"'{name}' (database {self.database[:SHORT] or 'without a uuid'})"


NOWHERE = Identity("", "", "")


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A marker or a lock that was written for another database and is found in this one."""

    kind: str  # marker | lock
    subject: str  # the stage of a marker, the holder of a lock
    identity: Identity

    def data(self) -> dict[str, str]:
        """The record as JSON."""
        return {"kind": self.kind, "subject": self.subject, **self.identity.data()}

    @classmethod
    def parse(cls, data: Mapping[str, str]) -> ForeignRecord:
        """Return what `data` wrote."""
        identity = Identity(data["environment"], data["tenant"], data["database"])
        return cls(data["kind"], data["subject"], identity)

    def __str__(self) -> str:
        """Return a sentence on what it is and what it is worth here."""
        if self.kind == "lock":
            return f"the lock of {self.subject} belongs to {self.identity}, not to this database"
        return (
            f"stage '{self.subject}' was applied to {self.identity}, not to this database: "
            "that apply does not count here"
        )

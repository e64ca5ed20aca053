"""An account of this machine, and how a child process is started as it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence


class Drop(TypedDict, total=False):
    """The arguments of `subprocess` that make a child run as another account."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine; `dropped` when it is not the caller's own."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def drop(self) -> Drop:
        """Return what `subprocess` needs to run a child as this account."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

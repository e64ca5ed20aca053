"""Who acts in a proof: the user a step names, with the login and the secret they sign in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phaseline.core.proofs.expectations import UnclearError
from phaseline.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Actor:
    """A user of the tenant; `secret` is the name of the password, never the password."""

    login: str
    secret: str


def lookup(actors: Mapping[str, Actor], key: str) -> Actor:
    """Return the actor of a step's `as`; a name nobody has makes the step unclear."""
    found = actors.get(key)
    if found is None:
        near = suggest(key, actors, f"Users: {', '.join(sorted(actors))}.")
        message = f"no user '{key}': no record user.{key} of res.users with a login. {near}"
        raise UnclearError(message)
    return found

"""Hosts that an inventory names by a range, `app[1:3]` or `db[a:c]`, one by one as Ansible does."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RANGE = re.compile(r"\[([0-9]*|[A-Za-z]):([0-9]+|[A-Za-z])(?::([0-9]+))?\]")
LETTERS = string.ascii_letters
MOST_HOSTS = 1000


def expand(name: str) -> tuple[str, ...]:
    """Return the names a host's word stands for, itself when it holds no range.

    A range that Ansible refuses too, and one of a thousand hosts, is a `ValueError`.
    """
    found = RANGE.search(name)
    if found is None:
        return (name,)
    names: list[str] = []
    for one in _steps(found[1] or "0", found[2], int(found[3] or 1)):
        names += expand(name[: found.start()] + one + name[found.end() :])
        if len(names) > MOST_HOSTS:
            message = f"more than {MOST_HOSTS} hosts"
            raise ValueError(message)
    return tuple(names)


def _steps(first: str, last: str, step: int) -> Iterator[str]:
    if first.isalpha() != last.isalpha():
        message = "from a letter to a number"
        raise ValueError(message)
    if first.isalpha():
        low, high = LETTERS.index(first), LETTERS.index(last)
        if low > high:
            message = "its end is before its begin"
            raise ValueError(message)
        yield from LETTERS[low : high + 1 : step]
        return
    padded = first[0] == "0" and len(first) > 1
    if padded and len(first) != len(last):
        message = "begin and end have not the same number of digits"
        raise ValueError(message)
    for number in range(int(first), int(last) + 1, step):
        yield str(number).zfill(len(first) if padded else 0)

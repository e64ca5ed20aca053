"""An HTTP server on loopback that answers what a test tells it to, for what Odoo rarely does."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loopback import Handler, listening

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Script:
    """Answers by path: `(status, body)`, a list of them used up in turn, or None to break off."""

    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def take(self, path: str) -> Any:
        found = self.answers.get(path, (404, "not here"))
        return found.pop(0) if isinstance(found, list) else found


class Answering(Handler):
    script: Script

    def answer(self) -> None:
        body = self.body()
        said = json.loads(body) if body else None
        self.script.seen.append((self.path, dict(self.headers), said))
        told = self.script.take(self.path)
        if told is None:
            self.hang_up()
            return
        status, content, *headers = told
        data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        self.reply(status, headers, data)

    do_GET = do_POST = answer  # noqa: N815 (the names http.server calls)


@contextmanager
def scripted(**answers: Any) -> Iterator[Script]:
    """A server for as long as the block runs."""
    script = Script(dict(answers))
    with listening(Answering, script=script) as script.url:
        yield script

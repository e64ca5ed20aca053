"""Ansible's events as one JSON object a line; what a task keeps to itself stays there."""

from __future__ import annotations

import datetime as dt
import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: phaseline_events
    type: stdout
    short_description: events as JSON lines
    description: Prints plays, tasks, results and the recap for the program that started Ansible.
"""


DATA = ("msg", "stdout")  # of an ad-hoc command, whose caller asks for it


class CallbackModule(CallbackBase):
    """Prints events; results of `no_log` tasks come censored from Ansible already."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "phaseline_events"

    def tell(self, event: str, **more: Any) -> None:
        """Print one event and when it was: the log of a run shows what took its time."""
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"event": event, "at": now, **more}, default=str)
        self._display.display(line, screen_only=True)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Tell that a play begins."""
        self.tell("play", name=play.get_name())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ARG002
        """Tell that a task begins."""
        role = task._role.get_name() if task._role else ""
        self.tell("task", role=role, name=task.name or task.action)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Tell what a task did on a host."""
        self.told(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Tell what failed on a host."""
        self.told(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Tell that a host did not answer."""
        self.told(result, "unreachable")

    def told(self, result: Any, status: str) -> None:
        """Tell a result; a message goes with what went wrong."""
        more: dict[str, Any] = {}
        if status in {"failed", "unreachable", "ignored"}:
            more["message"] = _message(result._result)
        elif "PHASELINE_EVENTS_DATA" in os.environ:
            more["data"] = {key: result._result[key] for key in DATA if key in result._result}
        elif status == "changed" and self._display.verbosity == 0 and "diff" in result._result:
            more["diff"] = self._get_diff(result._result["diff"])
        role = result._task._role.get_name() if result._task._role else ""
        task = result._task.name or result._task.action
        host = result._host.get_name()
        self.tell("result", host=host, status=status, role=role, task=task, **more)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Tell how every host ended."""
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        self.tell("recap", hosts=hosts)


def _message(result: dict[str, Any]) -> str:
    parts = [
        str(result[key]).strip() for key in ("msg", "stderr", "module_stderr") if result.get(key)
    ]
    failed = (
        one
        for one in result.get("results") or ()
        if isinstance(one, dict) and (one.get("failed") or one.get("unreachable"))
    )
    parts.extend(_message(one) for one in failed)
    return "\n".join(dict.fromkeys(part for part in parts if part))

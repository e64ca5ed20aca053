"""An Ansible callback that ends the run, as a kill would, where a chosen role begins."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: kill_at
type: aggregate
short_description: Ends the run where a chosen role begins
description: Writes down every role a run reaches, and kills the run at the one of a number.
options:
  boundary:
    description: The number of the boundary, from 1; 0 kills nowhere.
    type: int
    default: 0
    env: [{name: ANSIBLE_KILL_AT}]
  list:
    description: The file that takes one line a boundary.
    type: path
    env: [{name: ANSIBLE_KILL_LIST}]
"""


class CallbackModule(CallbackBase):
    """Counts the boundaries between roles; before the chosen one the run ends by SIGKILL."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "kill_at"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.play, self.role, self.count = "", ("", ""), -1

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Remember the play: the same role in another play is another boundary."""
        self.play = play.get_name()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Count a role that begins and end the run at the chosen one."""
        role = task._role.get_name() if task._role else ""
        if not role or (self.play, role) == self.role:
            return
        self.role = (self.play, role)
        self.count += 1
        with Path(self.get_option("list")).open("a", encoding="utf-8") as sink:
            sink.write(f"{self.count}\t{role}\t{task.get_name()}\n")
        if 0 < self.get_option("boundary") == self.count:
            os.kill(os.getpid(), signal.SIGKILL)

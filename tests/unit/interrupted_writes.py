"""Writers that meet the end of their process or of the disk, in a child of their own."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable

Writer = Callable[[], object]

FAILED = 3


def run(work: Writer) -> int:
    """Run a piece of work in a child and return its exit status; minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except OSError:
            os._exit(FAILED)
        except BaseException as error:  # noqa: BLE001 (a child of a test must end here)
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(FAILED + 1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_before_the_rename(work: Writer) -> None:
    os.replace = os.rename = die
    work()


def killed_before_the_content_is_on_the_disk(work: Writer) -> None:
    os.fsync = die
    work()


def with_a_full_disk(work: Writer) -> None:
    """Refuse every byte that would go into a file: what a disk does that has no room at all."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    work()


def with_a_disk_that_fills_up(work: Writer) -> None:
    """Take some bytes of a file and refuse the rest."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
    work()


ENDS = (
    killed_before_the_rename,
    killed_before_the_content_is_on_the_disk,
    with_a_full_disk,
    with_a_disk_that_fills_up,
)

"""What is counted so far, and the metrics that node_exporter reads: whole or not at all."""

import json
import os
import time

HOME = "/var/lib/phaseline/collectors"


def folder(kind):
    """Return where a kind of metrics lives."""
    return os.path.join(HOME, kind)


def load(where):
    """Return what was counted so far; without a whole file counters start anew."""
    try:
        with open(os.path.join(where, "state.json"), encoding="utf-8") as file:
            found = json.load(file)
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save(where, kind, state, lines):
    """Write the state, then the metrics with the time they were taken."""
    said = "When these metrics were written."
    written = family(
        "phaseline_collector_written_timestamp_seconds",
        "gauge",
        said,
        [({"collector": kind}, round(time.time()))],
    )
    replace(os.path.join(where, "state.json"), json.dumps(state))
    replace(os.path.join(where, "metrics.prom"), "\n".join([*lines, *written]) + "\n")


def replace(path, text):
    """Put a file in place of another in one step; the folder's group may read it."""
    part = path + ".part"
    with open(part, "w", encoding="utf-8", opener=closed) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def closed(path, flags):
    """Open a file that nobody beside its owner and group may read."""
    return os.open(path, flags, 0o640)


def family(name, kind, says, rows):
    """Return the lines of one number: (labels, value) a row; names in labels are our own."""
    lines = [f"# HELP {name} {says}", f"# TYPE {name} {kind}"]
    return lines + [sample(name, labels, value) for labels, value in rows]


def sample(name, labels, value):
    """Return one line of a number."""
    inside = ",".join(f'{key}="{word}"' for key, word in labels.items())
    return f"{name}{{{inside}}} {value}"

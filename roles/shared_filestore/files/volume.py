# ruff: noqa: F821  # ORDER is laid before it; what is printed is the answer
"""Have a replicated volume with its options; print what was, or in check mode would be, changed."""

import json
import shutil
import subprocess
import time

order = json.loads(ORDER)
GLUSTER = shutil.which("gluster", path="/usr/sbin:/usr/bin")


def run(*words: str) -> str:
    """Return what gluster answers; a node that was introduced a moment ago gets a second chance."""
    for left in range(20, -1, -1):
        argv = [str(GLUSTER), "--mode=script", *words]
        done = subprocess.run(argv, check=left == 0, capture_output=True, text=True)
        if done.returncode == 0:
            break
        time.sleep(0.5)
    return done.stdout


def change(what: str, *words: str) -> None:
    """Tell of a change, and make it unless this is a rehearsal."""
    print(what)
    if not order["dry"]:
        run(*words)


volume = order["volume"]
bricks = [f"{node}:{order['brick']}" for node in order["nodes"]]
there = volume in (run("volume", "list") if GLUSTER else "").split()
if there:
    told = (line.partition(": ") for line in run("volume", "info", volume).splitlines())
    held = [brick for name, _, brick in told if name.removeprefix("Brick").isdigit()]
    if later := [brick for brick in bricks if brick not in held]:
        # every brick is a whole copy; what is there already is copied in the background
        copies = str(len(held) + len(later))
        change(f"add {later}", "volume", "add-brick", volume, "replica", copies, *later, "force")
else:
    replica = ["replica", str(len(bricks))] if len(bricks) > 1 else []
    change(f"create {volume}", "volume", "create", volume, *replica, *bricks, "force")
if there or not order["dry"]:
    for name, value in order["options"].items():
        told = run("volume", "get", volume, name)
        if value not in told.split():
            change(f"set {name}", "volume", "set", volume, name, value)
    if "Status: Started" not in run("volume", "info", volume):
        change(f"start {volume}", "volume", "start", volume)

"""Copy a template's files to a new tenant: SOURCE GOAL USER; whole or not at all."""

import os
import pwd
import shutil
import sys
from pathlib import Path

source, goal, account = Path(sys.argv[1]), Path(sys.argv[2]), pwd.getpwnam(sys.argv[3])
part = goal.with_name(f".{goal.name}.part")
shutil.rmtree(part, ignore_errors=True)
os.umask(0o027)
shutil.copytree(source, part, copy_function=shutil.copyfile)
for folder, _, files in os.walk(part):
    os.chown(folder, account.pw_uid, account.pw_gid)
    for name in files:
        os.chown(Path(folder) / name, account.pw_uid, account.pw_gid)
part.rename(goal)

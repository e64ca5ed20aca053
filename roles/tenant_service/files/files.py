"""Copy a template's files to a new tenant: SOURCE GOAL USER; whole or not at all.

The tenant writes in the goal's folder. So the copy is made beside the template, where nobody but
root writes, and goes to its place by a name in a folder that is no link.
"""

import os
import pwd
import shutil
import sys
from pathlib import Path

source, goal, account = Path(sys.argv[1]), Path(sys.argv[2]), pwd.getpwnam(sys.argv[3])
part = source.with_name(f"{source.name}.{goal.name}.part")
shutil.rmtree(part, ignore_errors=True)
os.umask(0o027)
shutil.copytree(source, part, copy_function=shutil.copyfile)
for folder, _, files in os.walk(part):
    os.chown(folder, account.pw_uid, account.pw_gid)
    for name in files:
        os.chown(Path(folder) / name, account.pw_uid, account.pw_gid)
place = os.open(goal.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
os.rename(part, goal.name, dst_dir_fd=place)

"""Every file the program writes goes through `durable`; what does not is named here, with why."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from kit.tree import PACKAGE, modules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TREE = "a tree in a scratch folder, that takes its name when it is whole"
TEMPORARY = "a file of its own that goes with the call"
# By module: how many such calls it has, and why each may be.
EXEMPT = {
    "durable.py": (6, "the one place"),
    "commands/console/errors.py": (2, "the report of a bug: a new name each time"),
    "files/journal.py": (1, "only ever longer: a torn last line is seen and cut off"),
    "hosts/releases/build.py": (3, TREE),
    "hosts/ansible/collections.py": (3, TREE),
    "hosts/ansible/process.py": (1, TEMPORARY),
    "hosts/ansible/read_inventory.py": (1, TEMPORARY),
    "hosts/ansible/playbook.py": (2, "a log that only grows"),
    "hosts/lab/claims.py": (2, "settings of the kernel"),
    "hosts/lab/host.py": (1, "a control group of the kernel"),
    "hosts/lab/image.py": (3, TREE),
    "hosts/local/processes.py": (1, "a log that only grows"),
    "hosts/releases/archive.py": (3, TREE),
    "hosts/releases/debian_archive.py": (3, TREE),
    "hosts/releases/sources.py": (4, TREE),
    "hosts/releases/tree.py": (3, TREE),
    "hosts/releases/wheels.py": (4, TREE),
}
WRITES = {"write_text", "write_bytes", "rename", "copyfile", "copy2", "copytree", "copyfileobj",
          "mkstemp", "NamedTemporaryFile", "flock", "lockf"}  # fmt: skip


def calls(tree: ast.Module) -> Iterator[str]:
    """Yield every call that writes, renames or locks a file by itself."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        whole = ast.unparse(node.func)
        name = whole.rpartition(".")[2]
        if name in WRITES and not whole.startswith("durable."):
            yield whole
        elif whole == "os.replace" or (
            name == "replace" and len(node.args) == 1 and not node.keywords
        ):
            yield whole  # a path: a text takes two, a dataclass takes names
        elif name in {"open", "fdopen"} and writes(node):
            yield whole


def writes(node: ast.Call) -> bool:
    """Return whether an `open` may write: its mode says so, or its flags do."""
    said = [one.value for one in node.args if isinstance(one, ast.Constant)]
    said += [one.value.value for one in node.keywords if isinstance(one.value, ast.Constant)]
    modes = [one for one in said if isinstance(one, str) and set(one) <= set("rwxab+t")]
    flags = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    unknown = any(isinstance(one, ast.IfExp) for one in node.args)
    return (
        unknown
        or any(set(one) & set("wxa+") for one in modes)
        or bool(flags & {"O_WRONLY", "O_RDWR", "O_CREAT"})
    )


def found(path: Path) -> list[str]:
    return list(calls(ast.parse(path.read_text())))


def test_no_module_writes_or_locks_a_file_by_itself() -> None:
    agents = PACKAGE / "hosts/verify/agent"  # sent to hosts, where there is no durable
    counted = {
        path.relative_to(PACKAGE).as_posix(): len(found(path))
        for path in modules()
        if not path.is_relative_to(agents) and found(path)
    }
    assert counted == {name: number for name, (number, _) in EXEMPT.items()}


def test_a_module_that_writes_by_itself_is_seen() -> None:
    ways = (
        "path.write_text(text)", "path.write_bytes(raw)", "path.open('w')", "open(path, 'ab')",
        "path.open(mode='r+b')", "os.open(path, os.O_WRONLY | os.O_CREAT)", "part.rename(path)",
        "part.replace(path)", "os.replace(part, path)" , "shutil.copyfile(one, other)",
        "tempfile.mkstemp()", "fcntl.flock(handle, fcntl.LOCK_EX)",
    )  # fmt: skip
    seen = Counter({way: len(list(calls(ast.parse(way)))) for way in ways})
    assert [way for way in ways if not seen[way]] == []
    quiet = ("path.open()", "path.open('rb')", "text.replace('a', 'b')", "replace(plan, hash=1)",
             "durable.write(path, text)", "os.open(path, os.O_RDONLY)")  # fmt: skip
    assert [way for way in quiet if list(calls(ast.parse(way)))] == []

"""What the modules of the project import of each other, read from their syntax trees.

A set of modules is a mapping from paths ("polls/tables/parse.py") to source texts, so that a
test can plant a module that no file holds.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from helpers.paths import ROOT

PACKAGES = ("polls", "analysis", "figures", "web")


class Import(NamedTuple):
    """One import: the module as it is written, the name taken from it (if any), and the line."""

    module: str
    name: str
    line: int


def read_sources(*folders: str) -> dict[str, str]:
    """Sources below some folders of the repository, by path; those that are not there are none."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def name_module(path: str) -> str:
    """Dotted name of the module in a file; a folder's `__init__` has the name of the folder.

    >>> name_module("polls/tables/parse.py"), name_module("polls/tables/__init__.py")
    ('polls.tables.parse', 'polls.tables')
    """
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def name_folder(path: str) -> str:
    """Dotted name of the folder that a file lies in.

    >>> name_folder("polls/tables/parse.py"), name_folder("polls/tables/__init__.py")
    ('polls.tables', 'polls.tables')
    """
    return ".".join(PurePosixPath(path).parts[:-1])


@cache
def find_imports(source: str) -> tuple[Import, ...]:
    """All imports of a module: at its top, in functions, for types only, or by name."""
    return tuple(_list_imports(source))


def _list_imports(source: str) -> Iterator[Import]:
    """Each import as it comes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, "", node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (Import(module, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _name_called(node.func).endswith(
            ("import_module", "__import__")
        ):
            named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from (Import(str(name), "", node.lineno) for name in named)


def _name_called(function: ast.expr) -> str:
    """The last name of what is called; none where it has no name."""
    return str(getattr(function, "attr", "") or getattr(function, "id", ""))


def find_arrows(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """For each module, those of the others that it imports.

    `from polls.tables import parse` leads to the module polls.tables.parse, where there is
    one, and `from polls.tables import load` to the face of the folder.
    """
    known = {name_module(path) for path in sources}
    arrows = {}
    for path, source in sources.items():
        targets = set()
        for module, name, _ in find_imports(source):
            child = f"{module}.{name}"
            targets.add(child if child in known else module)
        arrows[name_module(path)] = targets & known - {name_module(path)}
    return arrows


def follow(start: object, parts: list[str]) -> bool:
    """Whether attribute leads to attribute; the fields of a dataclass count as such."""
    for place, part in enumerate(parts):
        if not hasattr(start, part):
            is_last = place == len(parts) - 1
            return is_last and part in getattr(start, "__annotations__", {})
        start = getattr(start, part)
    return True


def exists(name: str) -> bool:
    """Whether an absolute name is a module, or leads to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return follow(module, parts[length:])
    return False

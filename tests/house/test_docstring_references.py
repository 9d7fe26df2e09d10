"""What a docstring refers a reader to exists: by a role, in backquotes, or under See Also."""

import ast
import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import NamedTuple

import pytest
from helpers.imports import exists, follow, name_module, read_sources

SOURCES = read_sources("polls", "analysis", "figures", "web")
ROLE = re.compile(r":(?:func|class|meth|mod|attr|data|exc|obj):`~?([^`]+)`")
# A dotted name of ours in backquotes; a name with a blank or a slash is something else.
QUOTED = re.compile(r"`~?((?:polls|analysis|figures|web)(?:\.\w+)+)(?:\(\))?`")
FILES = (".csv", ".json", ".md", ".py")
SEE_ALSO = re.compile(r"^See Also\n-+\n((?:.+\n?)*)", re.MULTILINE)
LISTED = re.compile(r"^([\w.]+(?:, [\w.]+)*)(?: :|$)", re.MULTILINE)


class Docstring(NamedTuple):
    """A docstring, with the class that it stands in or documents (if any)."""

    text: str
    owner: str


def find_docstrings(source: str) -> Iterator[Docstring]:
    """All docstrings of a module."""
    tree = ast.parse(source)
    yield Docstring(ast.get_docstring(tree) or "", "")
    yield from _find_inside(tree, "")


def _find_inside(node: ast.AST, owner: str) -> Iterator[Docstring]:
    """Docstrings of the classes and functions inside a node."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.ClassDef) else owner
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield Docstring(ast.get_docstring(child) or "", inner)
        yield from _find_inside(child, inner)


def find_references(text: str) -> set[str]:
    """Names that a docstring refers to."""
    found = set(ROLE.findall(text))
    found |= {name for name in QUOTED.findall(text) if not name.endswith(FILES)}
    for section in SEE_ALSO.findall(text):
        for names in LISTED.findall(section):
            found |= set(names.split(", "))
    return {name.strip().removesuffix("()") for name in found}


def resolves(name: str, module: ModuleType, owner: str) -> bool:
    """Whether a name leads somewhere: from its class, its module, or from the top."""
    starts = [module]
    if owner:
        starts.insert(0, getattr(module, owner))
    return any(follow(start, name.split(".")) for start in starts) or exists(name)


def find_lost(source: str, module: ModuleType) -> set[str]:
    """References of a module's docstrings that lead nowhere."""
    return {
        name
        for text, owner in find_docstrings(source)
        for name in find_references(text)
        if not resolves(name, module, owner)
    }


@pytest.mark.long("every module is imported and each name in its docstrings followed")
def test_every_reference_of_a_docstring_leads_somewhere() -> None:
    assert SOURCES
    found = {}
    for path, source in SOURCES.items():
        module = importlib.import_module(name_module(path))
        if lost := find_lost(source, module):
            found[path] = lost
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "See :func:`polls.loda`.",
        "See :func:`~polls.tables.loda`.",
        "See :meth:`Finding.without_key`.",
        "See :class:`Findings`.",
        "See `polls.tables.reading`.",
        "As in ``polls.tables.parse.parse_row``.",
        "A finding.\n\nSee Also\n--------\nfnid : another.",
        "A finding.\n\nSee Also\n--------\nfind, fnid : others.\n\nNotes\n-----\nNone.",
    ],
)
def test_a_planted_reference_to_nothing_is_found(text: str) -> None:
    module = importlib.import_module("polls.tables.finding")
    assert len(find_lost(f'"""{text}"""', module)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "See :func:`polls.load`, :mod:`polls.tables` and :func:`~polls.tables.find`.",
        "See :meth:`Finding.with_key`, its :attr:`Finding.cure` and :func:`find`.",
        "See `polls.tables.parse.parse_table`, `polls.csv` and `python -m polls check`.",
        "A finding.\n\nSee Also\n--------\nfind, cell : what is used.\npolls.check : all.\n",
    ],
)
def test_what_exists_is_found(text: str) -> None:
    module = importlib.import_module("polls.tables.finding")
    assert find_lost(f'"""{text}"""', module) == set()


def test_a_method_may_name_a_method_of_its_class() -> None:
    module = importlib.import_module("polls.tables.finding")
    source = 'class Finding:\n    def a(self):\n        """As {}."""'
    assert find_lost(source.format(":meth:`with_key`"), module) == set()
    assert find_lost(source.format(":meth:`without_key`"), module) == {"without_key"}

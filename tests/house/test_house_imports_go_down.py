"""Imports only go down: figures may use analysis, and only the command lines use polls."""

import ast
from pathlib import Path

import pytest

OURS = {"polls", "analysis", "figures", "notebooks", "tests", "benchmarks"}
# package: what its modules may import of ours, besides itself
MODULES = {"polls": set(), "analysis": set(), "figures": {"analysis"}}
# The three doors of the command line fetch frames from polls and hand them down.
DOORS = {"polls": set(), "analysis": {"polls"}, "figures": {"analysis", "polls"}}
# The data package knows no model and no picture; the models draw nothing.
FOREIGN = {"polls": {"matplotlib", "scipy", "statsmodels"}, "analysis": {"matplotlib"}}


def find_imports(source: str) -> set[str]:
    """Top-level names that a module imports, also lazily, for types, or by name."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module if node.level == 0 else "." * node.level)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "__import__")
        ):
            names |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return {name.split(".")[0] or "relative" for name in names}


def find_forbidden(path: Path, source: str) -> set[str]:
    """Imports of a module that point up, sideways, or to a library it must not know."""
    package = path.parts[0]
    allowed = (DOORS if path.name == "__main__.py" else MODULES)[package] | {package}
    found = find_imports(source)
    return (found & OURS - allowed) | (found & (FOREIGN.get(package, set()) | {"relative"}))


@pytest.mark.parametrize("package", sorted(MODULES))
def test_no_module_imports_what_it_must_not_know(root: Path, package: str) -> None:
    modules = sorted((root / package).rglob("*.py"))
    assert modules, f"{package} has no modules"
    arrows = {}
    for module in modules:
        path = module.relative_to(root)
        if forbidden := find_forbidden(path, module.read_text(encoding="utf-8")):
            arrows[path.as_posix()] = forbidden
    assert arrows == {}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/tidy.py", "import analysis"),
        ("polls/__main__.py", "from figures.support.trend import plot_trend"),
        ("polls/tidy.py", "from matplotlib import pyplot"),
        ("analysis/trend.py", "import polls.tables.load"),
        ("analysis/trend.py", "def fit():\n    from polls import load"),
        ("analysis/trend.py", "import importlib\nimportlib.import_module('polls.load')"),
        ("analysis/__main__.py", "import figures"),
        ("figures/trend.py", "from polls.tables.load import load"),
        ("figures/trend.py", "from tests import conftest"),
        ("figures/trend.py", "from . import theme"),
    ],
)
def test_a_planted_arrow_is_found(path: str, source: str) -> None:
    assert find_forbidden(Path(path), source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/load.py", "from polls.tables.schema import tables"),
        ("analysis/__main__.py", "import polls"),
        ("figures/trend.py", "from analysis import PollTrend"),
        ("figures/__main__.py", "import polls, analysis"),
    ],
)
def test_an_arrow_down_is_allowed(path: str, source: str) -> None:
    assert not find_forbidden(Path(path), source)

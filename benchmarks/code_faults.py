"""Plant faults of one line in the code, one at a time, and see whether the tests notice.

A comparison, an operator, a number, a condition, an index, a returned value or a whole statement
is changed in a copy of the repository, and the tests of the module run there until one fails.
Noticed is what fails; noticed by an assert is what a test compares and not what crashes. Kinds
are drawn evenly, then a module by its number of places of that kind.

The tests of a module are those that ran its line, where `--contexts` names a coverage file::

    coverage run --branch --source=polls,analysis,figures -m pytest tests polls analysis figures

with `dynamic_context = test_function`; else its doctests, the tests of the folder in `tests/`
that mirrors its own and beside the folders above that, and those that import it.
Faults that change nothing are counted as not noticed: look at each before a test is written.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TITLE = "Faults of one line that the tests notice"
FAULTS = 200
SEED = 20220224
PACKAGES = ("polls", "analysis", "figures")
ROOT = Path(__file__).parents[1]
LONGEST_S = 900
OTHER: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
# What a test says that compared something, and not one that met a crash.
COMPARED = ("AssertionError", "E       assert", "DID NOT RAISE", "Expected:", "Not equal")


@dataclass(frozen=True)
class Place:
    """A node of a module that a fault can change."""

    path: str
    line: int
    kind: str
    number: int  # of the node, as ast.walk counts


@dataclass(frozen=True)
class Result:
    """What became of one fault."""

    package: str
    kind: str
    path: str
    line: int
    now: str
    noticed: bool
    by_assert: bool
    tests: str


def find_places(root: Path, packages: tuple[str, ...]) -> list[Place]:
    """All places in functions of the packages where a fault can be planted."""
    found = []
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inside = _list_inside(tree)
            name = str(path.relative_to(root))
            for number, node in enumerate(ast.walk(tree)):
                for kind in _kinds(node) if id(node) in inside else ():
                    line = getattr(node, "lineno", 0)
                    found.append(Place(name, line, kind, number))
    return found


def _list_inside(tree: ast.Module) -> set[int]:
    """Nodes of bodies of functions: neither annotations nor docstrings nor imports."""
    inside: set[int] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            inside |= {id(node) for statement in body for node in ast.walk(statement)}
    return inside


def _kinds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield "comparison"
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        yield "arithmetic"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        yield "constant"
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition"
    if isinstance(node, ast.Subscript) and _is_number(node.slice):
        yield "index"
    if isinstance(node, ast.Return) and node.value is not None:
        yield "returned value"
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign):
        yield "deletion"


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def plant(source: str, place: Place) -> tuple[str, str]:
    """Source with the fault, and the changed line in words.

    Parameters
    ----------
    source : str
        Source of the module.
    place : Place
        Where, and what kind.

    Returns
    -------
    tuple of str
        All of the module, without its comments, and the statement or expression as it is now.
    """
    tree = ast.parse(source)
    node = next(node for number, node in enumerate(ast.walk(tree)) if number == place.number)
    match node:
        case ast.Compare():
            node.ops[0] = OTHER[type(node.ops[0])]()
        case ast.BinOp():
            node.op = OTHER[type(node.op)]()
        case ast.Constant():
            node.value = _change(node.value)
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Subscript(slice=ast.Constant() as index):
            index.value = _change(index.value)
        case ast.Return():
            node.value = ast.Constant(None)
        case _:
            return ast.unparse(_Without(node).visit(tree)), f"deleted: {ast.unparse(node)[:80]}"
    return ast.unparse(tree), ast.unparse(node).splitlines()[0][:80]


def _change(value: object) -> bool | int | float:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    assert isinstance(value, float)
    return value * 1.1 if value else 0.1


class _Without(ast.NodeTransformer):
    """The tree without one statement."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node

    def visit(self, node: ast.AST) -> ast.AST:
        """Put `pass` in its place."""
        return ast.Pass() if node is self.node else self.generic_visit(node)


def choose_tests(place: Place, contexts: Path | None, root: Path) -> list[str]:
    """Tests that ran the line, or those of the folder that mirrors the module's."""
    if contexts is not None:
        from coverage import CoverageData

        data = CoverageData(str(contexts))
        data.read()
        lines = data.contexts_by_lineno(str(root / place.path))
        files = {name.rpartition(".")[0] for name in lines.get(place.line, []) if name}
        paths = {f"{name.replace('.', '/')}.py" for name in files}
        return sorted(path for path in paths if (root / path).is_file())
    module = Path(place.path).with_suffix("")
    folder = Path("tests", module.parent)
    while not (root / folder).is_dir():
        folder = folder.parent
    # What stands beside the folders above, and what imports the module from elsewhere.
    above = [path for up in folder.parents[:-1] for path in (root / up).glob("test_*.py")]
    name = ".".join(module.parts)
    users = [
        path
        for path in (root / "tests").rglob("test_*.py")
        if name in path.read_text(encoding="utf-8")
    ]
    others = {str(path.relative_to(root)) for path in (*above, *users)}
    apart = sorted(path for path in others if not Path(path).is_relative_to(folder))
    return [place.path, str(folder), *apart]


def run_tests(folder: Path, tests: list[str], longest: float) -> tuple[bool, bool]:
    """Whether a test fails, and whether it does because it compared something."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:xdist", "-p", "no:randomly"]
    try:
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", *tests],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=longest,
            env={**os.environ, "PYTHONPATH": str(folder)},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True, False
    failed = done.returncode != 0
    return failed, failed and any(words in done.stdout for words in COMPARED)


def run(n: int, seed: int, packages: tuple[str, ...], contexts: Path | None) -> pd.DataFrame:
    """Plant `n` faults one at a time.

    Parameters
    ----------
    n : int
        Number of faults.
    seed : int
        Seed of the draws.
    packages : tuple of str
        Packages to plant them in.
    contexts : Path or None
        Coverage file that says which tests ran a line.

    Returns
    -------
    DataFrame
        One row per fault, with the columns of Result.
    """
    rng = np.random.default_rng(seed)
    places = find_places(ROOT, packages)
    kinds = sorted({place.kind for place in places})
    results = []
    with tempfile.TemporaryDirectory(prefix="polls-faults-") as name:
        folder = copy_repository(Path(name))
        for number in range(n):
            of_kind = [place for place in places if place.kind == kinds[number % len(kinds)]]
            place = of_kind[int(rng.integers(len(of_kind)))]
            path = folder / place.path
            source = path.read_text(encoding="utf-8")
            spoilt, now = plant(source, place)
            tests = choose_tests(place, contexts, ROOT)
            path.write_text(spoilt, encoding="utf-8")
            noticed, by_assert = run_tests(folder, tests, LONGEST_S) if tests else (False, False)
            path.write_text(source, encoding="utf-8")
            package = place.path.split("/")[0]
            words = " ".join(tests[:3])
            row = (package, place.kind, place.path, place.line, now, noticed, by_assert, words)
            results.append(Result(*row))
            print(f"{number + 1}: {place.path}:{place.line} {now!r} {noticed}", file=sys.stderr)
    return pd.DataFrame(results)


def copy_repository(folder: Path) -> Path:
    """Copy all files that git tracks into a folder."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def summarise(results: pd.DataFrame) -> str:
    """Tables in Markdown: by package, by kind, and what was not noticed."""
    lines = []
    for by in ("package", "kind"):
        lines += [f"| {by} | faults | noticed | by an assert |", "|---|---:|---:|---:|"]
        for key, group in [*results.groupby(by), ("all", results)]:
            share = f"{group['noticed'].mean():.0%} | {group['by_assert'].mean():.0%}"
            lines.append(f"| {key} | {len(group)} | {share} |")
        lines.append("")
    lines += ["Not noticed:", ""]
    missed = results[~results["noticed"]]
    lines += [f"- {row.path}:{row.line} ({row.kind}): `{row.now}`" for row in missed.itertuples()]
    return "\n".join(lines)


def report() -> str:
    """What 200 faults come to, in Markdown."""
    how = f"{FAULTS} faults, seed {SEED}; faults that change nothing count as not noticed."
    return f"{how}\n\n{summarise(run(FAULTS, SEED, PACKAGES, None))}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=FAULTS, help="number of faults")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the draws")
    parser.add_argument("--packages", nargs="+", default=PACKAGES, choices=PACKAGES)
    parser.add_argument("--contexts", type=Path, help="coverage file with contexts")
    parser.add_argument("--out", type=Path, help="CSV file for one row per fault")
    arguments = parser.parse_args()
    packages = tuple(arguments.packages)
    results = run(arguments.n, arguments.seed, packages, arguments.contexts)
    if arguments.out:
        results.to_csv(arguments.out, index=False, lineterminator="\n")
    print(summarise(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())

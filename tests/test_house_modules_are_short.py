"""Modules and functions stay short enough to read in one sitting."""

import ast
from pathlib import Path

import pytest

FOLDERS = ["polls", "analysis", "figures", "notebooks", "benchmarks"]
# "About 300" and "about 40" lines, with a tenth to spare: nobody should split a sentence to fit.
MODULE_LINES = 330
FUNCTION_LINES = 44


def count_code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> int:
    """Lines of a function without its docstring, comments and blank lines."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    skipped = range(docstring.lineno, docstring.end_lineno + 1) if docstring else range(0)
    lines = source.splitlines()
    numbers = range(function.lineno, function.end_lineno + 1)
    code = (lines[number - 1].strip() for number in numbers if number not in skipped)
    return sum(bool(line) and not line.startswith("#") for line in code)


def find_long_functions(source: str) -> dict[str, int]:
    """Functions over the limit and their lines."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    lengths = {function.name: count_code_lines(function, source) for function in functions}
    return {name: lines for name, lines in lengths.items() if lines > FUNCTION_LINES}


def list_modules(root: Path) -> list[Path]:
    """All modules of the folders that hold code."""
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))


def test_no_module_is_long(root: Path) -> None:
    lengths = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in list_modules(root)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_long(root: Path) -> None:
    long = {
        path.relative_to(root).as_posix(): found
        for path in list_modules(root)
        if (found := find_long_functions(path.read_text(encoding="utf-8")))
    }
    assert long == {}


@pytest.mark.parametrize(("body_lines", "is_long"), [(43, False), (44, True)])
def test_lines_are_counted_without_docstring_and_comments(body_lines: int, is_long: bool) -> None:
    padding = '    """Say\n\n    what it does.\n    """\n\n    # A reason.\n'
    source = "def work():\n" + padding + "    x = 1\n" * body_lines
    assert bool(find_long_functions(source)) is is_long

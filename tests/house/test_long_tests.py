"""Long tests say what takes the time, leave quick ones in every folder, and run before a merge."""

import ast
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from types import SimpleNamespace

import pytest
from helpers.paths import ROOT, TESTS

TEXTS = {
    path.relative_to(TESTS).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(TESTS.rglob("test_*.py"))
}


def find_marks(tree: ast.AST, name: str) -> Iterator[ast.Attribute]:
    """Each `pytest.mark.NAME` in a tree."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(
                value=ast.Attribute(value=ast.Name(id="pytest"), attr="mark"), attr=found
            ) if found == name:
                yield node


def find_faults(text: str) -> list[str]:
    """Marks of a module that do not say why, or are without meaning."""
    if "mark.long" not in text and "mark.quick" not in text:
        return []
    tree = ast.parse(text)
    calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    long = list(find_marks(tree, "long"))
    faults = [
        f"line {mark.lineno}: long without a reason in words"
        for mark in long
        if mark not in calls or not gives_reason(calls[mark])
    ]
    if not long:
        faults += [
            f"line {mark.lineno}: quick where nothing is long" for mark in find_marks(tree, "quick")
        ]
    return faults


def gives_reason(call: ast.Call) -> bool:
    """Whether a mark has a reason of several words, and nothing else but a number of cases."""
    match call:
        case ast.Call(args=[ast.Constant(value=str(reason))], keywords=words):
            numbers = {word.arg: word.value for word in words}
            counted = all(isinstance(value, ast.Constant) for value in numbers.values())
            return len(reason.split()) >= 2 and set(numbers) <= {"quick"} and counted
    return False


def has_quick_tests(text: str) -> bool:
    """Whether a test of a module runs without LONG=1."""
    tree = ast.parse(text)
    of_module = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    return any(
        is_quick(node.decorator_list, of_module)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def is_quick(marks: list[ast.expr], of_module: list[ast.expr]) -> bool:
    """Whether a test with these marks runs without LONG=1, in some of its cases at least."""
    # What stands in the parameters is long for some cases only.
    own = [mark for mark in marks if "mark.parametrize" not in ast.unparse(mark)]
    if any(True for mark in own for _ in find_marks(mark, "quick")):
        return True
    nearest = [mark for mark in own if any(find_marks(mark, "long"))] or of_module
    return not any(
        any(find_marks(mark, "long")) and "quick=" not in ast.unparse(mark) for mark in nearest
    )


def find_folders_without_quick_tests(texts: Mapping[str, str]) -> set[str]:
    """Folders whose own tests are all long."""
    folders = defaultdict(list)
    for path, text in texts.items():
        folders[PurePosixPath(path).parent.as_posix()].append(text)
    return {folder for folder, own in folders.items() if not any(map(has_quick_tests, own))}


def test_every_long_test_says_what_takes_the_time() -> None:
    faults = {path: find_faults(text) for path, text in TEXTS.items()}
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.long\ndef test_it(): ...",
        "@pytest.mark.long()\ndef test_it(): ...",
        "@pytest.mark.long('')\ndef test_it(): ...",
        "@pytest.mark.long('slow')\ndef test_it(): ...",
        "@pytest.mark.long('many fits', 3)\ndef test_it(): ...",
        "@pytest.mark.long('many fits', cases=3)\ndef test_it(): ...",
        "@pytest.mark.long(reason='many fits')\ndef test_it(): ...",
        "pytestmark = pytest.mark.long",
        "pytestmark = [pytest.mark.skipif(True, reason='many fits'), pytest.mark.long()]",
        "CASES = [pytest.param(1, marks=pytest.mark.long)]",
        "@pytest.mark.quick\ndef test_it(): ...",
    ],
)
def test_a_mark_without_a_reason_or_a_meaning_is_found(text: str) -> None:
    assert len(find_faults(text)) == 1


def test_every_folder_has_quick_tests() -> None:
    assert find_folders_without_quick_tests(TEXTS) == set()


@pytest.mark.parametrize(
    "text",
    [
        "pytestmark = pytest.mark.long('many fits')\n\n\ndef test_it(): ...",
        "pytestmark = [pytest.mark.long('many fits')]\n\n\ndef test_it(): ...",
        "@pytest.mark.long('many fits')\ndef test_it(): ...",
        "@pytest.mark.parametrize('a', [1])\n@pytest.mark.long('many fits')\ndef test_it(a): ...",
        "def make(): ...",
    ],
)
def test_a_folder_with_long_tests_only_is_found(text: str) -> None:
    texts = {"new/test_new.py": text, "test_above.py": "def test_it(): ..."}
    assert find_folders_without_quick_tests(texts) == {"new"}


@pytest.mark.parametrize(
    "text",
    [
        "def test_it(): ...",
        "@pytest.mark.long('many fits', quick=1)\ndef test_it(): ...",
        "pytestmark = pytest.mark.long('many fits', quick=1)\n\n\ndef test_it(): ...",
        "pytestmark = pytest.mark.long('many fits')\n\n\n@pytest.mark.quick\ndef test_it(): ...",
        "@pytest.mark.parametrize('a', [param(2, marks=pytest.mark.long('a b'))])\ndef test_a(): 1",
    ],
)
def test_one_quick_test_or_case_is_enough(text: str) -> None:
    assert find_folders_without_quick_tests({"new/test_new.py": text}) == set()
    assert find_faults(text) == []


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("words", "leaves"), [(["tests"], True), (["tests", "LONG=1"], False), (["test"], True)]
)
def test_make_test_leaves_long_tests_to_the_switch(words: list[str], leaves: bool) -> None:
    command = ["make", "--dry-run", "PYTHON=python", *words]
    # `make test LONG=1` hands its own words down.
    env = {k: v for k, v in os.environ.items() if k not in ("LONG", "MAKEFLAGS", "MFLAGS")}
    planned = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert "-m pytest" in planned
    assert ("-m 'not long or quick'" in planned) == leaves


def test_what_is_merged_has_passed_all_tests() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line.startswith("make ")]
    assert commands == ["make test LONG=1 </dev/null"]


def test_the_cases_that_stay_quick_are_drawn_from_all_over_a_family(
    request: pytest.FixtureRequest,
) -> None:
    conftest = request.config.pluginmanager.get_plugin(str(TESTS / "conftest.py"))
    assert conftest is not None
    quick = {"test_level": 4, "test_change": 4, "test_all_are_long": 0}
    items = [Case(f"{name}[{a}-{b}]", quick[name]) for name in quick for a in "abc" for b in "xyz"]
    conftest.pytest_collection_modifyitems(list(items))
    kept = [item.nodeid.split("[") for item in items if item.marks]
    cases = {name: [case for drawn, case in kept if drawn == name] for name in quick}
    assert [len(drawn) for drawn in cases.values()] == [4, 4, 0]
    assert cases["test_level"] == cases["test_change"]
    assert {case[0] for case in cases["test_level"]} != {"a"}
    assert {case[2] for case in cases["test_level"]} != {"x"}


class Case:
    """As much of a long test as is asked for when cases are drawn."""

    def __init__(self, nodeid: str, quick: int) -> None:
        self.nodeid = nodeid
        self.marks: list[str] = []
        self.quick = quick

    def get_closest_marker(self, name: str) -> SimpleNamespace | None:
        return SimpleNamespace(kwargs={"quick": self.quick}) if name == "long" else None

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        self.marks.append(mark.name)

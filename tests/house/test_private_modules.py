"""A module whose name begins with an underscore is imported from its own folder only.

The tests of a folder lie in the folder of the same name below tests/, and belong to it.
"""

from collections.abc import Mapping

import pytest
from helpers.imports import PACKAGES, find_imports, name_folder, read_sources


def find_intrusions(sources: Mapping[str, str]) -> set[tuple[str, str]]:
    """Files that import a private module of another folder, with what they import."""
    folders = {name_folder(path) for path in sources}
    found = set()
    for path, source in sources.items():
        home = name_folder(path).removeprefix("tests.")
        for module, name, _ in find_imports(source):
            # What is taken from a folder may be a module of it.
            target = f"{module}.{name}" if module in folders else module
            if _find_owner(target) not in (None, home) and target.split(".")[0] in PACKAGES:
                found.add((path, target))
    return found


def _find_owner(module: str) -> str | None:
    """Folder of the first private module in a dotted name; None where there is none."""
    parts = module.split(".")
    for place, part in enumerate(parts):
        if part.startswith("_") and not part.startswith("__"):
            return ".".join(parts[:place])
    return None


def test_private_modules_are_imported_from_their_own_folder_only() -> None:
    assert find_intrusions(read_sources(*PACKAGES, "tests", "benchmarks")) == set()


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/rules/sums.py", "from polls.tidy._shares import derive_shares"),
        ("polls/__init__.py", "import polls.tidy._shares"),
        ("polls/rules/sums.py", "from polls.tidy import _shares"),
        ("polls/rules/sums.py", "def f():\n    from polls.tidy import _shares"),
        ("tests/polls/rules/test_sums.py", "from polls.tidy._shares import KEYS"),
        ("benchmarks/run.py", "from polls.tidy._shares import KEYS"),
    ],
)
def test_a_planted_intrusion_is_found(path: str, source: str) -> None:
    sources = {"polls/tidy/_shares.py": "", path: source}
    assert {file for file, _ in find_intrusions(sources)} == {path}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("polls/tidy/__init__.py", "from polls.tidy._shares import derive_shares"),
        ("polls/tidy/_series.py", "from polls.tidy import _shares"),
        ("tests/polls/tidy/test_shares.py", "from polls.tidy._shares import KEYS"),
        ("polls/rules/sums.py", "from polls.tidy import derive_shares"),
        ("polls/rules/sums.py", "from numpy._core import numeric"),
    ],
)
def test_the_own_folder_and_its_tests_may_look_inside(path: str, source: str) -> None:
    assert find_intrusions({"polls/tidy/_shares.py": "", path: source}) == set()

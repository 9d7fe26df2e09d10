"""A folder holds about a dozen modules, 14 at the most; what has more is two capabilities."""

from collections import Counter
from collections.abc import Iterable

from helpers.imports import PACKAGES, name_folder, read_sources

MOST = 14


def find_crowded(paths: Iterable[str]) -> dict[str, int]:
    """Folders with too many modules; faces and doors are no modules of their own."""
    modules = (path for path in paths if not path.endswith("__.py"))
    counts = Counter(name_folder(path) for path in modules)
    return {folder: count for folder, count in counts.items() if count > MOST}


def test_no_folder_has_more_than_14_modules() -> None:
    assert find_crowded(read_sources(*PACKAGES)) == {}


def test_a_planted_crowd_is_found() -> None:
    paths = [f"polls/rules/rule_{number}.py" for number in range(MOST)]
    assert find_crowded([*paths, "polls/rules/__init__.py"]) == {}
    assert find_crowded([*paths, "polls/rules/one_more.py"]) == {"polls.rules": MOST + 1}

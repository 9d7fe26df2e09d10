"""No circle: no module imports itself by way of others, for types or in a function either."""

from collections.abc import Mapping

import pytest
from helpers.imports import PACKAGES, find_arrows, read_sources


def find_circles(sources: Mapping[str, str]) -> list[list[str]]:
    """Modules that can be reached from themselves, together with those on the way."""
    arrows = find_arrows(sources)
    reached = {module: _reach(module, arrows) for module in arrows}
    circles = {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in arrows
        if module in reached[module]
    }
    return sorted(sorted(circle) for circle in circles)


def _reach(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    """All modules that a module imports, directly or by way of others."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = arrows[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert find_circles(read_sources(*PACKAGES)) == []


@pytest.mark.parametrize(
    "way_back",
    [
        "import analysis.a",
        "def fit():\n    from analysis import a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from analysis.a import A",
        "import importlib\nimportlib.import_module('analysis.a')",
    ],
)
def test_a_planted_circle_is_found(way_back: str) -> None:
    sources = {
        "analysis/a.py": "from analysis.b import B",
        "analysis/b.py": "from analysis import c",
        "analysis/c.py": way_back,
        "analysis/d.py": "import analysis.a",
    }
    assert find_circles(sources) == [["analysis.a", "analysis.b", "analysis.c"]]


def test_a_module_that_goes_through_its_own_face_is_a_circle() -> None:
    sources = {
        "polls/tables/__init__.py": "from polls.tables._load import load",
        "polls/tables/_load.py": "from polls.tables import tables",
    }
    assert find_circles(sources) == [["polls.tables", "polls.tables._load"]]


def test_two_ways_down_are_no_circle() -> None:
    sources = {
        "polls/a.py": "import polls.b, polls.c",
        "polls/b.py": "import polls.c",
        "polls/c.py": "",
    }
    assert find_circles(sources) == []

"""The page that shows a newcomer around names files, folders and functions that exist."""

import re

import pytest
from helpers.imports import PACKAGES, exists, name_folder, read_sources
from helpers.paths import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## Where things are and how data flow\n")[1].split("\n## ")[0]
WALKS = dict(re.findall(r"^\*\*(.+)\*\*\n\n((?:(?:\d+\. |  ).*\n?)+)", SECTION, re.MULTILINE))
# Commands are run by test_readme_runs.py; the name of a face stands for all faces.
LEFT_TO_OTHERS = re.compile(r"python -m .*|__init__\.py")


def find_names(text: str) -> list[str]:
    """What stands in backquotes and is to be found in the repository."""
    return [name for name in re.findall(r"`([^`]+)`", text) if not LEFT_TO_OTHERS.fullmatch(name)]


def is_there(name: str) -> bool:
    """Whether a path, or a dotted name of ours, exists."""
    if "/" in name:
        return (ROOT / name).is_dir() if name.endswith("/") else (ROOT / name).is_file()
    return name.split(".")[0] in PACKAGES and exists(name)


def test_there_are_four_walks_of_a_few_rooms() -> None:
    assert len(WALKS) == 4
    for walk, rooms in WALKS.items():
        assert len(re.findall(r"^\d+\. ", rooms, re.MULTILINE)) >= 5, walk


def test_each_step_of_a_walk_begins_with_its_room() -> None:
    steps = [line for rooms in WALKS.values() for line in re.findall(r"^\d+\. .*", rooms, re.M)]
    assert [step for step in steps if not re.match(r"\d+\. `[\w/.]+`: ", step)] == []


@pytest.mark.parametrize("name", sorted(set(find_names(SECTION))))
def test_each_name_of_the_page_exists(name: str) -> None:
    assert is_there(name)


def test_the_page_leaves_no_folder_of_the_packages_out() -> None:
    folders = {name_folder(path) for path in read_sources(*PACKAGES)}
    assert {f"{folder.replace('.', '/')}/" for folder in folders} <= set(find_names(SECTION))


@pytest.mark.parametrize(
    "name", ["polls/tidy/serie.py", "polls/rule/", "polls.serie", "polls/tables/parse", "series"]
)
def test_a_planted_name_that_is_nowhere_is_found(name: str) -> None:
    assert not is_there(name)

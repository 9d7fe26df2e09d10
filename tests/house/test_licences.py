"""Every file has a licence: one page says which, and the texts of those and no others are there."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from helpers.paths import ROOT

REUSE = tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))
DATA, CODE = "CC-BY-4.0", "BSD-3-Clause"


def translate(glob: str) -> re.Pattern[str]:
    """What a path of REUSE.toml matches: one star within a folder, two through all of them."""
    parts = re.split(r"(\*\*|\*)", glob)
    stars = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(stars.get(part, re.escape(part)) for part in parts))


def find_licence(path: str) -> str | None:
    """The licence of a file: that of the last entry that names it."""
    licence = None
    for entry in REUSE["annotations"]:
        if any(translate(glob).fullmatch(path) for glob in as_list(entry["path"])):
            licence = entry["SPDX-License-Identifier"]
    return licence


@pytest.mark.parametrize(
    ("path", "licence"),
    [
        ("polls/data/answers.csv", DATA),
        ("polls/data/cells.csv", DATA),
        ("polls/datapackage.json", DATA),
        ("polls/tables/parse.py", CODE),
        ("figures/published/trend-support/data.csv", DATA),
        ("figures/kit/save.py", CODE),
        ("figures/labels.csv", CODE),
        ("notebooks/run.py", CODE),
        ("notebooks/00_start_here.ipynb", f"{CODE} AND {DATA}"),
        ("Makefile", CODE),
    ],
)
def test_a_file_is_under_the_licence_that_its_kind_has(path: str, licence: str) -> None:
    assert (ROOT / path).is_file()
    assert find_licence(path) == licence


def test_every_entry_names_files_that_exist(repository_files: list[Path]) -> None:
    names = [path.relative_to(ROOT).as_posix() for path in repository_files]
    globs = [glob for entry in REUSE["annotations"] for glob in as_list(entry["path"])]
    assert [glob for glob in globs if not any(map(translate(glob).fullmatch, names))] == []


def test_the_texts_are_those_of_the_licences_that_the_project_names(
    project: dict[str, Any],
) -> None:
    used = {
        licence
        for entry in REUSE["annotations"]
        for licence in entry["SPDX-License-Identifier"].split(" AND ")
    }
    assert used == set(project["license"].split(" AND "))
    assert {path.stem for path in (ROOT / "LICENSES").iterdir()} == used


def test_the_licence_where_people_look_for_it_is_that_of_the_code() -> None:
    assert (ROOT / "LICENSE").read_bytes() == (ROOT / "LICENSES" / f"{CODE}.txt").read_bytes()


def as_list(paths: str | list[str]) -> list[str]:
    """Paths of an entry; a single one may stand without brackets."""
    return [paths] if isinstance(paths, str) else paths

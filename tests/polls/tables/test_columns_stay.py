"""Columns of the last release stay: none is renamed, moved, retyped or dropped within a version.

`tests/data/released/datapackage.json` is that of the last release; a release replaces it.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from polls.tables import PACKAGE

RELEASED = Path(__file__).parents[2] / "data" / "released" / PACKAGE.name
# What a program that reads a column counts on.
KEPT = ("name", "type", "unit", "trueValues", "falseValues", "format")

Package = dict[str, Any]


def find_broken(old: Package, new: Package) -> list[str]:
    """What a program that reads the old tables would miss in the new ones."""
    if old["version"].split(".")[0] != new["version"].split(".")[0]:
        return []
    there = {resource["name"]: resource for resource in new["resources"]}
    broken = []
    for resource in old["resources"]:
        name = resource["name"]
        if name not in there:
            broken.append(name)
            continue
        before = resource["schema"]["fields"]
        after = there[name]["schema"]["fields"]
        for place, field in enumerate(before):
            now = after[place] if place < len(after) else {}
            if any(field.get(word) != now.get(word) for word in KEPT):
                broken.append(f"{name}.{field['name']}")
    return broken


def read(path: Path) -> Package:
    """Content of a datapackage.json."""
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_columns_of_the_last_release_are_where_they_were() -> None:
    assert find_broken(read(RELEASED), read(PACKAGE)) == []


def fields(package: Package) -> list[dict[str, Any]]:
    """Columns of the first table."""
    return package["resources"][0]["schema"]["fields"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda p: fields(p)[1].update(name="title"), ["houses.name"]),
        (lambda p: fields(p)[1].update(type="number"), ["houses.name"]),
        (lambda p: fields(p)[1].update(unit="percent"), ["houses.name"]),
        (lambda p: fields(p).pop(), ["houses.*"]),
        (lambda p: fields(p).insert(0, fields(p).pop(1)), ["houses.house_id", "houses.name"]),
        (lambda p: p["resources"].pop(0), ["houses"]),
        (lambda p: fields(p).append({"name": "new", "type": "string"}), []),
        (lambda p: (fields(p).pop(), p.update(version="9.0.0")), []),
    ],
)
def test_what_breaks_a_reader_is_found(change: Any, found: list[str]) -> None:
    old = read(RELEASED)
    new = copy.deepcopy(old)
    change(new)
    last = fields(old)[-1]["name"]
    assert find_broken(old, new) == [name.replace("*", last) for name in found]

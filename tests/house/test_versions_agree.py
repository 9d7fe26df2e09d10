"""The version stands in a few files, and is the same in all of them."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

BIBTEX = re.compile(r"^```bibtex\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"  (\w+) += \{(.*)\}")


def read_bibtex(text: str) -> dict[str, str]:
    """Fields of the one entry of a page; a ValueError says what BibTeX would not read."""
    (entry,) = BIBTEX.findall(text)
    head, *lines, end = entry.splitlines()
    if not re.fullmatch(r"@misc\{[a-z_]+,", head) or end != "}":
        raise ValueError(f"no entry with a key: {head} ... {end}")
    fields = {}
    for number, line in enumerate(lines, start=1):
        # A comma parts two fields; without one BibTeX loses the rest of the entry.
        match = FIELD.fullmatch(line if number == len(lines) else line.removesuffix(","))
        if match is None or (number < len(lines)) != line.endswith(","):
            raise ValueError(f"no field, or a comma too few or too many: {line}")
        if not closes(match[2]):
            raise ValueError(f"braces do not match: {line}")
        fields[match[1]] = match[2].strip("{}")
    return fields


def closes(text: str) -> bool:
    """Whether each brace has its partner, the opening one first."""
    depth = 0
    for letter in text:
        depth += (letter == "{") - (letter == "}")
        if depth < 0:
            return False
    return depth == 0


@pytest.fixture(scope="module")
def citation(root: Path) -> dict[str, Any]:
    """The content of CITATION.cff."""
    return yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """The text of README.md."""
    return (root / "README.md").read_text(encoding="utf-8")


def test_code_data_and_citation_have_one_version(
    root: Path, project: dict[str, Any], citation: dict[str, Any]
) -> None:
    package = json.loads((root / "polls" / "datapackage.json").read_text(encoding="utf-8"))
    versions = {project["version"], citation["version"], package["version"]}
    assert versions == {project["version"]}


@pytest.mark.parametrize("name", ["polls", "analysis", "figures"])
def test_each_package_tells_the_version(name: str, project: dict[str, Any]) -> None:
    assert importlib.import_module(name).__version__ == project["version"]


def test_the_citation_to_copy_says_what_the_citation_file_says(
    page: str, citation: dict[str, Any]
) -> None:
    fields = read_bibtex(page)
    assert fields == {
        "author": citation["authors"][0]["name"],
        "title": citation["title"],
        "year": str(citation["date-released"])[:4],
        "version": citation["version"],
        "note": f"Version {citation['version']}",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@misc{russian_war_polls,", "@misc{"),
        ("year    = {2026},", "year    = {2026}"),
        ("year    = {2026},", "year    = {20{26},"),
        ("year    = {2026},", "year    = }2026{,"),
        ("year    = {2026},", "year    : {2026},"),
    ],
)
def test_a_planted_fault_of_the_citation_is_found(page: str, old: str, new: str) -> None:
    assert old in page
    with pytest.raises(ValueError, match=r"no entry|no field|braces"):
        read_bibtex(page.replace(old, new))


def test_the_changelog_begins_with_this_version_or_what_is_unreleased(
    root: Path, project: dict[str, Any]
) -> None:
    lines = (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    newest = next(line for line in lines if line.startswith("## "))
    assert project["version"] in newest or "unreleased" in newest.lower()

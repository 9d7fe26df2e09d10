"""The version stands in three files, and is the same in all of them."""

import json
import tomllib
from pathlib import Path

import yaml


def test_code_data_and_citation_have_one_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    package = json.loads((root / "polls" / "datapackage.json").read_text(encoding="utf-8"))
    versions = {project["version"], citation["version"], package["version"]}
    assert versions == {project["version"]}


def test_the_changelog_begins_with_this_version_or_what_is_unreleased(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    newest = next(line for line in lines if line.startswith("## "))
    assert project["version"] in newest or "unreleased" in newest.lower()

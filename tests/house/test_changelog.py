"""Each release of the changelog tells changes of the data apart from changes of the code."""

import re
from pathlib import Path


def test_every_release_has_the_headings_data_and_code(root: Path) -> None:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert releases, "CHANGELOG.md has no release"
    headings = [re.findall(r"^### (\w+)", release, flags=re.MULTILINE) for release in releases]
    assert [found[:2] for found in headings] == [["Data", "Code"]] * len(releases)

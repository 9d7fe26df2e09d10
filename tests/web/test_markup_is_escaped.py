"""Text from the tables is text on a page: markup in a name or a note does not come alive."""

import shutil
from pathlib import Path

import pytest
from helpers.paths import ROOT

from web.kit import Site
from web.material import Material
from web.pages import FURTHER, ROOMS, pollsters

pytestmark = pytest.mark.long("pages with planted markup are built")

PLANTED = "<script>alert(1)</script><b onclick=x>&amp;\"'"
# A pollster with few waves and none of them in a series: no model has to be fitted.
HOUSE = "gallup"


@pytest.fixture
def planted(tmp_path: Path) -> str:
    """Page of a pollster in whose name, owner and notes markup was planted."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "polls" / "data", data)
    table = data / "houses.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    cell = '"' + PLANTED.replace('"', '""') + '"'
    for place, line in enumerate(lines):
        if line.startswith(f"{HOUSE},"):
            lines[place] = f"{HOUSE},{cell},,foreign,{cell},,,,,,{cell}"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    site = Site(
        tmp_path / "site",
        {"rooms": ROOMS, "further": FURTHER, "version": "1", "front_card": None},
    )
    for page in pollsters.list_pages(Material(data), {}):
        if page.path == f"pollster/{HOUSE}.html":
            site.write_page(page)
    return (tmp_path / "site" / "uk" / "pollster" / f"{HOUSE}.html").read_text(encoding="utf-8")


def test_markup_in_name_owner_and_notes_is_shown_and_does_not_run(planted: str) -> None:
    assert planted.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert "<script" not in planted
    assert "<b onclick" not in planted

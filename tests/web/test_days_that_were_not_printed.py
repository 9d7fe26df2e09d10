"""Days that a pollster did not print carry a star on the site, wherever they are told."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest

from web.chart import list_dots
from web.kit import STAR, Site, View, Words
from web.material import Material
from web.pages import table, write_feeds
from web.pages.pollsters import _waves

pytestmark = pytest.mark.long("all polls and their estimates are read for the site")

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


@pytest.mark.quick
def test_a_span_has_a_star_if_its_days_were_not_printed() -> None:
    days = pd.Timestamp("2022-04-01"), pd.Timestamp("2022-04-30")
    assert Words("en").span(*days) + STAR == Words("en").span(*days, printed=False)


@pytest.mark.parametrize("house", ["levada", "vciom"])
def test_each_wave_of_a_pollster(material: Material, house: str) -> None:
    waves = material.tables["polls"]
    mine = waves[waves["house_id"] == house]
    rows = _waves(material, View("en", f"pollster/{house}.html"), mine, house)
    in_order = mine.sort_values(["latest", "poll_id"], ascending=False)["date_precision"]
    assert [row["days"].endswith(STAR) for row in rows] == (in_order != "day").tolist()
    assert {row["days"].endswith(STAR) for row in rows} == {True, False}


def test_each_dot_of_the_chart(material: Material) -> None:
    obs = material.fitted.obs("support").set_index("poll_id")
    for dot in list_dots(material, Words("ru"))["support"]:
        assert dot["days"].endswith(STAR) == obs.loc[dot["id"], "date_imputed"]


def test_each_row_of_the_table(material: Material) -> None:
    (page,) = table.list_pages(material, {})
    rows = page.values(View("uk", page.path))["rows"]
    told = sorted(row["days"].endswith(STAR) for row in rows)
    assert told == sorted(material.asked["date_imputed"])
    assert any(told)


def test_an_entry_of_the_feed_explains_its_star(material: Material, tmp_path: Path) -> None:
    write_feeds(Site(tmp_path, {}, "https://example.org/"), material)
    entries = list(ET.parse(tmp_path / "feed.xml").getroot().iter(f"{ATOM}entry"))
    words = Words("en").t("days.star")
    told = [
        [entry.findtext(f"{ATOM}{name}", "") for name in ("title", "summary")] for entry in entries
    ]
    assert any(STAR in title for title, _ in told)
    assert [STAR in title for title, _ in told] == [words in summary for _, summary in told]

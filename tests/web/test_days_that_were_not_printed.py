"""Days that a pollster did not print carry a star on the site, wherever they are told."""

import pandas as pd
import pytest

from web.chart import list_dots
from web.kit import STAR, View, Words
from web.material import Material
from web.pages import table
from web.pages.pollsters import _waves


@pytest.fixture(scope="module")
def material() -> Material:
    return Material()


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

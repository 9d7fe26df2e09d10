"""Titles, alt texts and the README take direction, base and size from one table of findings."""

import importlib.util
from types import ModuleType

import pytest
from helpers.paths import ROOT

import polls
from analysis.findings import findings, name_span, signed
from figures import FittedPolls, draw
from figures.kit.labels import show_number

TABLES = {**polls.load(), "arms": polls.experiments()}
FITTED = FittedPolls(TABLES, polls.series)


@pytest.fixture(scope="module")
def rows():
    found = findings(FITTED, ["support", "questions", "hidden", "parts"])
    return found.set_index("finding").to_dict("index")


@pytest.fixture(scope="module")
def headline():
    """The headline as today's tables make it."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "notebooks" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = TABLES["houses"].set_index("house_id")["name"].to_dict()
    return module.write_headline(findings(FITTED, ["support", "questions"]), names)


def plain(words):
    return " ".join(words.split())


def whole(value):
    return show_number(round(value), with_sign=True)


def test_the_picture_of_the_trend_tells_the_change_of_the_table(rows):
    title = plain(draw("trend-support", FITTED).fig.get_suptitle())
    main = rows["support.panel"]
    assert whole(main["mean"]) in title
    assert name_span(main["start"], main["start_until"]) in title


def test_picture_and_page_agree_on_whether_the_base_decides(headline):
    title = plain(draw("trend-support", FITTED).fig.get_suptitle())
    hangs = "hangs on where one begins" in headline
    assert ("no clear change since the first weeks" in title) == hangs


@pytest.mark.parametrize("slug", ["talks-continue", "all-questions"])
def test_pictures_of_fighting_on_tell_one_change_from_one_base(rows, slug):
    rendering = draw(slug, FITTED)
    mine = rows["fight_on.panel"]
    title = plain(rendering.fig.get_suptitle())
    assert whole(mine["mean"]) in rendering.alt
    assert whole(rows["fight_on.support"]["mean"]) in rendering.alt
    told = {"talks-continue": "fight_on.panel", "all-questions": "fight_on.paired"}[slug]
    assert whole(rows[told]["mean"]) in title
    assert name_span(mine["start"], mine["start_until"]) in title


def test_the_pictures_of_sincerity_tell_the_one_list_experiment(rows):
    share, gap = rows["sincerity.share"], rows["sincerity.gap"]
    tipping = draw("tipping-point-support", FITTED)
    assert f"{share['mean']:.0f}%" in plain(tipping.fig.get_suptitle())
    assert f"({share['lower']:.0f} to {share['upper']:.0f}" in plain(tipping.alt)
    assert f"{gap['mean']:.0f} points" in plain(draw("indirect-support", FITTED).fig.get_suptitle())


def test_the_picture_of_nonresponse_tells_both_sides(rows):
    alt = draw("nonresponse-support", FITTED).alt
    for name in ("recontact", "fear"):
        assert show_number(rows[f"silence.{name}"]["mean"], digits=1) in alt


def test_the_page_tells_the_same_changes_from_the_same_bases(rows, headline):
    names = ("support.panel", "support.first_weeks", "support.autumn", "fight_on.panel")
    for name in names:
        row = rows[name]
        assert signed(row["mean"]) in headline
        assert name_span(row["start"], row["start_until"]) in headline


def test_the_picture_of_all_parts_tells_the_change_and_the_base_of_the_table(rows):
    title = plain(draw("composition-support", FITTED).fig.get_suptitle())
    none, main = rows["parts.support.undecided"], rows["support.panel"]
    assert whole(none["mean"]) in title
    assert name_span(none["start"], none["start_until"]) in title
    for name in ("start", "start_until", "end", "end_until", "panel"):
        assert none[name] == main[name]


def test_the_parts_of_an_answer_add_up_to_no_change(rows):
    for construct in ("support", "talks"):
        changes = [rows[f"parts.{construct}.{p}"]["mean"] for p in ("for", "against", "undecided")]
        assert abs(sum(changes)) < 0.1

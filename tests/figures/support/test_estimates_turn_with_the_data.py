"""Titles of the figures that show estimates in rows or lines turn when the results turn."""

from datetime import date

import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps, make_houses, make_polls

from analysis.findings import find_extremes
from figures.support.claim import claim_title, plot_claim, show_probability
from figures.support.house_effects import houses_title, plot_houses
from figures.support.sector_gap import gap_title, plot_gap
from figures.support.sectors import count_late, plot_sectors, sectors_title
from figures.support.vintages import find_revisions, fixed_set, vintages_title

SPRING = date(2022, 4, 1)


def plain(words: str) -> str:
    """Words with ordinary spaces."""
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")


def make_effects(levada: float, chronicles: float) -> pd.DataFrame:
    """Effects of three houses, of which FOM has two polls only."""
    mean = [levada, chronicles, 30.0]
    frame = pd.DataFrame({"house_id": ["levada", "chronicles", "fom"], "mean": mean})
    return frame.assign(sd=1.0, lower=frame["mean"] - 2, upper=frame["mean"] + 2)


def pick(*houses: str) -> pd.DataFrame:
    """Made-up polls of some houses."""
    polls = make_polls()
    return polls[polls["house_id"].isin(houses)]


def test_the_title_names_the_highest_and_the_lowest_house_with_several_polls() -> None:
    obs = pick("levada", "chronicles", "fom")
    wide = {"mean": 20.0, "lower": 18.0, "upper": 22.0}
    title = plain(houses_title(obs, make_effects(13, -7), make_houses(), wide))
    assert title.startswith("On average Levada Center finds 20 points more")
    other = plain(houses_title(obs, make_effects(-7, 13), make_houses(), wide))
    assert other.startswith("On average Chronicles finds 20 points more")


@pytest.mark.parametrize(("lower", "is_apart"), [(-1.0, False), (0.0, False), (0.1, True)])
def test_houses_whose_interval_holds_zero_are_not_called_apart(
    lower: float, is_apart: bool
) -> None:
    obs = pick("levada", "chronicles", "fom")
    close = {"mean": 1.0, "lower": lower, "upper": 3.0}
    title = plain(houses_title(obs, make_effects(1, 0), make_houses(), close))
    assert title.startswith("No clear difference between pollsters") is not is_apart


def test_a_house_with_two_polls_is_drawn_but_is_no_extreme() -> None:
    obs, effects = pick("levada", "chronicles", "fom"), make_effects(13, -7)
    assert find_extremes(obs, effects) == ("levada", "chronicles")
    wide = {"mean": 20.0, "lower": 18.0, "upper": 22.0}
    fig = plot_houses(obs, effects, make_houses(), contrast=wide)
    assert next(text.get_text() for text in fig.axes[0].get_yticklabels()) == "FOM (2)"
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_polls_of_one_house_have_no_difference_to_show() -> None:
    with pytest.raises(ValueError, match="All polls are of one house"):
        find_extremes(pick("levada"), make_effects(1, 0).head(1))


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(
    ("lower", "upper", "title"),
    [
        ([2, 1], [7, 8], "State-run pollsters find more support"),
        ([-8, -7], [-1, -2], "State-run pollsters find less support"),
        ([2, -3], [7, 2], "State-run pollsters probably find a bit more support"),
    ],
)
def test_the_gap_has_a_sign_only_if_all_identifications_agree(
    lower: list[float], upper: list[float], title: str
) -> None:
    gaps = pd.DataFrame({"choice": ["these_houses", "by_polls"], "lower": lower, "upper": upper})
    gaps["mean"] = (gaps["lower"] + gaps["upper"]) / 2
    assert plain(gap_title(gaps)).startswith(title)
    fig = plot_gap(make_polls(), gaps, make_houses())
    assert plain(fig.get_suptitle()).startswith(title)


def make_claims(state: float = 0.99, independent: float = 0.99) -> pd.DataFrame:
    """Claims for two houses and their sectors."""
    rows = [
        ("house", "fom", 0.99), ("house", "levada", 0.9), ("sector", "sector:state", state),
        ("sector", "sector:independent", independent),
    ]  # fmt: skip
    claims = pd.DataFrame(rows, columns=["estimand", "reference", "prob_above"])
    claims["mean"] = [72.0, 81.0, 73.0, 69.0]
    ends = {"lower": claims["mean"] - 8, "upper": claims["mean"] + 8}
    return claims.assign(above=50.0, as_of="2022-04-18", **ends)


@pytest.mark.parametrize(
    ("state", "independent", "far", "words"),
    [
        (0.99, 0.99, 0.96, "did put declared support well above 50%: on average 73% and 69%"),
        (0.99, 0.99, 0.94, "did put declared support above 50%: on average 73% and 69%"),
        (0.95, 0.95, 0.95, "did put declared support well above 50%: on average 73% and 69%"),
        (0.95, 0.95, 0.949, "did put declared support above 50%: on average 73% and 69%"),
        (0.95, 0.949, 0.95, "not both state-run and independent polls clearly put support above"),
        (0.99, 0.94, 0.96, "not both state-run and independent polls clearly put support above"),
        (0.6, 0.99, 0.96, "not both state-run and independent polls clearly put support above"),
    ],
)
def test_the_claim_is_held_against_both_sectors_that_it_spoke_of(
    state: float, independent: float, far: float, words: str
) -> None:
    well = dict.fromkeys(("sector:state", "sector:independent"), far)
    assert words in plain(claim_title(make_claims(state, independent), well=well))


def test_the_claim_is_drawn_by_sector_with_the_polls_that_had_been_published() -> None:
    obs = pick("levada", "fom").head(30)
    fig = plot_claim(obs, make_claims(), make_houses())
    (ax,) = fig.axes
    names = [plain(text.get_text()) for text in ax.get_yticklabels()]
    assert names == ["State-run: average", "FOM", "Independent: average", "Levada Center"]
    (line,) = [line for line in ax.lines if line.get_gid() == "line"]
    assert set(line.get_xdata()) == {50.0}
    for house in ("levada", "fom"):
        (ticks,) = [line for line in ax.lines if line.get_gid() == f"polls-{house}"]
        assert list(ticks.get_xdata()) == list(obs.loc[obs["house_id"] == house, "share_pct"])


def test_polls_of_a_claim_far_from_the_averages_stand_inside_the_axis() -> None:
    obs = pick("levada", "fom").head(30).reset_index(drop=True)
    obs.loc[[0, 1], "share_pct"] = [20, 97]
    (ax,) = plot_claim(obs, make_claims(), make_houses()).axes
    assert ax.get_xlim() == (19.0, 98.0)


@pytest.mark.parametrize(
    ("probability", "words"), [(0.9901, ">99%"), (0.99, "99%"), (0.5, "50%"), (0.001, "<1%")]
)
def test_no_probability_is_shown_as_certain(probability: float, words: str) -> None:
    assert show_probability(probability) == words


def make_change(mean: float, fall: float) -> dict[str, float]:
    return {"mean": mean, "lower": mean - 5, "upper": mean + 5, "prob_negative": fall}


@pytest.mark.parametrize(
    ("state", "independent", "title"),
    [
        ((-6, 0.99), (-6, 0.98), "State-run and independent polls both show a fall"),
        ((-6, 0.99), (-4, 0.92), "Support has probably fallen since spring 2022"),
        ((6, 0.01), (6, 0.01), "State-run and independent polls both show a rise"),
        ((1, 0.4), (-1, 0.6), "Neither state-run nor independent polls show a clear change"),
        ((6, 0.01), (-6, 0.99), "State-run and independent polls differ"),
        ((-6, 0.99), (0, 0.5), "State-run and independent polls differ"),
    ],
)
def test_the_sectors_are_said_to_agree_only_if_they_do(
    state: tuple[float, float], independent: tuple[float, float], title: str
) -> None:
    changes = {"state": make_change(*state), "independent": make_change(*independent)}
    assert plain(sectors_title(changes, SPRING)).startswith(title)


@pytest.mark.long("each case is drawn")
def test_a_sector_with_few_polls_after_the_first_year_has_dots_and_no_line() -> None:
    polls = make_polls()
    days = pd.date_range("2022-02-25", "2025-10-08")
    trend = pd.DataFrame({"date": days, "mean": 66.0, "lower": 63.0, "upper": 69.0})
    changes = {"state": make_change(-6, 0.99), "independent": make_change(-4, 0.95)}
    trends = {"state": trend, "independent": trend}
    given = {"changes": changes, "since": SPRING}
    late = count_late(polls, "state")
    assert 0 < late < 12
    fig = plot_sectors(polls, trends, make_houses(), **given)
    assert f"have published {late} readings of support" in plain(fig.get_suptitle())
    drawn = {line.get_gid() for line in fig.axes[0].lines}
    assert "estimate-independent" in drawn
    assert "estimate-state" not in drawn
    assert find_overlaps(fig) == []
    many = pd.concat([polls, *[polls[polls["mid_date"].dt.year > 2022]] * 9], ignore_index=True)
    other = plot_sectors(many, trends, make_houses(), **given)
    lines = {line.get_gid() for line in other.axes[0].lines}
    assert "estimate-state" in lines


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("days_before", "side"), [(0, "right"), (120, "left")])
def test_no_number_of_a_poll_lies_on_the_labels_of_the_margin(days_before: int, side: str) -> None:
    """The mark of a poll just above the last leaves room for its number on either side."""
    polls = make_polls()
    state = polls["sector"] == "state"
    end = polls["mid_date"].max() - pd.Timedelta(days=days_before)
    last = polls[state].tail(1)
    two = [last.assign(mid_date=end - pd.Timedelta(days=days), share_pct=share)
           for days, share in ((9, 91.0), (0, 90.0))]  # fmt: skip
    early = polls[~state | (polls["mid_date"].dt.year == 2022)]
    many = pd.concat([early, *two], ignore_index=True)
    days = pd.date_range("2022-02-25", polls["mid_date"].max())
    trend = pd.DataFrame({"date": days, "mean": 66.0, "lower": 63.0, "upper": 69.0})
    changes = {"state": make_change(-6, 0.99), "independent": make_change(-4, 0.95)}
    trends = {"state": trend, "independent": trend}
    fig = plot_sectors(many, trends, make_houses(), changes=changes, since=SPRING)
    sides = {text.get_text(): text.get_ha() for text in fig.axes[0].texts}
    assert sides["90"] == side
    assert find_overlaps(fig) == []


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize(("readings", "has_line"), [(11, False), (12, True)])
def test_twelve_readings_after_the_first_year_make_a_line(readings: int, has_line: bool) -> None:
    polls = make_polls()
    late = (polls["sector"] == "state") & (polls["mid_date"].dt.year > 2022)
    again = [polls[late].head(1)] * readings
    many = pd.concat([polls[~late], *again], ignore_index=True)
    days = pd.date_range("2022-02-25", "2025-10-08")
    trend = pd.DataFrame({"date": days, "mean": 66.0, "lower": 63.0, "upper": 69.0})
    changes = {"state": make_change(-6, 0.99), "independent": make_change(-4, 0.95)}
    trends = {"state": trend, "independent": trend}
    fig = plot_sectors(many, trends, make_houses(), changes=changes, since=SPRING)
    assert count_late(many, "state") == readings
    lines = {line.get_gid() for line in fig.axes[0].lines}
    assert ("estimate-state" in lines) is has_line
    assert ("11 readings" in plain(fig.get_suptitle())) is not has_line
    foot = plain(" ".join(text.get_text() for text in fig.texts))
    assert ("−6 points" in foot) is has_line


def test_within_the_first_year_each_sector_has_its_line() -> None:
    polls = make_polls()
    early = polls[polls["mid_date"] < "2022-12-01"]
    days = pd.date_range("2022-02-25", "2022-11-30")
    trend = pd.DataFrame({"date": days, "mean": 66.0, "lower": 63.0, "upper": 69.0})
    changes = {"state": make_change(-6, 0.99), "independent": make_change(-4, 0.95)}
    trends = {"state": trend, "independent": trend}
    assert count_late(early, "state") == 0
    fig = plot_sectors(early, trends, make_houses(), changes=changes, since=SPRING)
    assert plain(fig.get_suptitle()).endswith("alike: −6 points and −4 points")
    drawn = {line.get_gid() for line in fig.axes[0].lines}
    assert {"estimate-state", "estimate-independent"} <= drawn


def make_vintages(off: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimates of their time that lie `off` below those of now."""
    days = pd.date_range("2022-04-18", periods=4, freq="QS")
    trend = pd.DataFrame({"date": days, "mean": 66.0})
    then = trend.assign(as_of=days, mean=66.0 - off)
    return then.assign(lower=then["mean"] - 3, upper=then["mean"] + 3), trend


@pytest.mark.parametrize(
    ("off", "title"),
    [
        (0.9, "Earlier estimates held up: off by 0.9 points"),
        (4.0, "Estimates of support made at the time were off by 4.0 points"),
    ],
)
def test_what_was_said_at_the_time_holds_up_only_if_it_was_near(off: float, title: str) -> None:
    history, trend = make_vintages(off)
    words = plain(vintages_title(history, trend))
    assert words.startswith(title)
    inside = 4 if off < 3 else 0
    assert f"{inside} of 4 " in words
    assert find_revisions(history, trend)["revision"].tolist() == pytest.approx([off] * 4)


def test_the_fixed_set_holds_the_houses_with_several_polls() -> None:
    assert fixed_set(make_polls()) == "houses:chronicles,levada,russian_field,vciom"
    with pytest.raises(ValueError, match="No house has 4 polls yet"):
        fixed_set(make_polls().head(3))

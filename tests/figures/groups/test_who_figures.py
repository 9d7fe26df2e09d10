"""The figures of groups draw what the estimates say, and their titles turn with it."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.groups import fit_who, simulate_who
from figures.groups._words import _read_side, who_alt, who_title
from figures.groups.last_wave import groups_data, groups_title, plot_groups
from figures.groups.over_time import Gap, plot_who, who_data
from figures.kit.edition import Edition

WORLD = simulate_who(3, 800, waves_without_tv=0, rng=np.random.default_rng(2))
DAY = pd.Timestamp("2022-11-01")


@cache
def fit():
    cells = WORLD.cells.assign(
        wording_variant=np.where(WORLD.cells["wave"] == "03", "other", "usual")
    )
    return fit_who(cells, WORLD.population, n_points=64)


def make_gap(start=39.0, end=33.0, change=(-11.0, -1.0, 0.99)):
    """A gap that went from one level to another."""
    moments = [
        {"date": pd.Timestamp(date), "mean": mean, "lower": mean - 4, "upper": mean + 4}
        for date, mean in (("2022-03-11", start), ("2025-02-09", end))
    ]
    names = ("lower", "upper", "prob_negative")
    told = dict(zip(names, change, strict=True)) | {"mean": end - start}
    return Gap("60+", "18-29", *moments, told)


@pytest.mark.parametrize(
    ("lower", "upper", "side"),
    [
        (1e-9, 5.0, ("more", 1)), (0.0, 5.0, ("same", 1)), (-5.0, 0.0, ("same", 1)),
        (-5.0, -1e-9, ("less", -1)),
    ],
)  # fmt: skip
def test_a_group_supports_more_where_its_whole_interval_does(lower, upper, side):
    end = {"date": DAY, "mean": 1.0, "lower": lower, "upper": upper}
    assert _read_side(Gap("a", "b", end, end, end)) == side


def draw(**changed):
    given = {"gap": make_gap(), "source": "Made up", "data_to": DAY}
    results = fit()
    return plot_who(
        results.share("age_group"), results.compare_weighted("age_group"), "age_group",
        **(given | changed),
    )  # fmt: skip


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (make_gap(), ("rises with age; the gap of 60+ to 18–29 narrowed from {ends}: −6 (−11 to "
         "−1) points")),
        (make_gap(33, 39, (1, 11, 0.01)), "60+ to 18–29 widened from {ends}: +6 (+1 to +11)"),
        (make_gap(39, 36, (-8, 1, 0.93)), "probably narrowed"),
        (make_gap(39, 38, (-8, 6, 0.6)), "no clear change in the gap of 60+ to 18–29, {ends}: −1"),
        (make_gap(39, 39, (-1, 1, 0.5)), "hardly changed"),
        # The young support more, and by more than before: the distance has grown.
        (make_gap(-33, -39, (-11, -1, 0.99)), ("falls with age; the gap of 60+ to 18–29 "
         "widened from {ends}: +6 (+1 to +11) points")),
        (make_gap(3, 1, (-8, 4, 0.7)), "hardly depends on age"),
    ],
)  # fmt: skip
def test_the_title_says_who_supports_more_and_what_became_of_the_gap(gap, words) -> None:
    ends = " to ".join(f"{moment['date']:%B %Y}" for moment in (gap.start, gap.end))
    assert words.format(ends=ends) in plain(who_title("age_group", gap))


def test_the_title_of_the_picture_is_that_sentence() -> None:
    title = plain(draw().get_suptitle())
    assert title == plain(who_title("age_group", make_gap()))


def test_lines_bands_and_dots_are_the_data() -> None:
    ax = draw().axes[0]
    results = fit()
    data = who_data(results.share("age_group"), results.compare_weighted("age_group"))
    for group, mine in data.groupby("group"):
        segments = [a for a in ax.lines if str(a.get_gid()).startswith(f"estimate-{group}-")]
        drawn = [*segments[0].get_ydata()[:1], *(s.get_ydata()[1] for s in segments)]
        np.testing.assert_allclose(np.array(drawn, float), mine["value_pct"])
        dots = [a for a in ax.lines if str(a.get_gid()).endswith(f"-{group}")]
        seen = np.concatenate([np.asarray(a.get_ydata(), float) for a in dots])
        np.testing.assert_allclose(np.sort(seen), np.sort(mine["weighted_pct"]))


def test_a_wave_in_other_words_is_hollow_and_reached_by_a_broken_line() -> None:
    ax = draw().axes[0]
    parts = {str(a.get_gid()): a for a in ax.lines}
    assert parts["estimate-60+-0"].get_linestyle() == "-"
    assert parts["estimate-60+-1"].get_linestyle() == "--"
    assert parts["polls-other-60+"].get_markerfacecolor() == "white"
    assert len(parts["polls-other-60+"].get_xdata()) == 1
    assert parts["polls-same-60+"].get_markerfacecolor() != "white"


def test_of_several_wordings_in_a_wave_the_usual_one_is_drawn() -> None:
    shares = pd.DataFrame(
        {
            "wave": "02", "wording_variant": ["new", "usual"], "date": DAY, "group": "60+",
            "is_comparable": [False, True], "mean": [80.0, 70.0], "lower": 60.0, "upper": 90.0,
        }
    )  # fmt: skip
    weighted = shares.assign(weighted_pct=[81.0, 71.0])
    data = who_data(shares, weighted)
    assert data[["value_pct", "weighted_pct"]].to_numpy().tolist() == [[70.0, 71.0]]


@pytest.mark.parametrize("lang", ["en", "ru", "uk"])
def test_the_alt_text_tells_both_groups_in_few_words(lang) -> None:
    results = fit()
    data = who_data(results.share("age_group"), results.compare_weighted("age_group"))
    old = data[data["group"] == "60+"]
    same = old[old["is_comparable"]]
    ends = [{"date": same["date"].iloc[k], "mean": gap} for k, gap in ((0, 38.4), (-1, 33.9))]
    alt = who_alt("age_group", Gap("60+", "18-29", *ends, {}), data, Edition(lang))
    assert len(alt.split()) <= 40
    for value in (38, 34, old["value_pct"].iloc[-1]):
        assert f"{value:.0f}" in alt


def test_the_alt_text_ends_as_the_lines_do_and_says_where_they_asked_otherwise() -> None:
    """The gap is told between waves that asked alike, the levels as they stand beside the lines."""
    results = fit()
    data = who_data(results.share("age_group"), results.compare_weighted("age_group"))
    days = sorted(set(data["date"]))
    start, end = {"date": days[0], "mean": 38.0}, {"date": days[-2], "mean": 34.0}
    gap = Gap("60+", "18-29", start, end, {})
    alt = who_alt("age_group", gap, data, Edition())
    shown = data.loc[(data["group"] == "60+") & (data["date"] == days[-1]), "value_pct"].iloc[0]
    assert f"Last, {days[-1]:%B %Y}, asked otherwise: {shown:.0f} and" in plain(alt)
    alike = who_alt("age_group", gap, data[data["date"] < days[-1]], Edition())
    assert "otherwise" not in alike


def test_frames_are_not_touched() -> None:
    shares, weighted = fit().share("age_group"), fit().compare_weighted("age_group")
    copies = shares.copy(), weighted.copy()
    plot_who(shares, weighted, "age_group", gap=make_gap(), source="Made up", data_to=DAY)
    pd.testing.assert_frame_equal(shares, copies[0])
    pd.testing.assert_frame_equal(weighted, copies[1])


def test_a_factor_without_words_is_refused() -> None:
    shares = fit().share("sex")
    with pytest.raises(ValueError, match=r"labels.csv has no words for who.sex"):
        plot_who(
            shares, fit().compare_weighted("sex"), "sex",
            gap=make_gap(), source="Made up", data_to=DAY,
        )  # fmt: skip


def test_all_groups_of_the_last_wave_are_rows_and_the_title_names_both_ends() -> None:
    shares = {by: fit().share(by) for by in (None, "sex", "age_group", "settlement", "tv_source")}
    rows = groups_data(shares)
    assert set(rows["wave"]) == {"03"}
    assert len(rows) == 1 + 2 + 5 + 2 + 2
    groups = rows[rows["by"] != ""]
    title = plain(groups_title(rows))
    for share in (groups["value_pct"].min(), groups["value_pct"].max()):
        assert f"{share:.0f}%" in title
    fig = plot_groups(rows, source="Made up", data_to=DAY)
    marks = [a for a in fig.axes[0].lines if str(a.get_gid()).startswith("estimate-")]
    drawn = [float(a.get_xdata()[0]) for a in marks]
    np.testing.assert_allclose(sorted(drawn), sorted(rows["value_pct"]))
    # The factor whose groups are furthest apart stands first.
    spans = groups.groupby("by")["value_pct"].agg(lambda shares: shares.max() - shares.min())
    widest = groups[groups["by"] == spans.idxmax()]["value_pct"]
    np.testing.assert_allclose(drawn[1 : 1 + len(widest)], widest)

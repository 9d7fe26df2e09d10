"""Each series of participation has a panel, and the title follows how the series end."""

import pandas as pd
import pytest
from helpers.figures_made import (
    EDITIONS,
    find_cut_texts,
    find_overlaps,
    make_fitted,
    make_houses,
)

from figures.hidden import participation
from figures.hidden.participation import (
    participation_alt,
    participation_title,
    plot_participation,
)
from figures.kit.edition import LANGUAGES, Edition
from figures.kit.frames import rank_houses

DAYS = pd.to_datetime(["2022-03-01", "2023-03-01", "2024-09-20"])


def make_series(finished=(6.0, 4.0, 5.0), refused=(76.0, 79.0, 72.0)):
    both = (("completes", "russian_field", finished), ("refused", "levada", refused))
    parts = [
        pd.DataFrame({"house_id": house, "kind": kind, "study": "wave", "date": DAYS[: len(rates)],
                      "value_pct": rates})
        for kind, house, rates in both
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


SERIES = make_series()


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), [(lang, "phone") for lang in LANGUAGES])
def test_no_text_is_cut_or_covered(lang, size):
    fig = plot_participation(SERIES, make_houses(), Edition(lang, size))
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


@pytest.mark.parametrize(("as_of", "n"), [("2022-04-17", 1), ("2022-04-18", 2), (None, 3)])
def test_a_rate_is_known_from_its_day_on(as_of, n, monkeypatch):
    days = pd.to_datetime(["2022-03-01", "2022-04-18", "2022-09-01"])
    series = SERIES.head(3).assign(date=days)
    monkeypatch.setattr("analysis.sensitivity.participation_series", lambda table: series)
    fitted = make_fitted()
    fitted.tables["participation"] = None
    fitted.as_of = as_of and pd.Timestamp(as_of)
    assert len(participation.make_series(fitted)) == n


def test_dots_are_those_of_the_series_each_in_a_panel_of_its_own():
    axes = plot_participation(SERIES, make_houses()).axes
    drawn = [{line.get_gid(): list(line.get_ydata()) for line in ax.lines} for ax in axes]
    assert drawn == [
        {"polls-russian_field-completes": [6.0, 4.0, 5.0]},
        {"polls-levada-refused": [76.0, 79.0, 72.0]},
    ]


def test_refusals_have_an_axis_to_100_and_finished_interviews_room_above_the_highest():
    finished, refused = plot_participation(SERIES, make_houses()).axes
    assert finished.get_ylim() == pytest.approx((0, 1.25 * 6))
    assert refused.get_ylim() == (0, 100)


def test_a_rate_of_one_poll_has_no_panel():
    assert len(plot_participation(make_series(refused=(76.0,)), make_houses()).axes) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "4 to 6 finished an interview, depending on the poll; too few polls for a trend"),
        ({"finished": (6.0, 4.0, 3.0)}, "series that end at their worst: 1 of 2"),
        ({"finished": (6.0, 4.0, 3.0), "refused": (70.0, 71.0, 80.0)}, "at their worst: 2 of 2"),
    ],
)
def test_the_title_follows_the_last_rate_of_each_series(changed, words):
    title = participation_title(make_series(**changed)).replace("\N{NO-BREAK SPACE}", " ")
    assert words in title


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        ((6.0, 4.0, 5.0), "None ends on its worst value."),
        ((6.0, 4.0, 3.0), "Series that end on their worst value: 1 of 2."),
    ],
)
def test_the_alt_text_says_in_words_that_no_series_ends_at_its_worst(finished, words):
    series = make_series(finished=finished)
    ranked = rank_houses(make_houses(), series)
    assert participation_alt(series, ranked).replace("\N{NO-BREAK SPACE}", " ").endswith(words)


def test_that_no_series_ends_at_its_worst_is_said_of_many_polls_only():
    days = pd.date_range("2022-03-01", periods=20, freq="MS")
    series = pd.DataFrame({"house_id": "levada", "kind": "completes", "date": days})
    series["value_pct"] = [4.0] + [5.0] * 19
    assert "no series ends at its worst" in participation_title(series)
    assert "too few polls" in participation_title(series.head(19))


def test_without_two_polls_counted_alike_it_says_so():
    with pytest.raises(ValueError, match="No house has counted alike in two polls"):
        plot_participation(SERIES[SERIES["kind"] == "refused"], make_houses())


def test_the_caption_names_its_two_studies_whatever_later_ones_tell():
    names = ["study", "measure"]
    named = [dict(zip(names, keys, strict=True)) for keys in participation.OTHERS.values()]
    rows = [row | {"value": n} for row, n in zip(named, (58, 5, 7), strict=True)]
    later = [row | {"study": "later", "value": 33} for row in named]
    fitted = make_fitted()
    fitted.as_of = None
    fitted.tables["participation"] = pd.DataFrame(later[:1] + rows + later)
    (words,) = participation._say_others(fitted, Edition())
    assert "58 percent told Levada" in words
    assert "5 to 7 percent of those reached" in words


MANY = pd.concat(
    SERIES.query("kind == 'completes'").assign(house_id=house, value_pct=values)
    for house, values in {
        "russian_field": [6.0, 4.0, 5.0], "levada": [24.0, 22.0, 26.0], "vciom": [11.0, 10.0, 12.0],
        "chronicles": [4.0, 2.0, 5.0], "made": [30.0, 29.0, 31.0],
    }.items()
)  # fmt: skip
MADE = {"house_id": "made", "sector": "foreign", "name": "Institute for the…"}


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), [*EDITIONS, ("ru", "article"), ("uk", "phone")])
def test_many_series_stand_in_rows_of_three(lang, size):
    """A further house is an ordinary row of the table; four panels in a row ran into each other."""
    houses = pd.concat([make_houses(), pd.DataFrame([MADE])], ignore_index=True)
    fig = plot_participation(MANY, houses, Edition(lang, size), by_phone=False)
    assert len(fig.axes) == 5
    tops = [round(ax.get_position().y1, 3) for ax in fig.axes]
    assert len(set(tops)) == (5 if size == "phone" else 2)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_rates_that_are_shown_alike_are_no_range():
    series = make_series(finished=(9.4, 8.6, 9.0))
    words = participation_alt(series, rank_houses(make_houses(), series))
    assert "Russian Field, finished 9 percent" in words.replace("\N{NO-BREAK SPACE}", " ")


def test_an_alt_text_of_many_series_tells_three_and_counts_the_rest():
    houses = pd.concat([make_houses(), pd.DataFrame([MADE])], ignore_index=True)
    words = participation_alt(MANY, rank_houses(houses, MANY)).replace("\N{NO-BREAK SPACE}", " ")
    assert words.count("finished") == 3
    assert "; 2 more. None ends" in words
    assert len(words.split()) <= 40


@pytest.mark.parametrize(("mode", "words"), [("cati", "a telephone poll"), ("f2f", "a poll on")])
def test_polls_are_called_telephone_polls_where_all_are(mode, words, monkeypatch):
    fitted = make_fitted()
    monkeypatch.setattr(participation, "make_series", lambda fitted: SERIES)
    monkeypatch.setattr(participation, "_say_others", lambda fitted, edition: [])
    # A study of which no rate is drawn changes no word.
    studies = {"study": ["wave", "wave", "other"], "mode": ["cati", mode, "online"]}
    fitted.tables["participation"] = pd.DataFrame(studies)
    fig = participation._draw_published(fitted, Edition()).fig
    assert f"Each dot is {words}" in " ".join(text.get_text() for text in fig.texts)

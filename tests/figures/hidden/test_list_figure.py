"""The figure of comparisons draws what was found, and only the list speaks of sincerity."""

from datetime import date
from functools import cache

import pandas as pd
import pytest
from helpers.figures_made import EDITIONS, find_cut_texts, find_overlaps

import polls
from figures import FittedPolls
from figures.hidden import indirect
from figures.hidden.indirect import indirect_title, known_by, make_rows, name_row, plot_indirect
from figures.kit.edition import DEFAULT, LANGUAGES, Edition

TABLES = {**polls.load(), "arms": polls.experiments()}
ALL = make_rows(FittedPolls(TABLES, polls.series))
# One list is there, whichever come in later.
ROWS = ALL[(ALL["group"] != "secret") | (ALL["house_id"] == "chapkovski_schaub")]
DAY = pd.Timestamp("2024-09-27")


@cache
def see():
    """A figure to look at; drawn once, so leave it as it is."""
    return plot_indirect(ROWS, data_to=DAY)


def titled(change, *, share=61.0, lang="en"):
    rows = pd.DataFrame(
        {
            "group": ["secret"], "change": [change], "to_pct": [share], "period": None,
            "date": pd.Timestamp("2022-03-11"),
        }
    )  # fmt: skip
    return indirect_title(rows, Edition(lang)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.long("each size is drawn", quick=1)
@pytest.mark.parametrize(("lang", "size"), EDITIONS)
def test_no_text_is_cut_or_covered(lang, size):
    fig = plot_indirect(ROWS, Edition(lang, size), data_to=DAY)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


@pytest.mark.long("each language is drawn", quick=2)
@pytest.mark.parametrize("size", ["article", "phone"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_further_studies_with_long_names_get_room(lang, size):
    names = ["Second re-contact of those who refused in 2024 and 2025", "A third one, shorter"]
    further = pd.DataFrame([{**ROWS.iloc[-1], "name": name, "study": name} for name in names])
    fig = plot_indirect(pd.concat([ROWS, further]), Edition(lang, size), data_to=DAY)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []
    assert fig.bbox.height > plot_indirect(ROWS, Edition(lang, size), data_to=DAY).bbox.height
    assert fig.bbox.width == plot_indirect(ROWS, Edition(lang, size), data_to=DAY).bbox.width
    ax = fig.axes[0]
    words = [text.get_window_extent() for text in ax.texts if len(text.get_text()) > 3]
    lines = [line for line in ax.lines if str(line.get_gid()).startswith("interval")]
    heights = [ax.transData.transform((50, line.get_ydata()[0]))[1] for line in lines]
    assert len(heights) == ROWS["lower"].notna().sum()
    assert not any(
        box.y0 < height < box.y1 and size == "phone" for height in heights for box in words
    )


def test_both_shares_of_each_comparison_are_drawn_where_they_belong():
    lines = {"direct": [], "indirect": []}
    for line in see().axes[0].lines:
        kind = str(line.get_gid()).split("-")[0]
        if kind in lines:
            lines[kind].append(line.get_xdata()[0])
    assert lines == {"direct": list(ROWS["from_pct"]), "indirect": list(ROWS["to_pct"])}


def test_the_form_is_compared_at_one_place_and_the_place_in_one_form():
    """Menu and place changed together in March 2022; counted together, the place counts twice."""
    form = ROWS[ROWS["group"] == "form"].set_index("name")
    refusal, early = form.loc["wording.refusal_offered"], form.loc["wording.asked_early"]
    assert refusal["from_pct"] == early["to_pct"]  # two answers, asked early
    assert refusal["lower"] < 0 < refusal["upper"]
    assert early["upper"] < 0


def test_only_the_list_is_asked_in_secret_and_its_error_is_called_an_assumption():
    secret = ROWS[ROWS["group"] == "secret"]
    assert secret["name"].str.endswith(".list").all()
    assert (secret["se_origin"] == "assumed").all()
    assert "dashed interval is our assumption" in " ".join(see().texts[-1].get_text().split())


def test_the_change_is_the_difference_of_both_shares():
    difference = ROWS["to_pct"] - ROWS["from_pct"]
    assert difference.to_numpy() == pytest.approx(ROWS["change"].to_numpy(float), abs=0.06)


def test_the_title_follows_gap_and_majority():
    assert "10 points lower" in titled(-10.0)
    assert "still a majority" in titled(-10.0)
    assert "no majority" in titled(-10.0, share=48.0)
    assert titled(1.0) == "Asked in secret, support for the war was no lower in 2022"
    for lang in LANGUAGES:
        assert "2022" in titled(-10.0, lang=lang)


@pytest.mark.parametrize(
    ("ends", "is_large"), [((-19.9, -0.1), True), ((-8.0, 0.1), True), ((-14.0, -6.0), False)]
)
def test_an_error_is_called_large_where_it_is(ends, is_large):
    """As wide as the assumed one, or up to no change; the printed one of a good list is not."""
    row = {"group": "secret", "change": -10.0, "to_pct": 61.0, "period": None, "date": DAY}
    lower, upper = ends
    title = indirect_title(pd.DataFrame([row | {"lower": lower, "upper": upper}]))
    assert ("but with a large error" in title) is is_large
    assert "still a majority" in title


def test_of_several_lists_the_title_tells_the_last_and_the_words_tell_all():
    """The second has a printed error, and its own year."""
    second = {"study": "Made 2026", "period": "May 2026", "change": -4.0, "to_pct": 48.0,
              "lower": -7.0, "upper": -1.0, "se_origin": "published", "from_pct": 52.0}  # fmt: skip
    first = ROWS[ROWS["group"] == "secret"]
    rows = pd.concat([first, first.assign(**second), ROWS[ROWS["group"] != "secret"]])
    words = "Asked in secret, support for the war was 4 points lower in 2026: no majority"
    assert indirect_title(rows).replace("\N{NO-BREAK SPACE}", " ") == words
    assert "a dashed interval is our assumption" in indirect._note(rows, DEFAULT)
    assert "errors where they were printed" in indirect._say_method(rows, "", DEFAULT)
    assert "Only the first 2, list" in indirect._say_secret(rows, DEFAULT).replace("\xa0", " ")
    later = rows[rows["period"] == "May 2026"]
    assert "assumption" not in indirect._say_method(later, "", DEFAULT)
    early = ROWS[ROWS["group"] == "form"]
    assert indirect._say_secret(early, DEFAULT) == "None of them speaks of sincerity."


def test_an_alt_text_of_many_comparisons_is_short_enough():
    """Four are told, and how many more there are; a study keeps the capital of its name."""
    five = ROWS.iloc[[0] * 5]
    assert indirect._say_pairs(five, DEFAULT).count(" to ") == 5
    words = indirect._say_pairs(pd.concat([five, five]), DEFAULT)
    assert words.count(" to ") == 4
    assert words.replace("\N{NO-BREAK SPACE}", " ").endswith("; 6 more")
    named = {"name": "nobody.list", "study": "Re-contact of Levada in the year 2030"}
    assert indirect._name_within(named, DEFAULT) == named["study"]
    first = indirect._records(ROWS)[0]
    assert indirect._name_within(first, DEFAULT).startswith("list experiment, spring 2022")


def test_of_several_re_contacts_only_the_recomputed_one_is_called_so():
    people = ROWS[(ROWS["group"] == "people") & (ROWS["house_id"] == "chronicles")].head(1)
    other = people.assign(house_id="levada", study="Made 2026")
    assert indirect._say_recomputed(people, DEFAULT)[0].startswith("The share among people")
    (words,) = indirect._say_recomputed(pd.concat([people, other]), DEFAULT)
    assert "the share of Chronicles is recomputed" in words
    assert indirect._say_recomputed(other, DEFAULT) == []


def test_as_of_a_day_only_what_was_published_by_then_counts():
    gaps = ROWS[ROWS["group"] == "secret"]
    assert known_by(gaps, date(2022, 5, 1)).empty
    assert known_by(gaps, None) is gaps
    early = indirect_title(ROWS[ROWS["group"] == "form"])
    assert early.startswith("Nobody had been asked in secret yet")
    with pytest.raises(ValueError, match="nothing can be drawn"):
        plot_indirect(ROWS.iloc[:0], data_to=DAY)


def test_a_study_without_words_is_called_by_its_name():
    assert name_row({"name": "nobody.list", "study": "Nobody 2030"}, DEFAULT) == "Nobody 2030"


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="lacks the column group"):
        plot_indirect(ROWS.drop(columns="group"), data_to=DAY)


@pytest.mark.parametrize(
    ("as_of", "n"), [("2022-06-21", 0), ("2022-06-22", 1), ("2022-07-01", 2), (None, 2)]
)
def test_a_study_is_known_from_the_day_of_its_publication_on(as_of, n):
    """Or from its own day, where that of publication is not known."""
    rows = {"period": ["published 2022-06-22", None], "date": pd.to_datetime([None, "2022-07-01"])}
    assert len(known_by(pd.DataFrame(rows), as_of and pd.Timestamp(as_of))) == n

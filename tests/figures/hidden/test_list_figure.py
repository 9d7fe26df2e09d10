"""The figure of indirect measurements draws what was published, in every language and size."""

from datetime import date
from functools import cache

import pandas as pd
import pytest
from helpers.figures_made import find_cut_texts, find_overlaps

import polls
from analysis.list_experiments.published import COLUMNS, published_gaps
from figures.hidden.indirect import choose_gaps, indirect_title, known_by, plot_indirect
from figures.kit.edition import LANGUAGES, SIZES, Edition

GAPS = published_gaps(polls.load()["indirect"])
DAY = pd.Timestamp("2024-09-27")


@cache
def see():
    """A figure to look at; drawn once, so leave it as it is."""
    return plot_indirect(GAPS, data_to=DAY)


def titled(gaps, *, share=61.0, lang="en"):
    shown = pd.DataFrame(
        {
            "kind": "list", "gap_points": gaps, "indirect_pct": share, "period": None,
            "date": pd.Timestamp("2022-03-11"),
        }
    )  # fmt: skip
    return indirect_title(shown, Edition(lang)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("lang", "size"), list(zip(LANGUAGES, SIZES, strict=True)))
def test_no_text_is_cut_or_covered(lang, size):
    fig = plot_indirect(GAPS, Edition(lang, size), data_to=DAY)
    assert find_overlaps(fig) == []
    assert find_cut_texts(fig) == []


def test_both_shares_of_each_study_are_drawn_where_they_belong():
    shown = choose_gaps(GAPS)
    ax = see().axes[0]
    lines = {line.get_gid(): line for line in ax.lines}
    for place, row in shown.iterrows():
        assert lines[f"direct-{place}"].get_xdata()[0] == row["direct_pct"]
        assert lines[f"indirect-{place}"].get_xdata()[0] == row["indirect_pct"]


def test_preliminary_figures_and_missing_shares_are_left_out():
    shown = choose_gaps(GAPS)
    assert not shown["is_preliminary"].any()
    assert shown[["direct_pct", "indirect_pct"]].notna().all(axis=None)
    assert len(shown) < len(GAPS)


def test_the_title_follows_gap_and_majority():
    assert "7 to 10 points fewer" in titled([7.0, 10.0])
    assert titled([7.0, 10.0]).endswith("but still a majority")
    assert titled([7.0, 10.0], share=48.0).endswith("not always a majority")
    assert "up to 10 points fewer" in titled([-1.0, 10.0])
    assert titled([-1.0, -2.0]) == "Asked in other ways, no fewer supported the war in 2022"
    for lang in LANGUAGES:
        assert "2022" in titled([7.0, 10.0], lang=lang)


def test_the_foot_says_that_no_error_was_published():
    assert "No standard error was in the published texts" in see().texts[-1].get_text()
    assumed = published_gaps(polls.load()["indirect"], assumed_se=3.0)
    text = plot_indirect(assumed, data_to=DAY).texts[-1].get_text()
    assert "No standard error was in the published texts" in text


def test_as_of_a_day_only_what_was_published_by_then_counts():
    early = known_by(GAPS, date(2022, 5, 1))
    assert "Chapkovski and Schaub 2022, Research & Politics" not in set(early["study"])
    assert known_by(GAPS, None) is GAPS
    with pytest.raises(ValueError, match="nothing can be drawn"):
        choose_gaps(known_by(GAPS, date(2022, 2, 1)))


def test_a_study_without_words_is_called_by_its_name():
    row = {"study": "Nobody 2030", "house_id": "nobody", "kind": "list", "construct_id": "support"}
    more = pd.DataFrame([{**row, "item": "war support", "direct_pct": 70.0, "indirect_pct": 66.0}])
    fig = plot_indirect(published_gaps(more.reindex(columns=list(COLUMNS))), data_to=DAY)
    assert [text.get_text() for text in fig.axes[0].get_yticklabels()] == ["Nobody 2030"]


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="lacks the column kind"):
        plot_indirect(GAPS.drop(columns="kind"), data_to=DAY)

"""The figure of all analyses says what its table says, and never shows old numbers in silence."""

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import make_fitted
from helpers.paths import ROOT

import polls
from analysis.evaluate import CHOICES, digest_polls, is_current, name_options
from analysis.evaluate.multiverse import published_levels
from figures.fitted_polls import FittedPolls
from figures.kit.edition import LANGUAGES, Edition
from figures.support import multiverse

ENTRY = multiverse.ENTRIES[0]


def make_table(n=40):
    """Specifications whose answers are known."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({name: rng.choice(levels, n) for name, levels in CHOICES.items()})
    table["base"] = np.where(np.arange(n) < n // 2, "base", "autumn")
    table["is_published"] = [
        row[list(CHOICES)].to_dict() == published_levels() for _, row in table.iterrows()
    ]
    for question, centre in (("change", -1.0), ("gap", 4.0), ("level", 58.0)):
        mean = centre + np.linspace(-3, 3, n)
        table[question] = mean
        table[f"{question}_lower"], table[f"{question}_upper"] = mean - 1, mean + 1
        table[multiverse.QUESTIONS[question][1]] = np.linspace(0, 1, n)
    return table.assign(polls="made", data_to=pd.Timestamp("2025-10-08"))


def test_the_title_counts_the_estimates_of_each_question():
    title = multiverse.multiverse_title(make_table()).replace("\N{NO-BREAK SPACE}", " ")
    # Above 60: the upper third of the levels; a fall: all of the lower half of the changes.
    assert "Of many analyses 18% find support above 60% in April 2022" in title
    assert "99% a fall since, 100% state-run" not in title
    assert "100% a fall since, 100% state-run pollsters higher" in title


@pytest.mark.long("all polls are read and drawn")
def test_a_change_of_nothing_is_no_fall(monkeypatch):
    table = make_table()
    table["change"] = np.where(table["base"] == "base", 0.0, -1.0)
    table.loc[0, "change"] = -0.01
    monkeypatch.setattr(multiverse, "read_multiverse", lambda: table)
    n = (table["base"] == "base").sum()
    assert ENTRY.draw(make_fitted(), Edition()).number == f"{round(100 / n)}%"


@pytest.mark.long("all polls are read and drawn")
@pytest.mark.parametrize("size", ["article", "phone"])
def test_each_share_names_the_analyses_that_it_is_of(size):
    table = make_table()
    # Those that count from autumn tell no fall, and a panel without a sector has no gap.
    table.loc[30:, "gap"] = np.nan
    drivers = pd.DataFrame({"question": list(multiverse.QUESTIONS), "choice": "walk"})
    drawn = multiverse.plot_multiverse(
        table, drivers.assign(share_pct=50.0), Edition(size=size), source="Made up"
    )
    words = [text.get_text() for ax in drawn.axes for text in ax.texts]
    told = [text.replace("\N{NO-BREAK SPACE}", " ").split("\n")[0] for text in words]
    found = [text for text in told if text.startswith("Sure of")]
    assert [text.rpartition(" of ")[2] for text in found] == ["20", "30", "40"]


def test_nearly_all_is_not_told_as_all():
    table = make_table(400)
    table["gap"] = np.where(np.arange(400) == 0, -1.0, 3.0)
    assert "99% state-run pollsters higher" in multiverse.multiverse_title(table)


@pytest.mark.long("all polls are read and drawn")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_polls_that_came_in_later_are_told_in_the_foot(lang, monkeypatch):
    monkeypatch.setattr(multiverse, "read_multiverse", make_table)
    fitted = make_fitted()
    rendering = ENTRY.draw(fitted, Edition(lang))
    foot = rendering.fig.texts[-1].get_text()
    told = multiverse.label("multiverse.stale", Edition(lang))
    assert told.split()[0] in foot
    made_of = {"polls": digest_polls(fitted.obs()), "model": name_options()}
    monkeypatch.setattr(multiverse, "read_multiverse", lambda: make_table().assign(**made_of))
    fresh = ENTRY.draw(make_fitted(), Edition(lang)).fig.texts[-1].get_text()
    assert told.split()[0] not in fresh


def test_there_is_none_as_of_an_earlier_day():
    fitted = FittedPolls({}, lambda construct: pd.DataFrame(), pd.Timestamp("2022-04-18"))
    with pytest.raises(ValueError, match="Leave out --as-of"):
        ENTRY.draw(fitted, Edition())


@pytest.mark.long("all polls are read and drawn")
def test_what_is_stored_was_made_from_the_polls_of_today():
    """After new polls: python -m analysis multiverse --construct support --out FILE."""
    assert is_current(multiverse.read_multiverse(), polls.series("support")), (
        "run: python -m analysis multiverse --construct support --jobs 2 --out "
        f"{multiverse.STORED.relative_to(ROOT)}"
    )


def test_the_stored_specifications_are_at_least_500_and_one_is_published():
    stored = multiverse.read_multiverse()
    assert len(stored) >= 500
    assert stored["is_published"].sum() == 1
    assert not stored.duplicated(list(CHOICES)).any()

"""Titles of the figures on other questions, wording and events follow the numbers."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from helpers.figures_made import find_overlaps, make_fitted
from matplotlib.text import Text

from figures.hidden.wording import plot_wording, wording_data, wording_title
from figures.kit.edition import LANGUAGES, Edition
from figures.questions import events, side_by_side, talks
from figures.questions.events import events_data, events_title, plot_events
from figures.questions.side_by_side import plot_questions, questions_data, questions_title
from figures.questions.talks import find_alone, plot_talks, talks_data, talks_title
from figures.support import house_effects

AT = {
    "start": pd.Timestamp("2022-08-01"),
    "start_until": pd.Timestamp("2022-09-30"),
    "panel": "levada",
}
FELL = {"mean": -16.0, "lower": -26.0, "upper": -7.0, "direction": "fallen", **AT}
ROSE = {"mean": 16.0, "lower": 7.0, "upper": 26.0, "direction": "risen", **AT}
STILL = {"mean": -3.0, "lower": -9.0, "upper": 3.0, "direction": "unclear", **AT}
HOUSES = pd.DataFrame({"house_id": ["levada", "fom"], "sector": ["independent", "state"]})
DAYS = pd.date_range("2022-06-15", "2024-06-15")


def plain(words: str) -> str:
    """Words with ordinary spaces."""
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("fight", "words"),
    [
        (FELL, "Fewer would fight on: −16 points since August and September 2022"),
        (ROSE, "More would fight on: +16 points since August and September 2022"),
        (STILL, "No clear change in the wish to fight on: −3 points since August and September"),
    ],
)
def test_talks_are_told_beside_support(fight: dict, words: str) -> None:
    """What the wish to fight on did, and support in the same windows."""
    title = plain(talks_title({"continue": fight, "support": STILL}))
    assert words in title
    assert title.endswith("support for the war −3 points")


@pytest.mark.parametrize(
    ("fight", "paired", "words", "end"),
    [
        (FELL, FELL, "wish to fight on fell: −16", " points since August and September 2022, "),
        (ROSE, ROSE, "wish to fight on rose: +16", " points since August and September 2022, "),
        (FELL, STILL, "have not clearly moved apart", "September 2022"),
        (STILL, FELL, "have not clearly moved apart", "September 2022"),
        (FELL, None, "have not clearly moved apart", "September 2022"),
    ],
)
def test_a_difference_is_claimed_where_both_are_clear(
    fight: dict, paired: dict | None, words: str, end: str
) -> None:
    """The change itself is clear, and so is its difference from support in the same waves."""
    told = {"fight_on.panel": fight, "fight_on.support": STILL}
    title = plain(questions_title(told | ({"fight_on.paired": paired} if paired else {})))
    assert words in title
    beside = "support for the war −3 points"
    assert title.endswith(end + beside if end.endswith(", ") else end)
    assert (beside in title) == words.startswith("wish")


def test_a_line_is_broken_where_its_house_alone_asks() -> None:
    """No second house within half a year."""
    obs = pd.DataFrame({"house_id": ["levada", "fom"], "mid_date": DAYS[[700, 100]]})
    days = pd.Series(DAYS[[0, 100, 282, 284, 730]])
    assert find_alone(obs, ["levada"], days).tolist() == [False, False, False, True, True]
    assert not find_alone(obs, ["levada", "fom"], days).any()
    assert find_alone(obs[:1], ["levada"], days).all()


def make_effects(**changed: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A wording, an opt-out, two orders, another proposal, and one covariate."""
    experiments = pd.DataFrame(
        {
            "experiment_id": [
                "goals_not_reached",
                "opt_out",
                "opt_out",
                "one",
                "two",
                "lost",
                "territory_returned",
            ],
            "kind": ["wording", "answer_menu", "answer_menu", *["order"] * 3, "wording"],
            "assignment": [
                "random",
                "sequential",
                "sequential",
                "random",
                "not_stated",
                "random",
                "random",
            ],
            "answer": ["for", "for", "against", "for", "for", "for", "for"],
            "difference": [-12.0, 2.0, -10.0, 1.0, -1.0, 5.0, -42.0],
            "lower": [-16.0, -6.0, -15.0, -3.0, -5.0, np.nan, -46.0],
            "upper": [-8.0, 9.0, -4.0, 5.0, 3.0, np.nan, -38.0],
            "n_waves": [5, 1, 1, 1, 1, 1, 5],
        }
    )
    effect = {"covariate": "offers_refusal", "level": "False", "baseline": "True"}
    numbers = {"mean": 7.0, "lower": -1.0, "upper": 16.0}
    rows = effect | numbers | {"model": "alone", "n_houses": 2, "carried_by": "chronicles"}
    return experiments, pd.DataFrame([rows | changed])


def test_the_effect_of_offering_a_refusal_is_told_like_the_experiment() -> None:
    """The regression's contrast is turned round: what the offer does."""
    data = wording_data(*make_effects())
    row = data[data["source"] == "regression"].iloc[0]
    assert row[["difference", "lower", "upper"]].tolist() == [-7.0, -16.0, 1.0]
    assert (row["level"], row["baseline"]) == ("True", "False")


def test_experiments_keep_their_order_and_other_orders_share_a_row() -> None:
    """Largest fall first; tests without an interval are not drawn."""
    data = wording_data(*make_effects())
    inside = data[data["source"] != "regression"]
    own = ["goals_not_reached.for", "opt_out.against", "opt_out.for"]
    assert inside["row"].tolist() == [*own, "orders", "orders"]
    assert inside["source"].tolist()[:2] == ["experiment", "other"]
    assert "lost" not in set(data["name"])


def test_another_proposal_is_no_wording() -> None:
    """The return of territory moves answers most, and by what it proposes."""
    data = wording_data(*make_effects())
    assert "territory_returned" not in set(data["name"])


def test_a_house_of_its_own_is_no_effect_of_wording() -> None:
    """A level that one house alone asks, and no house both ways, is not drawn."""
    alone = make_effects(n_houses=1, carried_by="")
    assert "regression" not in set(wording_data(*alone)["source"])


def test_the_wording_title_says_what_the_regression_shows() -> None:
    """None is clear of zero, or so many of so many are."""
    none = wording_title(wording_data(*make_effects()))
    some = wording_title(wording_data(*make_effects(lower=2.0)))
    assert "up to 12 points; comparing pollsters does not show it" in plain(none)
    assert "clearly shows 1 of 1 effect" in plain(some)


def make_shifts(evidence: float = 0.6) -> pd.DataFrame:
    """Two events of one question, of which the first is as told."""
    return pd.DataFrame(
        {
            "question": "continue",
            "event": ["partial_mobilisation", "wagner_mutiny"],
            "date": pd.to_datetime(["2022-09-21", "2023-06-24"]),
            "mean": [-5.0, -1.0],
            "lower": [-10.0, -6.0],
            "upper": [0.2, 4.0],
            "evidence": [evidence, 0.6],
            "p_distinct": [0.04, 0.5],
        }
    )


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (3.5, "Of 2 events only one shows in the answers, “Mobilisation”: fight on −5"),
        (
            2.9,
            "The few polls around 2 events show no clear shift, neither of support nor of the wish",
        ),
    ],
)
def test_an_event_is_told_by_one_criterion(evidence: float, words: str) -> None:
    """The evidence, which stands beside each dot."""
    assert words in plain(events_title(make_shifts(evidence)))


def test_the_evidence_that_decides_is_drawn() -> None:
    """A reader sees on the picture why an event is bold."""
    fig = plot_events(make_shifts(3.5), make_obs(), HOUSES)
    beside = [plain(text.get_text()) for text in fig.axes[0].texts]
    assert any(text.endswith("3.5 : 1") for text in beside)
    assert any(text.endswith("0.6 : 1") for text in beside)


def test_several_events_are_counted_and_the_clearest_named() -> None:
    """The one with most evidence, not the first."""
    shifts = make_shifts(3.5)
    shifts.loc[1, "evidence"] = 20.0
    assert "2 of 2 events show in the answers, most of all “Wagner mutiny”" in plain(
        events_title(shifts)
    )


def make_obs(**columns: object) -> pd.DataFrame:
    """Three polls of two houses."""
    polls = {
        "poll_id": ["a", "b", "c"],
        "house_id": ["levada", "fom", "levada"],
        "mid_date": DAYS[[10, 200, 600]],
        "share_pct": [60.0, 50.0, 40.0],
    }
    return pd.DataFrame(polls | columns)


def make_trend(level: float) -> pd.DataFrame:
    """A level that stands still."""
    numbers = {"mean": level, "lower": level - 3, "upper": level + 3}
    return pd.DataFrame({"date": DAYS, **numbers})


@pytest.mark.long("figures are drawn from frames", quick=1)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_drawn_from_frames(lang: str) -> None:
    """Each has a title of its own language and holds its dots."""
    obs = make_obs(for_pct=[50.0, 55.0, 60.0], against_pct=[40.0, np.nan, 30.0])
    trends = {"talks": make_trend(55), "continue": make_trend(35), "support": make_trend(70)}
    changes = {"talks": ROSE, "continue": FELL, "support": STILL}
    talks = plot_talks(obs, trends, HOUSES, Edition(lang), changes=changes, panel=["levada"])
    told = {"fight_on.panel": FELL, "fight_on.support": STILL, "fight_on.paired": FELL}
    rows = [
        {"question": name, "n_polls": 3, "n_houses": 2, **FELL} for name in ("support", "continue")
    ]
    series = dict.fromkeys(("support", "continue"), make_obs())
    lines = dict.fromkeys(series, make_trend(50))
    panels = plot_questions(series, lines, pd.DataFrame(rows), HOUSES, Edition(lang), told=told)
    wording = plot_wording(*make_effects(), make_obs(), HOUSES, Edition(lang))
    events = plot_events(make_shifts(3.5), make_obs(), HOUSES, Edition(lang))
    titles = {fig.get_suptitle() for fig in (talks, panels, wording, events)}
    assert len(titles) == 4
    assert len(panels.axes) == 2
    dots = [line for line in talks.axes[0].lines if str(line.get_gid()).startswith("polls-")]
    seen = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in dots])
    assert sorted(seen[np.isfinite(seen)]) == [30.0, 40.0, 50.0, 55.0, 60.0]


@pytest.mark.parametrize("n_houses", [1, 2])
def test_houses_of_a_panel_of_several_have_a_key_and_nobody_asks_alone(n_houses: int) -> None:
    obs = make_obs(for_pct=[50.0, 55.0, 60.0], against_pct=[40.0, 35.0, 30.0])
    panel = list(dict.fromkeys(obs["house_id"]))[:n_houses]
    trends = {"talks": make_trend(55), "continue": make_trend(35), "support": make_trend(70)}
    changes = {"talks": ROSE, "continue": FELL, "support": STILL}
    fig = plot_talks(obs, trends, HOUSES, Edition("en"), changes=changes, panel=panel)
    words = [plain(text.get_text()) for text in fig.findobj(Text)]
    assert all(house in words for house in panel) == (n_houses > 1)
    assert any("alone asks" in text for text in words) == (n_houses == 1)


@pytest.mark.long("each case is drawn", quick=1)
@pytest.mark.parametrize("last", ["2027-01-10", "2029-02-12", "2033-12-31"])
def test_years_keep_apart_however_long_the_polls_go_on(last: str) -> None:
    names = ("support", "talks", "continue", "undo")
    ends = pd.to_datetime(["2022-02-25", last])
    rows = [{"question": name, "n_polls": 3, "n_houses": 2, **FELL} for name in names]
    changes = pd.DataFrame(rows)
    series = dict.fromkeys(names, make_obs())
    trends = dict.fromkeys(names, make_trend(50).iloc[:2].assign(date=ends))
    told = {"fight_on.panel": FELL, "fight_on.support": STILL}
    fig = plot_questions(series, trends, changes, HOUSES, Edition("en"), told=told)
    assert find_overlaps(fig) == []


def test_the_data_hold_what_is_drawn() -> None:
    """Polls without a share against are not there."""
    obs = make_obs(for_pct=[50.0, 55.0, 60.0], against_pct=[40.0, np.nan, 30.0])
    talks = talks_data(obs, {"talks": make_trend(55), "continue": make_trend(35)})
    polls = talks[talks["kind"] == "poll"]
    assert polls.groupby("side").size().to_dict() == {"continue": 2, "talks": 3}
    panels = questions_data({"undo": make_obs()}, {"undo": make_trend(40)})
    assert panels["question"].unique().tolist() == ["undo"]
    assert (panels["kind"] == "poll").sum() == 3
    events = events_data(make_shifts())
    assert events["evidence"].tolist() == [0.6, 0.6]
    assert not events["stands_out"].any()


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (
            lambda: plot_talks(make_obs(), {}, HOUSES, changes={}, panel=[]),
            "lacks the columns for_pct",
        ),
        (
            lambda: plot_wording(make_effects()[0].head(0), make_effects()[1], make_obs(), HOUSES),
            "has no rows",
        ),
        (
            lambda: plot_events(make_shifts().drop(columns="evidence"), make_obs(), HOUSES),
            "lacks the column evidence",
        ),
    ],
)
def test_bad_frames_are_refused(draw, words: str) -> None:
    """The message names the column, or that there is nothing to draw."""
    with pytest.raises(ValueError, match=words):
        draw()


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (side_by_side._told, "No house asked about fighting on and support in both windows yet."),
        (talks._told, "No house asked about talks and support in both windows yet."),
        (house_effects._contrast, "All polls are of one house, so there is no difference to show."),
    ],
)
def test_what_was_not_found_yet_is_told(
    ask: Callable, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pd.DataFrame({"finding": ["support.panel"], "mean": [1.0]})
    monkeypatch.setattr("analysis.findings.findings", lambda fitted, topics: rows)
    with pytest.raises(ValueError, match=re.escape(words)):
        ask(make_fitted())


@pytest.mark.parametrize("more", [[], ["undo.panel"]])
def test_what_was_found_is_told_whether_or_not_there_is_more(
    more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ["fight_on.panel", "fight_on.support", *more]
    rows = pd.DataFrame({"finding": found})
    monkeypatch.setattr("analysis.findings.findings", lambda fitted, topics: rows)
    assert list(side_by_side._told(make_fitted())) == found


@pytest.mark.parametrize("more", [[], ["undo.panel"]])
def test_talks_are_told_whether_or_not_more_was_found(
    more: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ["fight_on.panel", "talks.panel", "fight_on.support", *more]
    rows = pd.DataFrame({"finding": found, "panel": "levada"})
    last = pd.Timestamp("2025-10-08")
    trend = pd.DataFrame({"date": [last], **dict.fromkeys(talks.NUMBERS, 1.0)})
    fit = SimpleNamespace(
        observations=SimpleNamespace(last_date=last), trend=lambda reference, dates: trend
    )
    monkeypatch.setattr("analysis.findings.findings", lambda fitted, topics: rows)
    monkeypatch.setattr("analysis.findings.fit_pole", lambda *_: {"levada": fit})
    fitted = make_fitted()
    monkeypatch.setattr(fitted, "results", lambda construct: fit)
    assert talks._told(fitted)["panel"] == ["levada"]


@pytest.mark.parametrize("later", [-100, -1, 0, 1, 100])
def test_no_line_beside_talks_goes_on_beyond_the_polls_on_both(
    later: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Support may have been asked after the last poll on talks, or no longer then."""
    fitted = make_fitted()
    last = fitted.obs("talks")["mid_date"].max()
    support = last + pd.Timedelta(days=later)

    def make_fit(end: pd.Timestamp) -> SimpleNamespace:
        def trend(reference: str, dates: list[pd.Timestamp]) -> pd.DataFrame:
            return pd.DataFrame({"date": dates, **dict.fromkeys(talks.NUMBERS, 1.0)})

        return SimpleNamespace(observations=SimpleNamespace(last_date=end), trend=trend)

    found = ["fight_on.panel", "talks.panel", "fight_on.support"]
    rows = pd.DataFrame({"finding": found, "panel": "levada"})
    monkeypatch.setattr("analysis.findings.findings", lambda fitted, topics: rows)
    monkeypatch.setattr("analysis.findings.fit_pole", lambda *_: {"levada": make_fit(last)})
    monkeypatch.setattr(fitted, "results", lambda construct: make_fit(support))
    ends = {side: line["date"].iloc[-1] for side, line in talks._told(fitted)["trends"].items()}
    assert ends == {"talks": last, "continue": last, "support": min(last, support)}


def test_a_difference_within_waves_is_told_where_waves_asked_both() -> None:
    assert side_by_side._say_paired({}, Edition()) == []
    (said,) = side_by_side._say_paired({"fight_on.paired": FELL}, Edition())
    assert "−16 points" in plain(said)


@pytest.mark.parametrize("evidence", [3.5, 0.6])
def test_a_card_counts_the_events_that_stand_out(
    evidence: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    shifts = make_shifts(evidence)
    monkeypatch.setattr(events, "_shifts", lambda fitted: shifts)
    drawn = events.ENTRIES[0].draw(make_fitted(), Edition())
    n, n_clear = shifts["event"].nunique(), shifts.loc[shifts["evidence"] >= 3, "event"].nunique()
    none = events.label("card.no_shift", Edition())
    told = events.label("events.card", Edition(), n=n_clear, events=f"{n} events")
    assert plain(drawn.number) == plain(told if n_clear else none)
    assert (n_clear > 0) is (evidence > 3)

"""What is told of questions and events where polls only just reach."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import PollInputError
from analysis.claims import Window
from analysis.findings import events, questions

FIRST, LAST = pd.Timestamp("2022-04-10"), pd.Timestamp("2023-04-10")


@pytest.mark.parametrize(
    ("day", "is_told"),
    [
        (FIRST, False),
        (FIRST + pd.Timedelta(days=1), True),
        (LAST, True),
        (LAST + pd.Timedelta(days=1), False),
    ],
)
def test_an_event_has_a_poll_before_it_and_one_on_its_day_or_later(day, is_told, monkeypatch):
    def check(results, days, rng):
        assert list(days.values()) == [day] * len(events.EVENTS)
        table = pd.DataFrame({"event": list(days), "log_bayes_factor": 0.0})
        return SimpleNamespace(events=table)

    polls = pd.DataFrame({"mid_date": [FIRST, LAST]})
    monkeypatch.setattr(events, "take_polls", lambda source, construct, pole: polls)
    monkeypatch.setattr(events, "fit_pole", lambda source, construct, pole: {pole: None})
    monkeypatch.setattr(events, "check_events", check)
    table = pd.DataFrame({"event_id": list(events.EVENTS), "date": day})
    source = SimpleNamespace(tables={"events": table}, keep=lambda name, make: make())
    if is_told:
        found = events.event_shifts(source)
        assert list(found["event"]) == [*events.EVENTS] * len(events.QUESTIONS)
        assert set(found["evidence"]) == {1.0}
    else:
        with pytest.raises(PollInputError, match="none of the events has polls on both sides yet"):
            events.event_shifts(source)


@pytest.mark.parametrize(("asked", "is_told"), [("a", False), ("ab", True), ("abc", True)])
def test_support_is_told_where_all_houses_of_the_question_ask_for_it(asked, is_told):
    spans = (Window(FIRST, FIRST), Window(LAST, LAST))
    change = {"mean": -3.0, "lower": -5.0, "upper": -1.0}
    polls = pd.DataFrame(columns=["poll_id", "house_id", "mid_date", "share_pct"])
    source = SimpleNamespace(
        obs=lambda construct: polls.assign(house_id=[*asked]),
        results=lambda construct: SimpleNamespace(change=lambda *at, reference: change),
    )
    rows = list(questions._beside_support(source, polls, spans, ("a", "b"), "base"))
    assert [row["finding"] for row in rows] == ["fight_on.support"] * is_told
    assert all(row["panel"] == "a,b" for row in rows)

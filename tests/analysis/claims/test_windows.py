"""Every published change is told between the same windows, within the houses that span them."""

import pandas as pd
import pytest

from analysis import PollInputError
from analysis.claims import main_windows, name_base, panel, windows


def test_the_last_window_is_twelve_whole_months():
    for day in ("2026-02-01", "2026-02-22", "2026-02-28"):
        last = windows(day)["last"]
        assert (str(last.start.date()), str(last.end.date())) == ("2025-03-01", "2026-02-28")


def test_data_that_end_too_early_are_refused():
    with pytest.raises(PollInputError, match="within a year"):
        windows("2023-03-31")


def test_a_panel_is_of_houses_that_polled_in_all_windows():
    spans = windows("2025-10-08")
    days = pd.to_datetime(["2022-04-01", "2025-10-31", "2022-05-31", "2024-10-31"])
    obs = pd.DataFrame({"house_id": ["a", "a", "b", "b"], "mid_date": days})
    assert panel(obs, spans["base"], spans["last"]) == ("a",)
    with pytest.raises(PollInputError, match="no house"):
        panel(obs[obs["house_id"] == "b"], spans["base"], spans["last"])


def test_a_question_that_was_asked_later_begins_with_its_own_base():
    """A poll of a house that was not there in the base does not move the last window."""
    days = pd.to_datetime(["2022-08-15", "2025-10-01", "2026-03-01"])
    obs = pd.DataFrame({"house_id": ["a", "a", "b"], "mid_date": days})
    start, end, reference = main_windows(obs)
    assert name_base(start, end.end) == "asked_first"
    assert (end.end, reference) == (pd.Timestamp("2025-10-31"), "houses:a")

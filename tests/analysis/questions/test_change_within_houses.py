"""How far each house's own polls moved, and which model the polls of a question allow."""

import pandas as pd
import pytest

from analysis.questions import choose_model, within_house_changes


def make_polls() -> pd.DataFrame:
    """Polls every month, of two houses in turn, that all found one half."""
    days = pd.date_range("2022-03-01", periods=24, freq="30D")
    polls = pd.DataFrame({"house_id": list("ab") * 12, "start_date": days, "end_date": days})
    return polls.assign(sample_size=1600, share_pct=50.0, decimals=1)


def test_drift_is_for_many_polls_of_several_houses() -> None:
    """Few polls, or those of one house, get static houses."""
    polls = make_polls()
    assert choose_model(polls) == "drift"
    assert choose_model(polls.head(5)) == "static"
    assert choose_model(polls[polls["house_id"] == "a"]) == "static"
    assert choose_model(polls, polls_for_drift=25) == "static"


def test_within_houses_only_their_own_polls_count() -> None:
    """First and last poll of each house, and the error of sampling and rounding of both."""
    polls = make_polls()
    polls.loc[polls.index[-1], "share_pct"] = 40.0
    found = within_house_changes(polls).set_index("house_id")
    assert found["change"].to_dict() == {"a": 0.0, "b": -10.0}
    assert found.loc["b", "se"] == pytest.approx(
        (50 * 50 / 1600 + 40.01 * 59.99 / 1600 + 2 / 1200) ** 0.5, rel=1e-3
    )
    assert found.loc["b", "start"] == polls["start_date"].iloc[1]
    assert found["n_polls"].tolist() == [12, 12]


def test_a_house_without_two_days_has_no_change() -> None:
    """A single poll, or two of one day, say nothing of change."""
    one = make_polls().iloc[[0, 0]]
    assert within_house_changes(one).empty
    assert "change" in within_house_changes(one)

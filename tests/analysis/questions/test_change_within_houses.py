"""How far each house's own polls moved, and which model the polls of a question allow."""

import pandas as pd
import pytest
from scipy.stats import t

from analysis import PollInputError
from analysis.claims import Window
from analysis.questions import choose_model, paired_change, within_house_changes


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


def make_waves(gaps: list[tuple[str, str, float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two answers of waves, so many points apart: house, day and gap."""
    waves = pd.DataFrame(gaps, columns=["house_id", "mid_date", "gap"])
    waves["mid_date"] = pd.to_datetime(waves["mid_date"])
    waves["poll_id"] = [f"p{k}" for k in range(len(waves))]
    other = waves.assign(share_pct=50.0)
    return waves.assign(share_pct=50.0 + waves["gap"]), other


SPANS = [
    Window(pd.Timestamp(f"{year}-03-01"), pd.Timestamp(f"{year}-03-31")) for year in (2022, 2023)
]
OF_A = [("a", "2022-03-01", 10.0), ("a", "2022-03-31", 14.0), ("a", "2023-03-09", 1.0)]
OF_B = [("b", "2022-03-09", 20.0), ("b", "2023-03-01", 8.0)]
OF_B += [("b", "2023-03-15", 10.0), ("b", "2023-03-31", 12.0)]
ELSEWHERE = [("a", "2022-04-01", 90.0), ("b", "2023-02-28", 90.0), ("c", "2022-03-09", 90.0)]


def test_a_paired_change_is_the_mean_of_the_houses_and_its_error_their_scatter() -> None:
    """Waves beside the windows and houses of one window have no say."""
    found = paired_change(*make_waves([*OF_B, *ELSEWHERE, *OF_A]), *SPANS, alpha=0.2)
    # Squares around the means of a house and window, over seven waves less four means.
    variance = (2**2 + 2**2 + 2**2 + 2**2) / (7 - 4)
    sd = (variance * (1 / 2 + 1 + 1 + 1 / 3)) ** 0.5 / 2
    mean = ((1 - 12) + (10 - 20)) / 2
    assert found["mean"] == pytest.approx(mean)
    assert found["sd"] == pytest.approx(sd)
    assert found["lower"] == pytest.approx(t.ppf(0.1, 3, mean, sd))
    assert found["upper"] == pytest.approx(t.ppf(0.9, 3, mean, sd))
    assert found["prob_negative"] == pytest.approx(t.cdf(-mean / sd, 3))
    assert found[["n_start", "n_end", "house_ids"]].tolist() == [3, 4, "a,b"]


def test_two_waves_of_one_window_are_the_fewest_that_scatter() -> None:
    found = paired_change(*make_waves(OF_A), *SPANS)
    assert found["mean"] == -11.0
    assert found["sd"] == pytest.approx((8 * (1 / 2 + 1)) ** 0.5)
    with pytest.raises(PollInputError, match="too few waves printed both answers"):
        paired_change(*make_waves(OF_A[1:]), *SPANS)


def test_waves_that_agree_leave_no_doubt() -> None:
    still = [("a", day, gap) for _, day, gap in OF_A if gap != 14.0]
    found = paired_change(*make_waves([*still, ("a", "2022-03-31", 10.0)]), *SPANS)
    assert found[["mean", "sd", "lower", "upper", "prob_negative"]].tolist() == [-9, 0, -9, -9, 1]

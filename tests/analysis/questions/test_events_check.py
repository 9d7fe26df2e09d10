"""Events are held against placebo dates: true jumps stand out, and nothing else does."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import PollTrend
from analysis.base.errors import PollInputError
from analysis.questions import EventsCheck, check_events, shift_everywhere
from analysis.questions.events import _allowed_days, _check_model, _correlated_days

JUMP = "2022-09-21"


def make_polls(seed: int, *, jump: float = 0.0, n: int = 60) -> pd.DataFrame:
    """Polls of three houses over three years, with a jump in September 2022."""
    rng = np.random.default_rng(seed)
    days = pd.Timestamp("2022-01-05") + pd.to_timedelta(np.sort(rng.integers(0, 1000, n)), unit="D")
    house = rng.choice(list("abc"), n)
    level = 60 + 0.15 * np.cumsum(rng.normal(0, 1, 1001))[(days - days[0]).days]
    share = level + pd.Series(house).map({"a": 4.0, "b": -3.0, "c": 0.0}).to_numpy()
    share = share + np.where(days >= JUMP, jump, 0.0) + rng.normal(0, 1.5, n)
    return pd.DataFrame(
        {
            "house_id": house,
            "start_date": days,
            "end_date": days,
            "sample_size": 1600,
            "share_pct": share,
            "decimals": 1,
        }
    )


EVENTS = {"before": "2022-05-01", "jump": JUMP, "after": "2023-06-01"}


@pytest.fixture(scope="module")
def jumped() -> EventsCheck:
    """A series with a jump of 8 points."""
    return check_events(PollTrend(make_polls(1, jump=-8.0)).fit(), EVENTS, rng=3)


@pytest.mark.long("each case is fitted anew", quick=1)
@pytest.mark.parametrize("drift", [False, True])
def test_a_shift_is_what_a_full_refit_gives(drift: bool) -> None:
    """Mean, error and evidence agree with the model that is fitted with the event in it."""
    polls = make_polls(2, n=40)
    results = PollTrend(polls, drift=drift).fit()
    shifts = shift_everywhere(results)
    days = results.observations.days_of(np.datetime64(JUMP))
    place = int(np.searchsorted(results.model.design.day, days)[0]) - 1
    refit = PollTrend(polls, drift=drift, events={"jump": JUMP}).fit().events().iloc[0]
    one = shifts.one(place)
    assert one.centre[0] == pytest.approx(refit["mean"], abs=0.02 * refit["sd"])
    assert shifts.centre[place] == pytest.approx(one.centre[0])
    assert shifts.sd[place] == pytest.approx(refit["sd"], rel=0.02)
    assert shifts.log_bayes_factor[place] == pytest.approx(refit["log_bayes_factor"], abs=0.05)
    assert one.probability_above(0.0)[0] == pytest.approx(refit["prob_positive"], abs=0.01)


def test_events_are_reported_from_a_fit_with_the_event(jumped: EventsCheck) -> None:
    """The table has the numbers of PollTrend(events=...), and how far the quick way lies off."""
    refit = PollTrend(make_polls(1, jump=-8.0), events={"jump": JUMP}).fit().events().iloc[0]
    row = jumped.events.set_index("event").loc["jump"]
    for name in ("mean", "sd", "lower", "upper", "prob_positive", "log_bayes_factor"):
        assert row[name] == refit[name]
    assert abs(row["refit_moved_sd"]) < 0.5
    assert row["statistic"] == pytest.approx(abs(row["mean"]) / row["sd"], rel=0.15)


def test_a_true_jump_is_found(jumped: EventsCheck) -> None:
    """No random date comes near it, and neither of the other events does."""
    events = jumped.events.set_index("event")
    assert events.loc["jump", "p_value"] <= 0.01
    assert events.loc["jump", "p_max"] <= 0.02
    assert events.loc["jump", "lower"] < -8 < events.loc["jump", "upper"]
    assert events.loc["jump", "log_bayes_factor"] > 3
    assert (events.loc[["before", "after"], "p_max"] > 0.1).all()


@pytest.mark.long("hundreds of made series")
def test_without_a_jump_p_is_about_uniform() -> None:
    """Of 60 series without any event, few give a small p, and as many lie above as below 0.5."""
    p = []
    for seed in range(60):
        results = PollTrend(make_polls(seed + 100, n=30)).fit("map")
        p.append(
            check_events(results, {"none": JUMP}, n_placebo=199, rng=seed).events["p_value"][0]
        )
    p = np.array(p)
    # Binomial limits that one draw in a thousand would leave: 11 of 60 at 0.05, 18 to 42 at 0.5.
    assert (p <= 0.05).sum() <= 11
    assert 18 <= (p <= 0.5).sum() <= 42


def test_p_counts_placebo_dates(jumped: EventsCheck) -> None:
    """P is one more than the placebo dates that are as large, over one more than all."""
    for row in jumped.events.itertuples():
        larger = (jumped.placebo["statistic"] >= row.statistic).sum()
        assert row.p_value == (1 + larger) / 501
        once = jumped.placebo.drop_duplicates("statistic")["statistic"]
        assert row.p_distinct == pytest.approx(
            (1 + (once >= row.statistic).sum()) / (jumped.n_distinct + 1), abs=0.03
        )
    assert len(jumped.placebo) == 500
    assert (jumped.events["p_max"] >= jumped.events["p_value"] - 0.05).all()


def test_placebo_dates_keep_away(jumped: EventsCheck) -> None:
    """None is within 30 days of an end or of an event."""
    polls = make_polls(1, jump=-8.0)
    marks = [
        polls["start_date"].min(),
        polls["start_date"].max(),
        *map(pd.Timestamp, EVENTS.values()),
    ]
    for mark in marks:
        assert ((jumped.placebo["date"] - mark).dt.days.abs() >= 30).all()


def test_dates_between_the_same_polls_share_a_statistic(jumped: EventsCheck) -> None:
    """So there are at most as many statistics as gaps, which is told, with their correlation."""
    assert jumped.placebo["statistic"].round(9).nunique() <= jumped.n_distinct < 60
    assert jumped.autocorrelation_days > 1
    polls = make_polls(1, jump=-8.0)
    row = jumped.events.set_index("event").loc["jump"]
    days = polls["start_date"]
    assert row["last_poll_before"] == days[days < JUMP].max()
    assert row["first_poll_after"] == days[days >= JUMP].min()


def test_the_seed_decides_alone() -> None:
    """The same seed gives the same dates, another one others; the global state is not touched."""
    results = PollTrend(make_polls(4, n=30)).fit("map")
    one, two, three = (
        check_events(results, EVENTS, n_placebo=50, rng=seed).placebo for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not one["date"].equals(three["date"])


def test_weights_of_the_scales_follow_the_shift() -> None:
    """With a jump in the model the level needs to walk less, so the scales are weighted anew."""
    results = PollTrend(make_polls(1, jump=-8.0)).fit()
    shifts = shift_everywhere(results)
    day = results.model.design.day
    place = np.searchsorted(day, results.observations.days_of(np.datetime64(JUMP)))[0] - 1
    tau = results.posterior.params["tau"]
    assert shifts.weights[:, place] @ tau < 0.8 * results.params["tau"]
    assert np.allclose(shifts.weights.sum(axis=0), 1)


@pytest.mark.parametrize(
    ("options", "events", "words"),
    [
        ({}, {}, "no events"),
        ({}, {"late": "2031-01-01"}, "late"),
        ({"keep_away_days": 900}, EVENTS, "no day is 900 days"),
        ({"alpha": 0}, EVENTS, "alpha"),
    ],
)
def test_bad_requests_are_refused(options: dict, events: dict, words: str) -> None:
    """The error says what was found, and the cure."""
    results = PollTrend(make_polls(4, n=20)).fit("map")
    with pytest.raises(PollInputError, match=words) as caught:
        check_events(results, events, **options)
    assert caught.value.cure


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_as_many_placebo_dates_as_there_are_days_are_all_of_them_once(more: int) -> None:
    """Of more some must be drawn twice."""
    results = PollTrend(make_polls(4, n=20)).fit("map")
    days = _allowed_days(results, np.array([JUMP], dtype="M8[D]"), 250)
    found = check_events(
        results, {"jump": JUMP}, n_placebo=len(days) + more, keep_away_days=250, rng=1
    ).placebo["date"]
    assert len(found) == len(days) + more
    assert found.is_unique is (more <= 0)


@pytest.mark.parametrize("n_days", [1, 2, 3])
def test_polls_of_two_days_have_a_shift_between_them(n_days: int) -> None:
    model = SimpleNamespace(events={}, design=SimpleNamespace(day=np.arange(n_days).repeat(2)))
    results = SimpleNamespace(model=model, queries=SimpleNamespace(is_logit=False))
    if n_days > 1:
        _check_model(results)
        return
    with pytest.raises(PollInputError, match="all polls are of one day"):
        _check_model(results)


@pytest.mark.parametrize(("away", "days"), [(0, [1, 2, 3, 4, 5]), (1, [1, 3, 4]), (2, [])])
def test_no_shift_begins_on_the_first_day(away: int, days: list[int]) -> None:
    """Of polls of five days after the first, with an event on the second of them."""
    first, event, last = np.datetime64("2022-03-01") + np.array([0, 2, 5], dtype="timedelta64[D]")
    obs = SimpleNamespace(first_date=first, last_date=last)
    given = SimpleNamespace(observations=obs), np.array([event]), away
    if not days:
        with pytest.raises(PollInputError, match="no day is 2 days from both ends"):
            _allowed_days(*given)
        return
    assert (_allowed_days(*given) - first).astype(int).tolist() == days


def test_models_that_cannot_be_asked_are_refused() -> None:
    """On logits a shift is no number of points; and events in the model would count twice."""
    polls = make_polls(4, n=20)
    with pytest.raises(PollInputError, match="logits"):
        check_events(PollTrend(polls, scale="logit").fit("map"), EVENTS)
    with pytest.raises(PollInputError, match="events already"):
        check_events(PollTrend(polls, events=EVENTS).fit("map"), EVENTS)
    same_day = polls.assign(start_date="2022-03-01", end_date="2022-03-01")
    with pytest.raises(PollInputError, match="one day"):
        check_events(PollTrend(same_day).fit("map"), EVENTS)


@pytest.mark.parametrize("n_days", [9, 30])
def test_dates_between_polls_of_two_days_share_all_they_tell(n_days):
    """One statistic for all of them: it is correlated as long as there are dates."""
    first = np.datetime64("2022-03-01")
    last = first + np.timedelta64(n_days + 1, "D")
    observations = SimpleNamespace(
        first_date=first,
        last_date=last,
        days_of=lambda dates: (dates - first).astype(np.int64),
    )
    model = SimpleNamespace(design=SimpleNamespace(day=np.array([0, n_days + 1])))
    results = SimpleNamespace(observations=observations, model=model)
    shifts = SimpleNamespace(centre=np.array([0.7]), sd=np.array([0.3]))
    assert _correlated_days(results, shifts) == n_days

"""What stands at a limit itself, and just beyond it: limits that hardly any poll meets."""

import datetime as dt
from functools import partial

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend, TrendOptions
from analysis import list_experiments as le
from analysis import sensitivity as se
from analysis.base.columns import parse_date, read_dates
from analysis.base.errors import row_error
from analysis.base.intervals import Drawn
from analysis.claims.as_of import as_of_history
from analysis.claims.windows import windows
from analysis.claims.words import show_probability, write_verdict
from analysis.cli.effect import UNUSUAL_SDS, as_lines
from analysis.cli.evaluate.parts import _read_jobs
from analysis.cli.evaluate.series import MOST_SHOWN, as_text
from analysis.cli.evaluate.simulate import read_count
from analysis.cli.tipping import _sentence
from analysis.evaluate import average_scores, make_forecasts
from analysis.evaluate.multiverse import _read_sides, explain_variance
from analysis.findings import say_direction
from analysis.findings.events import POSITIVE, stand_out
from analysis.observations import find_code, find_past_suspicions, name_rows
from analysis.observations.frame import prepare_observations
from analysis.parties.results import PartiesResults
from analysis.present.parts import choose_draws
from analysis.present.plots import NAMED, _neighbours, plot_residuals
from analysis.questions import arm_differences
from analysis.sensitivity.rates import response_rates
from analysis.trend.predictive import check_count
from analysis.trend.solver.inputs import read_anchors

DAY = pd.Timestamp("2022-04-18")


def is_refused(call, *given, **named):
    """Whether a call ends in an error of a user's input."""
    try:
        call(*given, **named)
    except (PollInputError, ValueError):
        return True
    return False


@pytest.mark.parametrize(
    ("day", "is_read"),
    [("1899-12-31", False), ("1900-01-01", True), ("2100-12-31", True), ("2101-01-01", False)],
)
def test_days_lie_in_two_centuries(day, is_read):
    """As text, as a day, and in a column that pandas has read."""
    assert (parse_date(day) is not None) is is_read
    assert (parse_date(dt.date.fromisoformat(day)) is not None) is is_read
    for column in ([day], pd.to_datetime([day])):
        assert is_refused(read_dates, pd.DataFrame({"day": column}), "day") is not is_read


@pytest.mark.parametrize(("n", "more"), [(5, ""), (6, " and 1 more")])
def test_five_rows_are_named_and_the_rest_are_counted(n, more):
    frame = pd.DataFrame({"x": range(9)})
    assert name_rows(frame, range(n)).endswith(f"row 4{more}")
    told = str(row_error(frame, range(n + 1), "x", "odd", "mend it"))
    assert f"(the same fault in 1, 2, 3, 4, 5{more})" in told


def test_a_draw_at_the_threshold_is_not_above_it():
    draws = Drawn(np.array([[59.0, 60.0, 61.0, 62.0]]))
    assert draws.probability_above(60).tolist() == [0.5]


@pytest.mark.parametrize(
    ("shares", "result", "words"),
    [
        ([0.4, 0.5, 0.6], 1.0, "no share and no result is above 1"),
        ([0.4, 0.5, 1.0], 0.9, "no share and no result is above 1"),
        ([60.0, 61.0, 62.0], 40.0, None),
        ([60.0, 61.0, 62.0], 39.9, "a result of 39.9 percent for"),
        ([60.0, 61.0, 62.0], 82.0, None),
        ([60.0, 61.0, 62.0], 82.1, "a result of 82.1 percent for"),
        ([60.0, 61.0], 39.9, None),
    ],
)
def test_a_result_may_be_twenty_points_from_the_polls_of_three_houses(shares, result, words):
    polls = pd.DataFrame({"house_id": [*"abc"][: len(shares)], "share_pct": shares})
    polls = polls.assign(election="r", sample_size=1000.0)
    columns = {str(name): polls[name].to_numpy() for name in polls}
    found = find_past_suspicions(polls, columns, np.full(len(polls), result))
    assert [note.startswith(words or "?") for note in found] == [True] * (words is not None)


@pytest.mark.parametrize(
    ("values", "n"),
    [
        ([18, 24, 31, 44, 999], 0),  # five kinds are no scale
        ([18, 24, 31, 44, 50, 999], 1),
        ([18, 24, 31, 44, 62, 79, 170.5], 0),  # 91.5 is half as wide again as 61
        ([18, 24, 31, 44, 62, 79, 170.6], 1),
        ([1, 2, 3, 4, 5, 991, 992, 993, 994, 995], 5),  # of two halves the lower one
        ([1, 2, 3, 4, 991, 992, 993, 994], 0),
        ([0, 18, 24, 31, 44, 62], 0),  # below zero one number alone is a code
        ([-1, 18, 24, 31, 44, 62], 1),
        ([-1, 0, 18, 24, 31, 44], 0),
        ([-1, 1, 18, 24, 31, 44], 1),
        ([1, 2, 1, 2, 9], 1),  # nines above a scale of steps of one
        ([1, 2, 9, 9], 0),
        ([1, 2, 3, 4, 5, 8, 9], 2),
        ([1, 2, 3, 4, 5, 6, 9], 1),
        ([1, 2, 3, 4, 5, 6, 7, 9], 0),
        ([1, 2, 4, 4, 9], 0),
        ([0, 1, 8, 0], 0),
        ([*range(11), *range(11), 99], 1),
        ([*range(18, 38), 0, 0], 2),  # at the edge of many numbers, eleven of their gaps away
        ([*range(18, 38), 0], 0),
        ([*range(10, 30), 0, 0], 0),
        ([*range(18, 38), 48, 48], 2),
        ([*range(18, 36), 46, 46], 0),
        ([*range(18, 38), 0, 0, 0], 0),  # more than a tenth work no hours
        ([*range(18, 45), 0, 0, 0], 3),
        ([*range(18, 38), *[48] * 20], 20),  # as many as all others
        ([*range(18, 38), *[48] * 21], 0),
        ([*range(20220221, 20220229), *range(20220301, 20220309)], 0),  # one day apart
        ([*range(202107, 202113), *range(202201, 202207)], 0),
        ([1, 9, 40, 62, 79, 99, 999], 1),  # less than a hundredfold
        ([1, 9, 40, 62, 79, 100, 998], 0),  # as sizes of towns, of which only nines are codes
        ([1, 9, 40, 62, 79, 100, 999], 1),
        ([1, 9, 40, 62, 79, 100, 998, 999], 1),
        ([1, 900, 940, 962, 979, 999, 1000], 1),  # below them
        ([0, 9, 40, 62, 79, 100, 998], 1),  # and from zero no number is many times as large
        ([202100, *range(202201, 202207)], 1),  # no month
        ([20220229, *range(20220301, 20220307)], 1),  # no day
    ],
)
def test_a_code_lies_far_from_five_kinds_of_number(values, n):
    assert find_code(np.array(values, float)).size == n


@pytest.mark.parametrize(("days", "told"), [(45, False), (46, True)])
def test_fieldwork_may_be_five_times_as_long_as_usual(days, told):
    frame = make_polls([("fom", f"2022-{month:02d}-01", 60) for month in range(3, 8)])
    start = pd.to_datetime(frame["start_date"])
    end = start + pd.Timedelta(days=8)
    end[2] = start[2] + pd.Timedelta(days=days - 1)
    notes = prepare_observations(frame.assign(start_date=start, end_date=end)).notes
    assert any("correct one of the dates" in note for note in notes) is told


@pytest.mark.parametrize(("n", "told"), [(3, False), (4, True)])
def test_of_four_polls_one_may_have_another_year(n, told):
    days = ["2002-04-01", *(f"2022-{month:02d}-01" for month in range(4, 4 + n - 1))]
    notes = prepare_observations(make_polls([(f"h{d}", d, 60) for d in days])).notes
    assert any("correct the year" in note for note in notes) is told


@pytest.mark.parametrize(
    ("day", "is_there"), [("2023-10-31", False), ("2023-11-01", True), ("2026-02-22", True)]
)
def test_the_last_window_begins_after_the_first_ones(day, is_there):
    assert is_refused(windows, day) is not is_there


def test_an_event_is_told_of_once_polls_lie_on_both_sides():
    """On the day of the first poll there is none before it, on that of the last one after it."""
    frame = make_polls([(h, f"2022-{m:02d}-11", 60 + m) for m in (3, 4, 5) for h in "ab"])
    days = prepare_observations(frame).polls["mid_date"]
    first, last = days.min(), days.max()
    for day, is_told in ((first, False), (first + pd.Timedelta(days=1), True), (last, True)):
        model = partial(PollTrend, frame, events={"news": day})
        assert is_refused(model) is not is_told
    known = frame.assign(published=frame["end_date"])
    told = as_of_history(known, [last + pd.Timedelta(days=9)], events={"news": last}, method="map")
    assert len(told) == 1


@pytest.mark.parametrize(("probability", "n"), [(0.95, 1), (0.95 - 1e-9, 0)])
def test_a_claim_is_credible_from_ninety_five_percent_on(probability, n):
    rows = [("house", "ash", 3, "ash"), ("sector", "sector:state", 3, "state")]
    table = pd.DataFrame(rows, columns=["estimand", "reference", "n_polls", "label"])
    table = table.assign(prob_above=probability, n_houses=1, date=DAY, above=60.0, mean=61.0)
    text = write_verdict(table, "ash")
    assert f": {n} of 1." in text
    assert ("for no level" in text) is (n == 0)


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.9995, ">0.999"), (0.9994, "0.999"), (0.0005, "0.001"), (0.00049, "<0.001")],
)
def test_a_probability_is_never_rounded_to_certainty(probability, shown):
    assert show_probability(probability) == shown


RECORD = ("levels", "headline", "new", "gone", "changed", "notes", "warnings")


@pytest.mark.parametrize(("z", "told"), [(1, False), (-1, False), (1.01, True), (-1.01, True)])
def test_a_new_poll_is_unusual_beyond_a_number_of_sds(z, told):
    row = {"poll_id": "p", "share_pct": 60.0, "expected": 58.0, "sd": 1.0, "z": z * UNUSUAL_SDS}
    record = {name: [] for name in RECORD}
    lines = as_lines({"construct": "support", **record, "new": [row]})
    assert any("UNUSUAL" in line for line in lines) is told


def test_changes_of_each_column_and_what_was_not_fitted_are_written():
    record = {name: [] for name in RECORD}
    changed = [
        {"poll_id": "p", "column": column, "was": was, "now": now}
        for column, was, now in (
            ("share_pct", 60.0, 61.5),
            ("sample_size", 1600.0, 1601.0),
            ("end_date", "2022-04-01", DAY),
        )
    ]
    lines = as_lines({"construct": "talks", **record, "changed": changed})
    assert lines[1:] == [
        "  p: 60.0 -> 61.5",
        "  p, sample_size: 1600 -> 1601",
        "  p, end_date: 2022-04-01 -> 2022-04-18",
    ]
    lines = as_lines({"construct": "talks", "note": "too few polls"})
    assert lines[1:] == ["  not fitted: too few polls"]


@pytest.mark.parametrize("read", [_read_jobs, read_count])
def test_one_is_a_number_of_processes_and_of_sets(read):
    assert read("1") == 1
    with pytest.raises(Exception, match="'0' is no"):
        read("0")


@pytest.mark.parametrize(("n", "more"), [(MOST_SHOWN, 0), (MOST_SHOWN + 1, 1)])
def test_as_many_series_are_shown_as_can_be_read(n, more):
    fits = pd.DataFrame({"series_id": [f"s{i}" for i in range(n)], "note": "odd"})
    numbers = ("n_polls", "n_houses", "level", "level_lower", "level_upper", "change")
    text = as_text(fits.assign(**dict.fromkeys(numbers, 1.0)), "file")
    assert ("more: --out has all" in text) is bool(more)
    assert (f"and {more} more: --out has all" in text) is bool(more)
    assert (f"and notes of {more} more" in text) is bool(more)


@pytest.mark.parametrize(
    ("day", "carried"),
    [("2022-04-17", "back"), ("2022-04-18", ""), ("2022-05-18", ""), ("2022-05-19", "forward")],
)
def test_a_level_is_carried_beyond_the_polls_only(day, carried):
    row = {"date": pd.Timestamp(day), "share_median": 60.0, "share_lower": 58.0, "median": 0.0}
    row |= {"share_upper": 62.0, "label": "the mean", "lower": 0.0, "upper": 1.0}
    told = _sentence(row, ("2022-04-18", "2022-05-18"), "support", 60, se.Silent(0, 50))
    assert (f"carried {carried}." in told) if carried else ("carried" not in told)


@pytest.mark.parametrize(
    ("pit", "covered"), [(0.75, [100, 100]), (0.25, [100, 100]), (0.76, [0, 100]), (0.24, [0, 100])]
)
def test_a_poll_at_the_end_of_an_interval_is_inside(pit, covered):
    rows = pd.DataFrame({"model": ["m"], "observed": 60.0, "mean": 61.0, "crps": 1.0})
    found = average_scores(rows.assign(log_score=-2.0, pit=pit), ["model"]).iloc[0]
    assert [found["covered_50_pct"], found["covered_80_pct"]] == covered


@pytest.mark.parametrize(("days", "is_told"), [(365, True), (366, False)])
def test_a_house_still_polls_for_a_year_after_its_last_poll(days, is_told):
    starts = [DAY - pd.Timedelta(days=90), DAY - pd.Timedelta(days=60), DAY]
    polls = [(h, str(day.date()), 60 + i) for i, day in enumerate(starts) for h in "ab"]
    frame = make_polls(polls)
    last = prepare_observations(frame).polls["mid_date"].max()
    as_of = str((last + pd.Timedelta(days=days)).date())
    known = frame.assign(published=frame["end_date"])
    assert is_refused(make_forecasts, known, "support", "2026-01-01", as_of) is not is_told


def test_two_polls_of_a_house_tell_of_its_next_one():
    frame = make_polls([("a", "2022-03-01", 60), ("a", "2022-04-01", 61), ("b", "2022-04-01", 62)])
    made = make_forecasts(frame.assign(published=frame["end_date"]), "support", "2022-05-01")
    assert set(made["house_id"]) == {"a"}


@pytest.mark.parametrize(
    ("sides", "is_allowed"),
    [((60, 41), True), ((60, 41.1), False), ((0, 0), False), ((0, 0.1), True)],
)
def test_both_sides_may_be_a_point_more_than_all(sides, is_allowed):
    obs = pd.DataFrame({"for_pct": [sides[0]], "against_pct": [sides[1]]})
    assert is_refused(_read_sides, obs) is not is_allowed


def test_specifications_that_agree_are_explained_by_nothing():
    table = pd.DataFrame({"walk": ["a", "b"], "panel": ["x", "x"], "change": [-3.0, -3.0]})
    assert explain_variance(table, "change").to_dict("records") == [
        {"choice": "walk", "share_pct": 0.0}
    ]


@pytest.mark.parametrize(
    ("ends", "said"),
    [((-3, 0), "unclear"), ((-3, -0.1), "fallen"), ((0, 3), "unclear"), ((0.1, 3), "risen")],
)
def test_an_interval_that_ends_at_nothing_is_unclear(ends, said):
    assert say_direction(*ends) == said


def test_evidence_of_three_to_one_stands_out():
    shifts = pd.DataFrame({"evidence": [POSITIVE, POSITIVE - 1e-9]})
    assert stand_out(shifts).tolist() == [True, False]


@pytest.mark.parametrize(
    ("column", "value", "is_allowed"),
    [
        ("direct_pct", 0.0, True),
        ("direct_pct", -0.1, False),
        ("indirect_pct", 100.0, True),
        ("indirect_pct", 100.1, False),
        ("gap_points", -100.0, True),
        ("gap_points", -100.1, False),
        ("gap_points", 100.0, True),
    ],
)
def test_published_shares_and_gaps_lie_within_all(column, value, is_allowed):
    row = dict.fromkeys(le.published.COLUMNS)
    row |= {"study": "A", "kind": "list", "construct_id": "support", "n": 1500, "se": 2.0}
    row |= {"direct_pct": 70.0, "indirect_pct": 60.0, "gap_points": np.nan, column: value}
    assert is_refused(le.published_gaps, pd.DataFrame([row])) is not is_allowed


def test_draws_at_the_threshold_of_a_party_are_in_and_not_above_it():
    """Three draws of two answers: 5 percent passes a threshold of 5, half of the seats is none."""
    shares = np.array([[5.0, 5.0, 90.0], [5.0, 10.0, 85.0], [4.0, 5.0, 91.0]])

    class Made(PartiesResults):
        def __init__(self):
            self.made = shares

        answers = ("red", "blue")
        parts = ("red", "blue", "rest")

        def _shares(self, days, reference):
            del reference
            return np.repeat(self.made[:, None, :], len(days), axis=1)

        def _check(self, part):
            assert part in self.parts

    made = Made()
    assert made.prob_above(5.0, DAY, "blue") == pytest.approx(1 / 3)
    assert made.change(DAY, DAY, "red")["prob_negative"] == 0.0


@pytest.mark.parametrize(("n", "is_allowed"), [(0, False), (1, True), (6, True), (7, False)])
def test_one_draw_and_all_of_them_can_be_chosen(n, is_allowed):
    assert is_refused(choose_draws, n, 6, None) is not is_allowed
    if n < 7:
        assert is_refused(check_count, n) is not is_allowed


@pytest.mark.parametrize(("z", "n"), [(NAMED, 0), (NAMED + 0.01, 1), (-NAMED - 0.01, 1)])
def test_a_residual_is_named_beyond_its_limit(z, n):
    rows = pd.DataFrame({"mid_date": [DAY, DAY], "house_id": ["a", "b"], "standardised": [z, 0.1]})
    assert len(plot_residuals(rows).texts) == n


@pytest.mark.parametrize(("n", "lags"), [(5, []), (6, [1]), (7, [1, 2])])
def test_residuals_so_many_polls_apart_are_compared_from_five_pairs_on(n, lags):
    rows = pd.DataFrame({"house_id": "a", "standardised": [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0]})
    found, values = _neighbours(rows.head(n))
    assert found == lags
    assert values == [-1.0, 1.0][: len(lags)]


@pytest.mark.parametrize(("correlation", "is_allowed"), [(-1, True), (1, True), (1.01, False)])
def test_arms_may_go_together_wholly(correlation, is_allowed):
    pairs = pd.DataFrame({"experiment_id": ["e"], "answer": "for", "share_a_pct": 60.0})
    pairs = pairs.assign(share_b_pct=55.0, n_a=500, n_b=500, assignment="same_survey")
    call = partial(arm_differences, pairs, correlation=correlation)
    assert is_refused(call) is not is_allowed


@pytest.mark.parametrize(
    ("threshold", "is_allowed"), [(0, False), (0.1, True), (99.9, True), (100, False)]
)
def test_no_majority_is_nobody_or_all(threshold, is_allowed):
    assert is_refused(se.response_ratio, 60.0, threshold) is not is_allowed


@pytest.mark.parametrize(("silent", "is_allowed"), [(40.0, True), (40.1, False)])
def test_support_and_silence_may_be_all(silent, is_allowed):
    assert is_refused(se.manski_bounds, 60.0, 50.0, silent) is not is_allowed


@pytest.mark.long("errors of past elections are fitted")
@pytest.mark.parametrize(
    ("days", "is_allowed"), [(0, True), (-1, False)], ids=["on the day", "after it"]
)
def test_fieldwork_may_end_on_the_day_of_the_election(days, is_allowed):
    polls = pd.DataFrame({"election": ["r"] * 2, "house_id": [*"ab"], "share_pct": [60.0, 61.0]})
    polls = polls.assign(
        sample_size=1000, end_date=[str((DAY - pd.Timedelta(days=days)).date())] * 2
    )
    results = pd.DataFrame({"election": ["r"], "result_pct": [58.0], "date": [str(DAY.date())]})
    assert is_refused(se.past_errors, polls, results) is not is_allowed


@pytest.mark.parametrize(("value", "is_allowed"), [(0.0, True), (-0.1, False), (100.0, True)])
def test_a_rate_of_nothing_is_a_rate(value, is_allowed):
    row = {"house_id": "a", "study": "A", "field_start": DAY, "field_end": DAY, "mode": "cati"}
    row |= {"measure": "response_rate", "unit": "percent", "definition": "", "source_id": "s"}
    row |= {"period": "", "notes": "", "value": value}
    assert is_refused(response_rates, pd.DataFrame([row])) is not is_allowed


@pytest.mark.parametrize(("days", "is_allowed"), [(30.0, True), (29.9, False)])
def test_houses_drift_over_a_month_at_least(days, is_allowed):
    assert is_refused(TrendOptions, drift=True, drift_days=days) is not is_allowed


@pytest.mark.parametrize(
    ("values", "told"),
    [((0.5, 1.0), True), ((0.5, 1.1), False), ((1.0, 1.0), False), ((0.0, 1.0), False)],
)
def test_anchors_look_like_fractions_where_none_is_above_one(values, told):
    days = ["2022-05-01", "2023-05-01"]
    anchors = read_anchors(pd.DataFrame({"date": days, "value": values, "sd": 1.0}))
    assert any(note.startswith("no anchor is above 1") for note in anchors.notes) is told


@pytest.mark.parametrize(("days", "told"), [(1, False), (2, True)])
def test_an_anchor_of_tomorrow_has_come_somewhere(days, told):
    """Where the day begins first; a day later has not."""
    day = str(np.datetime64("today") + np.timedelta64(days, "D"))
    anchors = read_anchors(pd.DataFrame({"date": [day], "value": 55.0, "sd": 1.0}))
    assert any("has not come yet" in note for note in anchors.notes) is told

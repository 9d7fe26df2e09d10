"""Models are compared over the polls that both predicted, and chosen by a rule."""

import numpy as np
import pandas as pd
import pytest

from analysis import PUBLISHED
from analysis.evaluate import (
    CANDIDATES,
    average_scores,
    choose_model,
    compare_models,
    count_pit,
)


def make_rows(crps, series="support", horizon="next", **columns):
    """Rows of several models from {model: CRPS by poll}; None is no prediction."""
    rows = [
        {
            "series": series,
            "horizon": horizon,
            "model": model,
            "poll": poll,
            "crps": value,
            "mean": 61.0,
            "observed": 60.0,
            "log_score": -2.0,
            "pit": 0.4,
            "is_new": False,
        }
        for model, values in crps.items()
        for poll, value in enumerate(values)
        if value is not None
    ]
    return pd.DataFrame(rows).assign(**columns)


def test_the_difference_is_over_the_polls_that_both_predicted():
    rows = make_rows({"ours": [1.0, 2.0, 3.0, 9.0], "theirs": [1.5, 2.0, 4.0, None]})
    table = compare_models(rows, "ours").set_index("model")
    assert table["n"].to_dict() == {"ours": 4, "theirs": 3}
    assert table.loc["theirs", "difference"] == pytest.approx(0.5)
    expected = np.std([0.5, 0.0, 1.0], ddof=1) / np.sqrt(3)
    assert table.loc["theirs", "difference_se"] == pytest.approx(expected)
    assert table.loc["ours", ["difference", "difference_se"]].tolist() == [0, 0]


def test_polls_of_two_series_with_one_number_are_two_polls():
    both = pd.concat(
        [
            make_rows({"ours": [1.0], "theirs": [2.0]}),
            make_rows({"ours": [1.0], "theirs": [4.0]}, series="talks"),
        ]
    )
    table = compare_models(both, "ours").set_index("model")
    assert table.loc["theirs", "difference"] == pytest.approx(2.0)
    assert table.loc["theirs", "difference_se"] == pytest.approx(1.0)


def test_horizons_are_compared_each_by_itself():
    both = pd.concat(
        [
            make_rows({"ours": [1.0, 1.0], "theirs": [2.0, 2.0]}),
            make_rows({"ours": [5.0, 5.0], "theirs": [4.0, 4.0]}, horizon="3m"),
        ]
    )
    found = compare_models(both, "ours").set_index(["horizon", "model"])["difference"]
    assert found["next", "theirs"] == 1
    assert found["3m", "theirs"] == -1


def test_without_the_model_to_compare_to_there_is_no_difference():
    table = compare_models(make_rows({"theirs": [1.0, 2.0]}), "ours")
    assert table[["difference", "difference_se"]].isna().all(axis=None)


def test_no_rows_make_an_empty_table():
    assert compare_models(make_rows({"ours": [1.0]}).iloc[:0], "ours").empty


def test_coverage_counts_central_intervals():
    rows = make_rows({"ours": [1.0] * 5}, pit=[0.5, 0.26, 0.09, 0.96, 0.99])
    found = average_scores(rows, ["model"]).iloc[0]
    assert found[["covered_50_pct", "covered_80_pct", "covered_95_pct"]].tolist() == [40, 40, 80]


def test_pit_values_are_counted_in_tenths():
    rows = make_rows({"ours": [1.0] * 4}, pit=[0.0, 0.05, 0.5, 1.0])
    found = count_pit(rows).iloc[0]
    assert found[["from_0", "from_50", "from_90"]].tolist() == [2, 1, 1]
    assert found[[f"from_{k}" for k in range(0, 100, 10)]].sum() == 4


def test_the_lowest_crps_wins_when_it_is_clear():
    rows = make_rows({"plain": [2.0, 3.0, 4.0, 5.0], "rich": [1.0, 2.1, 2.9, 4.0]})
    assert choose_model(rows, ["plain", "rich"]) == "rich"


def test_within_a_standard_error_the_simpler_model_wins():
    rows = make_rows({"plain": [2.0, 3.0, 4.0, 5.0], "rich": [1.0, 4.0, 3.0, 5.8]})
    assert choose_model(rows, ["plain", "rich"]) == "plain"


def test_a_simple_model_that_is_clearly_worse_gives_way_to_the_next():
    rows = make_rows(
        {
            "plain": [4.0, 5.0, 4.5, 5.1],
            "middle": [2.0, 3.0, 2.2, 3.3],
            "rich": [1.9, 3.2, 2.3, 3.0],
        }
    )
    assert choose_model(rows, ["plain", "middle", "rich"]) == "middle"


def test_only_the_next_poll_of_known_houses_chooses():
    rows = pd.concat(
        [
            make_rows({"plain": [2.0, 3.0, 4.0], "rich": [2.1, 3.1, 4.1]}),
            make_rows({"plain": [9.0, 9.0, 9.0], "rich": [1.0, 1.1, 1.2]}, horizon="12m"),
            make_rows(
                {"plain": [9.0, 9.0, 9.0], "rich": [1.0, 1.1, 1.2]}, series="new", is_new=True
            ),
        ]
    )
    assert choose_model(rows, ["plain", "rich"]) == "plain"


def test_what_stands_for_choice_is_told_apart_and_counted_from_the_simplest():
    models = [model.options for model in CANDIDATES.values()]
    assert PUBLISHED in models
    assert len(set(map(str, models))) == len(models) == 27
    order = {"normal common": 0, "student common": 1, "normal by_house": 2}
    excess = [order[f"{one.errors} {one.house_variance}"] for one in models]
    assert excess == sorted(excess)
    for kind in order.values():
        sizes = [
            one.drift + (one.walk == "calming") + (one.walk == "calming" and one.calm_days != 60.0)
            for one, mine in zip(models, excess, strict=True)
            if mine == kind
        ]
        assert sizes == sorted(sizes)

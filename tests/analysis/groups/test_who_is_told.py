"""The lines in which shares of groups are printed."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.groups import report
from analysis.groups._hyperparameters import SMALLEST_ESS, _warn
from analysis.groups.report import show


def test_shares_have_one_decimal_and_their_errors_two():
    frame = pd.DataFrame(
        {
            "wave": ["01", "02"],
            "date": pd.to_datetime(["2022-03-01", "2022-06-01"]),
            "group": ["male", "female"],
            "is_comparable": [True, False],
            "mean": [61.26, 58.0],
            "sd": [1.237, 2.0],
            "lower": [58.84, 54.07],
            "upper": [63.68, 61.93],
        }
    )
    header, *lines = (line.split() for line in show(frame).splitlines())
    assert header == ["wave", "date", "comparable", "group", "mean", "sd", "lower", "upper"]
    assert lines == [
        ["01", "2022-03-01", "male", "61.3", "1.24", "58.8", "63.7"],
        ["02", "2022-06-01", "no", "female", "58.0", "2.00", "54.1", "61.9"],
    ]


@pytest.mark.parametrize(
    ("pareto_k", "ess", "words"),
    [
        (0.7, SMALLEST_ESS, []),
        (0.69, SMALLEST_ESS + 1, []),
        (0.71, SMALLEST_ESS, ["Pareto k"]),
        (0.7, SMALLEST_ESS - 1, ["only 49 effective points (fewer than 50)"]),
        (0.71, SMALLEST_ESS - 1, ["Pareto k", "only 49"]),
    ],
)
def test_weights_are_warned_of_beyond_their_limits(pareto_k, ess, words):
    told = _warn(ess, pareto_k, 0.7, 0)
    assert len(told) == len(words)
    assert all(text.startswith(word) for text, word in zip(told, words, strict=True))


@pytest.mark.parametrize("n_answers", [0, 1])
def test_a_group_in_which_nobody_answered_has_no_share(n_answers):
    """Of 100 interviews with each group; of the second so many named a side."""
    table = pd.DataFrame({"wave": "w0", "wording_variant": "v1", "sex": ["f", "m"], "n": 100})
    occasions = pd.DataFrame({"wave": ["w0"], "wording_variant": "v1", "date": "2022-03-01"})
    model = SimpleNamespace(successes=np.array([60, n_answers]), trials=np.array([80, n_answers]))
    fitted = SimpleNamespace(
        cells=SimpleNamespace(table=table, occasions=occasions),
        counts=SimpleNamespace(model=model),
        fitted_rows=np.array([0.7, 0.5]),
    )
    found = report._sum_rows(fitted, "sex").set_index("group")
    assert list(found.index) == ["f", "m"][: 1 + n_answers]
    assert found.loc["f", "unweighted_pct"] == 75

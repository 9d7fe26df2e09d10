"""The report tells which covariates the polls can tell apart from houses."""

import numpy as np
import pytest
from reference.simulated_polls import make_polls

from analysis import PollTrend

DAYS = [f"2022-03-{d:02d}" for d in range(1, 13)]
POLLS = make_polls(
    [(h, d, 60 + i) for i, (h, d) in enumerate(zip("aaaabbbbcccc", DAYS, strict=True))]
).assign(
    mode=["phone", "phone", "web", "web"] + ["phone"] * 8,  # only house a asked both ways
    frame=["x"] * 8 + ["y"] * 4,  # one and the same as house c
)


def test_a_covariate_that_is_a_house_is_not_identified():
    report = PollTrend(POLLS, covariates=["mode", "frame"]).confounding().set_index("term")
    assert report.loc["mode=web", "is_identified"]
    assert not report.loc["frame=y", "is_identified"]
    assert report.loc["frame=y", "variance_inflation"] == np.inf
    assert report.loc["mode=web", "carried_by"] == "a"
    assert report.loc["frame=y", "carried_by"] == ""
    assert list(report["rank"]) == [4, 4]
    assert list(report["n_columns"]) == [5, 5]


def test_variance_inflation_is_one_over_the_share_left_unexplained():
    report = PollTrend(POLLS, covariates=["mode"]).confounding()
    # 2 of 12 polls on the web, variance sum 2 * 10 / 12; within house a it is 1.
    assert report["variance_inflation"].item() == pytest.approx((2 * 10 / 12) / 1)


def test_what_is_not_identified_is_hardly_learned():
    results = PollTrend(POLLS, covariates=["mode", "frame"]).smooth((0.3, 1.0, 8.0))
    learned = results.covariates().set_index("level")["learned"]
    assert learned["web"] > 0.8
    assert learned["y"] < 0.4

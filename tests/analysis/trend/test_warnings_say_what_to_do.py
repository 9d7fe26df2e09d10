"""Warnings name what is wrong and what to do, in words of polls and not of the method."""

import numpy as np
import pytest
from reference.simulated_polls import make_polls

from analysis import PollTrend
from analysis.__main__ import main
from analysis.trend.hyperparameters import quadrature

TWO = make_polls([
    ("a", "2022-03-01", 1), ("b", "2022-03-05", 2), ("a", "2022-03-11", 1), ("b", "2022-03-20", 2),
])  # fmt: skip


def test_a_lattice_that_still_moves_says_how_far_numbers_are_exact_and_what_to_do(monkeypatch):
    monkeypatch.setattr(quadrature, "TOLERANCE", 0.0)
    told = PollTrend(TWO).fit().diagnostics()["warnings"]
    text = next(text for text in told if "exact to" in text)
    assert "the polls say little of tau, omega and sigma_h" in text
    assert text.endswith("add polls, or give narrower priors (Priors(tau=..., sigma_h=...))")


def test_two_peaks_name_the_prior_to_give(monkeypatch):
    monkeypatch.setattr(quadrature, "count_modes", lambda _: 2)
    told = PollTrend(TWO).fit().diagnostics()["warnings"]
    assert any(
        text.startswith("the polls fit a spread of the houses (sigma_h) of two sizes")
        and text.endswith("(Priors(sigma_h=...))")
        for text in told
    )


def test_numbers_that_are_taken_as_categories_are_told_and_a_formula_takes_them_as_numbers():
    polls = TWO.assign(year=[1990, 1991, 1992, 1993])
    (note,) = PollTrend(polls, covariates="year").model.covariates.notes
    assert "covariate year holds 4 different numbers, each taken as a category" in note
    (formula,) = [part for part in note.split("'") if part.startswith("~")]
    numbers = PollTrend(polls, covariates=formula).model.covariates
    assert numbers.notes == ()
    assert numbers.centred.shape == (4, 1)
    np.testing.assert_allclose(numbers.centred.std(ddof=1), 1.0, rtol=1e-6)


@pytest.mark.parametrize("values", [[1, 2, 3, 1], ["web", "1", "2", "3"]])
def test_codes_and_words_are_categories_without_a_note(values):
    polls = TWO.assign(mode=values)
    assert PollTrend(polls, covariates="mode").model.covariates.notes == ()


def test_a_new_house_beside_two_is_told_to_be_the_prior_s_word(tmp_path, capsys):
    polls, coming = tmp_path / "polls.csv", tmp_path / "coming.csv"
    TWO.to_csv(polls, index=False)
    command = ["predict", "--input", str(polls), "--method", "map", "--new", str(coming)]
    for house, told in [("c", True), ("a", False)]:
        make_polls([(house, "2022-04-01", 0)]).to_csv(coming, index=False)
        assert main(command) == 0
        err = capsys.readouterr().err
        assert ("2 houses can hardly tell" in err) == told
        assert ("--prior-sigma-h" in err) == told

"""Errors of past polls: the scales that made them come back, on the command line too."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.sensitivity import past_errors
from analysis.sensitivity.past_elections import MEAN_SD, _Errors, _Given

TRUTH = {"shared": 2.4, "houses": 1.2, "excess": 1.5}


def simulate(rng, n_elections=40, n_polls=15, n_houses=8):
    """Polls whose errors have the scales of TRUTH at one half, in proportion elsewhere."""
    result = rng.uniform(15, 70, n_elections)
    r = np.repeat(np.arange(n_elections), n_polls)
    house = rng.integers(0, n_houses, len(r))
    unit = np.sqrt(result * (100 - result)) / 50
    size = rng.integers(500, 2500, len(r))
    own = TRUTH["houses"] * rng.standard_normal(n_houses)
    shared = TRUTH["shared"] * rng.standard_normal(n_elections)
    noise = np.sqrt(2500 / size + TRUTH["excess"] ** 2) * rng.standard_normal(len(r))
    share = result[r] + unit[r] * (shared[r] + own[house] + noise)
    day = pd.Timestamp("2020-05-01") - pd.to_timedelta(rng.integers(1, 40, len(r)), unit="D")
    polls = pd.DataFrame(
        {"election": [f"e{k:02}" for k in r], "house_id": [f"h{j}" for j in house]}
    )
    polls = polls.assign(share_pct=share.round(1), sample_size=size, end_date=day)
    names = [f"e{k:02}" for k in range(n_elections)]
    results = pd.DataFrame({"election": names, "result_pct": result, "date": "2020-05-01"})
    return polls, results, pd.Series(shared * unit, index=names)


POLLS, RESULTS, SHARED = simulate(np.random.default_rng(8))


@cache
def find():
    """What these polls tell."""
    return past_errors(POLLS, RESULTS, days=60)


def test_the_scales_that_made_the_polls_come_back():
    scales = find().scales.set_index("scale")
    for name, true in TRUTH.items():
        assert scales.loc[name, "lower"] < true < scales.loc[name, "upper"], name
    assert find().common_error == pytest.approx(TRUTH["shared"], rel=0.35)
    assert scales.loc["error to sampling", "mean"] > 1.5


def test_the_density_of_the_scales_is_that_of_the_dense_normal_distribution():
    rng = np.random.default_rng(1)
    r = np.append(np.arange(8), rng.integers(0, 8, 52))
    j = np.append(np.arange(5), rng.integers(0, 5, 55))
    error, sampling = rng.normal(0, 3, 60), rng.uniform(1, 4, 60)
    found = _Given(_Errors(error, sampling, r, j), np.array([2.0, 1.3, 0.7]))
    alike = [MEAN_SD**2, 2.0**2 * (r[:, None] == r), 1.3**2 * (j[:, None] == j)]
    cov = sum(alike) + np.diag(sampling + 0.7**2)
    dense = -0.5 * (np.linalg.slogdet(cov)[1] + error @ np.linalg.solve(cov, error))
    assert found.loglike == pytest.approx(dense, rel=1e-12)
    expected = 1.3**2 * np.eye(5)[j].T @ np.linalg.solve(cov, error)
    drawn = found.draw(40_000, rng)[-5:]
    np.testing.assert_allclose(drawn.mean(axis=1), expected, atol=0.03)


def test_the_error_of_each_election_is_found_and_its_interval_holds():
    table = find().elections.set_index("election")
    # Of houses only differences are known beside the errors of elections.
    apart = table["mean"] - SHARED
    assert apart.std() < 1.0
    assert (np.abs(apart) < 2.6 * table["sd"]).mean() > 0.8
    assert list(table["n_polls"]) == [15] * 40


@pytest.mark.long("errors of past elections are fitted")
def test_polls_long_before_are_left_out_and_counted():
    near = past_errors(POLLS, RESULTS, days=10)
    expected = (pd.Timestamp("2020-05-01") - POLLS["end_date"]).dt.days > 10
    assert near.n_left_out == expected.sum()


@pytest.mark.long("errors of past elections are fitted")
def test_nothing_is_changed_and_rows_may_come_in_any_order():
    polls, results = POLLS.copy(deep=True), RESULTS.copy(deep=True)
    again = past_errors(POLLS.sample(frac=1, random_state=1), RESULTS[::-1], days=60)
    pd.testing.assert_frame_equal(again.elections, find().elections, atol=1e-6)
    pd.testing.assert_frame_equal(POLLS, polls)
    pd.testing.assert_frame_equal(RESULTS, results)


FAULTS = {
    "no result": (POLLS, RESULTS.iloc[1:], "'e00' has no result .*; give its result"),
    "no column": (POLLS.drop(columns="share_pct"), RESULTS, "missing columns share_pct"),
    "no date": (POLLS, RESULTS.drop(columns="date"), "column date is missing"),
    "twice": (POLLS, pd.concat([RESULTS, RESULTS.iloc[:1]]), "'e00' stands there twice"),
    "after": (POLLS.assign(end_date="2020-05-03"), RESULTS, "ends 2 days after the election"),
    "too old": (POLLS.assign(end_date="2019-05-03"), RESULTS, "take more days"),
    "all": (POLLS, RESULTS.assign(result_pct=100), "100 percent"),
    "none": (POLLS, RESULTS.assign(result_pct=0), "above 0 and below 100"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told(name):
    polls, results, message = FAULTS[name]
    with pytest.raises(ValueError, match=message):
        past_errors(polls, results)


@pytest.mark.long("errors of past elections are fitted")
def test_the_command_line_gives_the_same_and_says_what_to_use(tmp_path, capsys):
    paths = [tmp_path / "polls.csv", tmp_path / "results.csv"]
    for frame, path in zip((POLLS, RESULTS), paths, strict=True):
        frame.to_csv(path, index=False)
    named = ["bias", "--polls", str(paths[0]), "--results", str(paths[1]), "--days", "60"]
    out = tmp_path / "out.csv"
    assert main([*named, "--json", "--out", str(out)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["common_error"] == pytest.approx(find().common_error, rel=1e-6)
    assert len(pd.read_csv(out)) == 40
    assert main(named) == 0
    assert f"--common-error {find().common_error:.2f}" in capsys.readouterr().out
    RESULTS.iloc[1:].to_csv(paths[1], index=False)
    assert main(named) == 1
    assert "polls.csv, line 2" in capsys.readouterr().err


def suspect(results=(50, 50), **changed):
    """Polls of two elections, one cell changed in row 1; what is told of them."""
    polls = pd.DataFrame(
        {
            "election": ["x"] * 4 + ["y"] * 4,
            "house_id": ["alpha", "beta", "gamma", "delta"] * 2,
            "share_pct": [53.0, 54, 52, 55, 47, 46, 48, 45],
            "sample_size": 1000.0,
            "end_date": ["2018-04-18"] * 4 + ["2022-04-18"] * 4,
        }
    )
    for column, value in changed.items():
        polls.loc[1, column] = value
    days = ["2018-04-20", "2022-04-20"]
    told = pd.DataFrame({"election": ["x", "y"], "result_pct": results, "date": days})
    return past_errors(polls, told).notes


def test_good_polls_of_elections_give_no_note():
    assert suspect() == ()


@pytest.mark.long("errors of past elections are fitted")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"house_id": "Alpha"}, "differ only in capitals count as different: Alpha and alpha"),
        ({"house_id": "\u0430lpha"}, "houses that look alike count as different"),
        (
            {"share_pct": 0.54},
            "0.54 percent in row 1, where the result was 50: are these",
        ),
        ({"sample_size": 1.6}, "1.6 interviews in row 1: are these thousands?"),
        ({"sample_size": 5e7}, "50000000 interviews in row 1: no poll has so many"),
        ({"house_id": "alpha", "share_pct": 53}, "1 rows repeat another row and count twice"),
        ({"house_id": "alpha"}, "2 rows are several of one poll"),
        ({"share_pct": 5.4}, "5.4 percent in row 1, where the others of its election have some 53"),
        ({"share_pct": 45}, None),
        ({"share_pct": 100}, "100 percent in row 1, where the others of its election have some 53"),
        ({"results": (5, 50)}, "a result of 5 percent for 'x', whose 4 polls have 52 to 55"),
        ({"results": (32.1, 50)}, None),
        ({"results": (31.9, 50)}, "a result of 31.9 percent for 'x'"),
    ],
)
def test_what_looks_like_a_slip_in_polls_of_elections_is_told(changed, words):
    notes = suspect(**changed)
    assert len(notes) == (words is not None)
    assert all(words in note for note in notes)


@pytest.mark.long("errors of past elections are fitted")
def test_where_an_election_has_few_polls_the_result_tells_a_slip():
    polls = pd.DataFrame({"election": "x", "house_id": list("abc"), "share_pct": [53, 5.4, 52],
                          "sample_size": 1000.0})  # fmt: skip
    results = pd.DataFrame({"election": ["x"], "result_pct": [50]})
    (note,) = past_errors(polls, results).notes
    assert note.startswith("5.4 percent in row 1, where the result was 50; look for a slipped")


@pytest.mark.long("errors of past elections are fitted")
def test_fractions_throughout_are_told_once():
    polls = pd.DataFrame({"election": "x", "house_id": list("abcd"), "sample_size": 1000.0,
                          "share_pct": [0.53, 0.54, 0.52, 0.51]})  # fmt: skip
    results = pd.DataFrame({"election": ["x"], "result_pct": [0.5]})
    (note,) = past_errors(polls, results).notes
    assert note == "no share and no result is above 1: are these fractions rather than percent?"


@pytest.mark.long("errors of past elections are fitted")
def test_a_result_as_a_fraction_is_told_on_the_command_line_too(tmp_path, capsys):
    polls, results = tmp_path / "polls.csv", tmp_path / "results.csv"
    rows = [f"x,{house},5{i},1000" for i, house in enumerate("abc")]
    polls.write_text("\n".join(["election,house_id,share_pct,sample_size", *rows]), "utf-8")
    results.write_text("election,result_pct\nx,0.5\n", "utf-8")
    assert main(["bias", "--polls", str(polls), "--results", str(results), "--json"]) == 0
    said = capsys.readouterr()
    words = (
        "a result of 0.5 percent, where line 2 has 50: is it a fraction? Give results in percent"
    )
    assert said.err == f"warning: {words}\n"
    assert json.loads(said.out)["warnings"] == [words]

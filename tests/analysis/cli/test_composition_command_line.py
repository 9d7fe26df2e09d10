"""``python -m analysis composition``: parties of any file, and the parts of our own series."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from reference.simulated_parties import NAMES, simulate

from analysis import CompositionTrend
from analysis.__main__ import main
from analysis.cli.composition import tell_far_election
from analysis.parties import PartiesTrend

POLLS, _ = simulate(np.random.default_rng(5))


@cache
def fit():
    """All parties, fitted once."""
    return CompositionTrend(POLLS, NAMES).fit()


PARTS = ",".join(NAMES)


@pytest.fixture
def polls_csv(tmp_path):
    path = tmp_path / "parties.csv"
    POLLS.to_csv(path, index=False)
    return path


@pytest.fixture
def run(capsys):
    def call(*argv, code=0):
        assert main(["composition", *map(str, argv)]) == code
        return capsys.readouterr()

    return call


@pytest.mark.long("parts are fitted together")
def test_trend_and_houses_written_are_those_of_the_model(run, polls_csv, tmp_path):
    out, houses = tmp_path / "trend.csv", tmp_path / "houses.csv"
    run("--input", polls_csv, "--parts", PARTS, "--out", out, "--houses-out", houses)
    expected = fit().trend()
    written = pd.read_csv(out, parse_dates=["date"])
    assert written["part"].tolist() == expected["part"].tolist()
    numbers = ["mean", "sd", "lower", "upper"]
    np.testing.assert_allclose(written[numbers], expected[numbers], atol=1e-6)
    effects = pd.read_csv(houses).set_index(["part", "house_id"])
    for name in NAMES:
        own = fit().house_effects(name)
        np.testing.assert_allclose(effects.loc[name, "mean"], own["mean"], atol=1e-6)


@pytest.mark.long("parts are fitted together")
def test_an_election_has_seats_threshold_and_coalitions(run, polls_csv):
    election = ["--election", "2022-12-01", "--threshold", 5, "--coalition", "both=red+green"]
    argv = ["--input", polls_csv, "--parts", PARTS, *election, "--common-error", 1, "--json"]
    found = pd.DataFrame(json.loads(run(*argv).out)["election"])
    expected = fit().election(
        "2022-12-01", threshold=5, coalitions={"both": ["red", "green"]}, common_error=1
    )
    assert found["name"].tolist() == [*NAMES, "both"]
    numbers = expected.columns.drop("name")
    np.testing.assert_allclose(found[numbers], expected[numbers])
    text = run(*argv[:-1]).out
    assert "Election on 2022-12-01, percent of votes; threshold 5" in text


@pytest.mark.long("parts are fitted together")
def test_a_column_may_have_the_bare_name_of_its_part_and_hold_fractions(run, tmp_path):
    foreign = tmp_path / "theirs.csv"
    bare = POLLS.rename(columns={f"{name}_pct": name for name in NAMES})
    bare[list(NAMES)] = (bare[list(NAMES)] / 100).round(5)
    bare.rename(columns={"house_id": "firm"}).to_csv(foreign, index=False)
    argv = ["--parts", PARTS, "--columns", "house=firm", "--json"]
    assert "--unit fraction" in run("--input", foreign, *argv, code=1).err
    found = pd.DataFrame(
        json.loads(run("--input", foreign, *argv, "--unit", "fraction").out)["trend"]
    )
    np.testing.assert_allclose(found["mean"], fit().trend()["mean"])


@pytest.mark.long("parts are fitted together")
def test_two_parts_are_the_composition_whose_houses_may_drift(run, polls_csv, tmp_path):
    two = POLLS.rename(columns={"red_pct": "for_pct", "blue_pct": "against_pct"})
    path = tmp_path / "two.csv"
    two.to_csv(path, index=False)
    found = json.loads(run("--input", path, "--json").out)
    assert found["parts"] == ["for", "against"]
    assert "kappa" not in {row["parameter"] for row in found["hyperparameters"]}
    expected = CompositionTrend(two, drift=True).fit().hyperparameters()
    found = json.loads(run("--input", path, "--drift", "--json").out)
    means = [row["mean"] for row in found["hyperparameters"]]
    np.testing.assert_allclose(means, expected["mean"])


BAD = {
    "no such part": (["--parts", "red,pink"], "column pink_pct is missing (columns found: "),
    "a coalition of strangers": (
        ["--parts", PARTS, "--election", "2022-12-01", "--coalition", "x=red+pink+grey"],
        "--coalition names pink; the parts are red, blue, green"),
    "two coalitions of one name": (
        ["--parts", PARTS, "--election", "2022-12-01",
         *("--coalition", "x=red+blue", "--coalition", "y=red+green") * 2],
        "--coalition has x twice; give each a name of its own"),
    "seats without an election": (["--parts", PARTS, "--threshold", "4"], "give --election"),
    "an election of two": (["--parts", "red,blue", "--election", "2022-12-01"],
                           "--election needs three parts or more"),
    "drift of three": (["--parts", PARTS, "--drift"],
                       "drift is no option of more than two parts"),
    "no such reference": (["--parts", PARTS, "--reference", "nobody"],
                          "reference 'nobody' is not known"),
}  # fmt: skip


@pytest.mark.parametrize(("argv", "told"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_told_in_a_line(run, polls_csv, argv, told):
    printed = run("--input", polls_csv, *argv, code=1)
    assert printed.err.startswith("error: ")
    assert told in printed.err
    assert printed.out == ""


def test_a_slip_in_the_reference_does_not_cost_a_fit(run, polls_csv, monkeypatch):
    def fail(self, method="full"):
        raise AssertionError("fitted")

    monkeypatch.setattr(PartiesTrend, "fit", fail)
    argv = ["--parts", PARTS, "--reference", "nobody"]
    assert "reference 'nobody' is not known" in run("--input", polls_csv, *argv, code=1).err


@pytest.mark.parametrize("argv", [["--parts", "red"], ["--coalition", "left"]])
def test_what_cannot_be_read_is_a_slip_of_usage(capsys, argv):
    with pytest.raises(SystemExit) as left:
        main(["composition", "--construct", "support", *argv])
    assert left.value.code == 2
    assert f"{argv[1]!r} is not" in capsys.readouterr().err


def test_a_series_of_the_project_has_its_own_parts(run):
    told = "a series has the parts for and against; leave --parts out, or give --input"
    assert told in run("--construct", "support", "--parts", "for,refused", code=1).err


@pytest.mark.long("parts are fitted together")
def test_a_threshold_as_a_fraction_is_told(run, polls_csv):
    argv = ["--input", polls_csv, "--parts", PARTS, "--election", "2022-12-01", "--json"]
    err = run(*argv, "--threshold", "0.05").err
    assert "warning: --threshold 0.05 is less than one percent: is it a fraction?" in err


def test_two_columns_of_one_part_are_refused(run, tmp_path):
    """Of several parts the first is told."""
    name = NAMES[0]
    path = tmp_path / "both.csv"
    POLLS.assign(**{part: POLLS[f"{part}_pct"] for part in NAMES[::-1]}).to_csv(path, index=False)
    err = run("--input", path, "--parts", PARTS, code=1).err
    assert f"columns {name} and {name}_pct both stand for the part {name}; keep one of them" in err


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (366, "lies 366 days after the last poll"),
        (365, None),
        (0, None),
        (-1, "polls ended after the election of"),
    ],
)
def test_an_election_far_from_the_polls_or_before_some_is_told(ahead, words):
    polls = CompositionTrend(POLLS, NAMES).observations
    day = polls.last_date + np.timedelta64(ahead, "D")
    last_end = polls.polls["end_date"].max()
    if ahead == 0:  # a day of fieldwork of the last poll is none after it
        day = np.datetime64(last_end, "D")
    found = tell_far_election(str(day), polls)
    assert [words in text for text in found] == [True] * (words is not None)


@pytest.mark.long("parts are fitted together")
def test_a_far_election_is_told_beside_its_forecast(run, polls_csv):
    argv = ["--input", polls_csv, "--parts", PARTS, "--election", "2099-01-01"]
    told = run(*argv)
    assert "the election of 2099-01-01 lies" in told.err
    warnings = json.loads(run(*argv, "--json").out)["warnings"]
    assert warnings[0].startswith("the election of 2099-01-01 lies")

"""`python -m analysis claim` answers in words, as a table and as JSON, on any polls."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, make_polls, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main
from analysis.claims.threshold import claim

AS_OF = "2022-04-18"
POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)
POLLS["published"] = POLLS["end_date"] + pd.to_timedelta(3, unit="D")
OTHER = make_polls(
    [("Ipsos", "2024-01-03", 41), ("КМІС", "2024-01-10", 44), ("Ipsos", "2024-02-03", 45)]
)


@pytest.fixture
def polls_csv(tmp_path):
    """Polls of no country in particular, as a file."""
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


def run(capsys, *argv):
    """What a successful run prints to stdout."""
    assert main(["claim", *map(str, argv)]) == 0
    return capsys.readouterr().out


def refuse(constant):
    """JSON has no NaN and no Infinity."""
    raise AssertionError(constant)


@pytest.mark.long("several fits by the command")
def test_the_table_written_is_the_one_of_the_function(polls_csv, tmp_path, capsys):
    out = tmp_path / "claim.csv"
    run(capsys, "--input", polls_csv, "--above", 55, "--as-of", AS_OF, "--out", out)
    written = pd.read_csv(out, parse_dates=["as_of", "date", "last_poll"])
    expected = claim(POLLS, 55, AS_OF)
    assert list(written.columns) == list(expected.columns)
    for column in ("mean", "sd", "prob_above", "prob_with_common_error", "common_error_at_95"):
        np.testing.assert_allclose(written[column], expected[column], atol=1e-6)
    for column in ("estimand", "reference", "label", "n_polls", "n_houses"):
        assert list(written[column]) == list(expected[column])
    assert set(written["date"]) == {pd.Timestamp(AS_OF)}


def test_the_json_holds_words_levels_and_what_they_rest_on(polls_csv, capsys):
    text = run(capsys, "--input", polls_csv, "--above", 55, "--as-of", AS_OF, "--json")
    record = json.loads(text, parse_constant=refuse)
    expected = claim(POLLS, 55, AS_OF)
    assert record["claim"] == f"the share was above 55 percent on {AS_OF}"
    assert (record["above"], record["as_of"], record["date"]) == (55, AS_OF, AS_OF)
    assert record["estimand"] == "the mean of these 5 houses"
    assert record["known"]["n_polls"] == expected["n_polls"].iloc[0] < len(POLLS)
    assert [level["reference"] for level in record["levels"]] == list(expected["reference"])
    for level, prob in zip(record["levels"], expected["prob_above"], strict=True):
        assert level["prob_above"] == pytest.approx(prob)
        assert level["label"]
    assert record["common_error"]["sd"] == 2.4
    assert record["common_error"]["origin"].startswith("an input, not an estimate")
    assert record["diagnostics"]["warnings"] == []
    assert len(record["words"]) == 6
    assert {"verdict", "reference", "band", "alpha"} <= set(record)


@pytest.mark.long("several fits by the command")
def test_the_text_names_estimand_band_method_and_every_level(polls_csv, capsys):
    text = run(capsys, "--input", polls_csv, "--above", 55, "--as-of", AS_OF)
    assert text.startswith(f"Claim: the share was above 55 percent on {AS_OF}\n")
    flat = " ".join(text.split())
    for name in ("Known ", "Estimand the mean of these 5 houses (reference 'houses')", "Band 95%"):
        assert name in flat
    assert "Method static house effects; scales integrated out" in flat
    lines = text.splitlines()
    for _, row in claim(POLLS, 55, AS_OF).iterrows():
        start = [row["estimand"], row["reference"], str(row["n_polls"]), str(row["n_houses"])]
        assert any(line.split()[:4] == start for line in lines)


@pytest.mark.long("several fits by the command")
def test_words_and_json_say_the_same(polls_csv, capsys):
    argv = ["--input", polls_csv, "--above", 55, "--as-of", AS_OF]
    text = " ".join(run(capsys, *argv).split())
    record = json.loads(run(capsys, *argv, "--json"))
    for sentence in [*record["words"], record["verdict"], record["band"], record["known"]["words"]]:
        assert sentence in text


def test_a_common_error_of_the_users_is_labelled_as_theirs(polls_csv, capsys):
    argv = ["--input", polls_csv, "--above", 55, "--common-error", 3.5, "--json"]
    record = json.loads(run(capsys, *argv))
    assert record["common_error"]["sd"] == 3.5
    assert "given with the command" in record["common_error"]["origin"]
    assert "elsewhere" not in record["common_error"]["origin"]


@pytest.mark.long("several fits by the command")
def test_reference_date_drift_and_method_reach_the_claim(polls_csv, tmp_path, capsys):
    out = tmp_path / "claim.csv"
    argv = ["--input", polls_csv, "--above", 55, "--date", "2022-05-01", "--out", out]
    run(capsys, *argv, "--reference", "sector:state", "--drift", "--method", "map")
    written = pd.read_csv(out)
    expected = claim(
        POLLS, 55, date="2022-05-01", reference="sector:state", drift=True, method="map"
    )
    np.testing.assert_allclose(written["prob_above"], expected["prob_above"], atol=1e-6)
    assert set(written["date"]) == {"2022-05-01"}


def test_polls_of_another_country_with_five_columns(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    columns = ["house_id", "start_date", "end_date", "sample_size", "share_pct"]
    OTHER[columns].to_csv(path, index=False)
    text = run(capsys, "--input", path, "--above", 40)
    assert "The mean of these 2 houses: the share at" in text
    assert "By sector" not in text
    assert any(line.split()[:2] == ["house", "КМІС"] for line in text.splitlines())


@pytest.mark.long("several fits by the command")
def test_a_construct_is_claimed_by_name_with_what_was_brought_back(monkeypatch, capsys):
    asked = []

    def series(construct, include=()):
        asked.append((construct, tuple(include)))
        return POLLS

    monkeypatch.setattr("polls.series", series)
    argv = ["--construct", "talks", "--above", 55, "--include", "questions", "context", "--json"]
    assert json.loads(run(capsys, *argv))["claim"].startswith("talks was above 55 percent")
    run(capsys, "--construct", "support", "--above", 55)
    assert asked == [("talks", ("questions", "context")), ("support", ())]


@pytest.mark.long("several fits by the command")
def test_the_projects_own_polls_of_april_2022(capsys):
    argv = ["--construct", "support", "--above", 50, "--as-of", AS_OF, "--json"]
    record = json.loads(run(capsys, *argv))
    assert record["known"]["last_date"] <= AS_OF
    assert record["claim"] == f"support was above 50 percent on {AS_OF}"
    sectors = {level["reference"] for level in record["levels"] if level["estimand"] == "sector"}
    assert {"sector:state", "sector:independent"} <= sectors


def test_polls_without_a_publication_date_are_told_in_words(tmp_path, capsys):
    path = tmp_path / "polls.csv"
    POLLS.drop(columns="published").to_csv(path, index=False)
    assert main(["claim", "--input", str(path), "--above", "55", "--as-of", AS_OF]) == 0
    printed = capsys.readouterr()
    assert "polls have no publication date and count from their last day" in printed.err
    assert "without a publication date count from their" in " ".join(printed.out.split())


@pytest.mark.long("several fits by the command")
def test_a_set_of_houses_and_weights_can_be_asked_for(polls_csv, capsys):
    results = PollTrend(POLLS).fit("map")
    day = results.observations.last_date
    for reference in ("houses:a,b", "a=3,b=1"):
        options = ["--input", polls_csv, "--above", 55, "--method", "map"]
        record = json.loads(run(capsys, *options, "--reference", reference, "--json"))
        level = results.trend(dates=[day], reference=reference).iloc[0]
        (row,) = (row for row in record["levels"] if row["reference"] == reference)
        for name in ("mean", "sd", "lower", "upper"):
            assert row[name] == pytest.approx(level[name])
        assert row["prob_above"] == pytest.approx(results.prob_above(55, day, reference))
        (opinion,) = (row for row in record["levels"] if row["reference"] == "opinion")
        assert opinion["mean"] == pytest.approx(level["mean"])


def test_a_threshold_that_looks_like_a_fraction_is_asked_about(polls_csv, tmp_path, capsys):
    words = ["claim", "--method", "map", "--input"]
    assert main([*words, str(polls_csv), "--above", "0.5"]) == 0
    asked = "warning: --above 0.5 is less than one percent: is it a fraction? Give it in percent"
    assert asked in capsys.readouterr().err
    small = tmp_path / "small.csv"
    POLLS.assign(share_pct=1.5).to_csv(small, index=False)
    assert main([*words, str(small), "--above", "0.5"]) == 0
    assert "is it a fraction" not in capsys.readouterr().err

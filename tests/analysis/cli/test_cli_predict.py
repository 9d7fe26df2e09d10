"""`python -m analysis predict` says what polls to come will publish, of known houses and new."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)
COMING = pd.DataFrame(
    {
        "poll_id": ["a-next", "first-of-f"],
        "house_id": ["a", "f"],
        "start_date": ["2022-07-01", "2022-07-02"],
        "end_date": ["2022-07-03", "2022-07-04"],
        "sample_size": [1600, 1000],
        "sector": ["state", "independent"],
    }
)


@pytest.fixture
def files(tmp_path):
    """Options that name known polls and polls to come."""
    polls, new = tmp_path / "my_polls.csv", tmp_path / "coming.csv"
    POLLS.to_csv(polls, index=False)
    COMING.to_csv(new, index=False)
    return ["--input", str(polls), "--new", str(new)]


@pytest.mark.long("several fits by the command")
def test_the_table_written_is_the_one_of_the_results(files, tmp_path, capsys):
    out = tmp_path / "predicted.csv"
    assert main(["predict", *files, "--out", str(out)]) == 0
    written = pd.read_csv(out)
    expected = PollTrend(POLLS).fit().get_prediction(COMING).summary_frame()
    assert list(written.columns) == [*expected.columns, "n_polls"]
    for column in ("mean", "sd", "lower", "upper"):
        np.testing.assert_allclose(written[column], expected[column], atol=1e-6)
    assert list(written["poll_id"]) == ["a-next", "first-of-f"]
    assert list(written["n_polls"]) == [(POLLS["house_id"] == "a").sum(), 0]


def test_the_text_names_estimand_band_and_method(files, capsys):
    assert main(["predict", *files]) == 0
    flat = " ".join(capsys.readouterr().out.split())
    assert "New 2 polls, 1 of them by houses without polls so far" in flat
    assert "Estimand the share that each poll will publish" in flat
    assert "Band 95% predictive" in flat
    assert "Method static house effects" in flat
    assert "first-of-f f 2022-07-03" in flat


def test_the_json_holds_the_same_numbers(files, tmp_path, capsys):
    out = tmp_path / "predicted.csv"
    assert main(["predict", *files, "--json", "--drift", "--out", str(out)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert {"estimand", "band", "alpha", "predictions", "diagnostics"} == set(record)
    written = pd.read_csv(out)
    for row, (_, line) in zip(record["predictions"], written.iterrows(), strict=True):
        assert row["mean"] == pytest.approx(line["mean"], abs=1e-6)
        assert row["mid_date"] == line["mid_date"]
    assert record["diagnostics"]["method"].startswith("drifting house effects")


def test_only_polls_published_by_the_day_are_known(files, capsys):
    assert main(["predict", *files, "--as-of", "2022-04-15", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["diagnostics"]["n_polls"] == (POLLS["end_date"] <= "2022-04-15").sum()


@pytest.mark.long("several fits by the command")
def test_a_construct_is_predicted_by_the_published_model(files, monkeypatch, capsys):
    monkeypatch.setattr("polls.series", lambda construct: POLLS)
    assert main(["predict", "--construct", "support", *files[2:], "--json"]) == 0
    from_series = json.loads(capsys.readouterr().out)["predictions"]
    options = ["--drift", "--walk", "calming", "--house-variance", "by_house"]
    assert main(["predict", *files, "--json", *options]) == 0
    assert from_series == json.loads(capsys.readouterr().out)["predictions"]


FAULTS = {
    "no rows": ("sample_size", None, "coming.csv: there are no polls; give at least one row"),
    "no size": ("sample_size", "", "coming.csv, line 3 (first-of-f), column sample_size: no value"),
    "no sector": ("sector", "", "column sector: no value; a house without polls needs its sector"),
    "date": ("end_date", "4 July", "line 3 (first-of-f), column end_date: '4 July' is not a date"),
    "house": ("house_id", "", "line 3 (first-of-f), column house_id: no value; name the polling"),
}


@pytest.mark.long("several fits by the command", quick=2)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_polls_to_come_names_their_file(files, tmp_path, capsys, name):
    column, value, message = FAULTS[name]
    bad = COMING.astype("str").astype(object)
    bad.loc[1, column] = value
    bad = bad.head(0) if value is None else bad
    bad.to_csv(files[3], index=False)
    out = tmp_path / "predicted.csv"
    assert main(["predict", *files, "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"error: {files[3]}")
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert not out.exists()


def test_a_fault_of_the_known_polls_names_theirs(files, capsys):
    POLLS.assign(share_pct=150).to_csv(files[1], index=False)
    assert main(["predict", *files]) == 1
    assert capsys.readouterr().err.startswith(f"error: {files[1]}, line 2 ")


@pytest.mark.long("several fits by the command")
def test_slips_in_polls_to_come_are_told_in_text_and_record(files, tmp_path, capsys):
    odd = COMING.assign(house_id=["A", "f"], sector="state", sample_size=[1600, 1.6])
    odd.to_csv(tmp_path / "coming.csv", index=False)
    assert main(["predict", *files, "--json"]) == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)["warnings"]
    assert [note.partition(":")[0] for note in told] == [
        "house 'A' in line 2 (a-next) has no polls and looks like 'a', which has",
        "1.6 interviews in line 3 (first-of-f)",
    ]
    assert all(f"warning: {note}" in printed.err for note in told)
    COMING.to_csv(tmp_path / "coming.csv", index=False)
    assert main(["predict", *files, "--json"]) == 0
    assert "warnings" not in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2012-07-01", "fieldwork of line 2 (a-next) lies before all known polls"),
        ("2032-07-01", "fieldwork of line 2 (a-next) lies up to "),
        ("2022-07-01", ""),
    ],
)
def test_polls_to_come_far_from_the_known_ones_are_told(files, tmp_path, capsys, start, words):
    new = tmp_path / "coming.csv"
    COMING[:1].assign(start_date=start, end_date=start).to_csv(new, index=False)
    assert main(["predict", *files, "--method", "map", "--json"]) == 0
    told, warned = capsys.readouterr()
    carried = [text for text in json.loads(told).get("warnings", []) if "carried" in text]
    assert [text[: len(words)] for text in carried] == ([words] if words else [])
    assert all("correct the year, or give" in text and text in warned for text in carried)


def test_a_poll_to_come_that_is_known_is_told(files, tmp_path, capsys):
    new = tmp_path / "coming.csv"
    POLLS[3:4].drop(columns="poll_id").to_csv(new, index=False)
    assert main(["predict", *files, "--method", "map"]) == 0
    warned = " ".join(capsys.readouterr().err.split())
    assert (
        "warning: house and days of line 2 are those of a poll that is known, from which it is "
        "predicted; leave it out of one of the files"
    ) in warned

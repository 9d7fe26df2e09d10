"""`--anchors anchors.csv` brings in an election or the like; a fault in it names its file."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main
from analysis.claims.threshold import claim

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)
ANCHORS = pd.DataFrame(
    {"date": ["2022-04-01", "2022-06-01"], "value": [50.5, 48.0], "sd": [2.0, 1.0]}
)


@pytest.fixture
def files(tmp_path):
    """Options that name polls and anchors."""
    polls, anchors = tmp_path / "my_polls.csv", tmp_path / "anchors.csv"
    POLLS.to_csv(polls, index=False)
    ANCHORS.to_csv(anchors, index=False)
    return ["--input", str(polls), "--anchors", str(anchors)]


def test_the_trend_is_the_anchored_one_and_says_so(files, tmp_path, capsys):
    out = tmp_path / "trend.csv"
    assert main(["trend", *files, "--out", str(out), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["reference"] == "anchor"
    assert record["estimand"] == "the level that the anchors measure"
    expected = PollTrend(POLLS, anchors=ANCHORS).fit().trend("anchor")
    np.testing.assert_allclose(pd.read_csv(out)["mean"], expected["mean"], atol=1e-6)


@pytest.mark.long("several fits by the command")
def test_a_claim_has_a_row_for_the_anchored_level(files, capsys):
    assert main(["claim", *files, "--above", "50", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    rows = {row["reference"]: row for row in record["levels"]}
    assert record["reference"] == rows["anchor"]["estimand"] == "anchor"
    results = PollTrend(POLLS, anchors=ANCHORS).fit()
    expected = results.prob_above(50, record["date"], "anchor")
    assert rows["anchor"]["prob_above"] == pytest.approx(expected, abs=1e-9)
    assert rows["opinion"]["label"] == "opinion: the level that the anchors measure"
    assert rows["opinion"]["sd"] == rows["anchor"]["sd"]
    assert rows["anchor"]["prob_with_common_error"] == rows["anchor"]["prob_above"]
    assert record["known"]["n_anchors"] == 2
    assert "; 2 anchors." in record["known"]["words"]


@pytest.mark.long("several fits by the command")
def test_anchors_of_later_days_are_not_known(files, capsys):
    assert main(["claim", *files, "--above", "50", "--as-of", "2022-05-01", "--json"]) == 0
    printed = capsys.readouterr()
    assert "note: as of 2022-05-01: 1 of 2 anchors lie later and do not count" in printed.err
    record = json.loads(printed.out)
    probabilities = [row["prob_above"] for row in record["levels"]]
    known = claim(POLLS, 50, "2022-05-01", anchors=ANCHORS.head(1))
    np.testing.assert_allclose(probabilities, known["prob_above"], atol=1e-9)
    all_of_them = claim(POLLS, 50, "2022-05-01", anchors=ANCHORS)
    np.testing.assert_allclose(probabilities, all_of_them["prob_above"], atol=1e-9)


@pytest.mark.long("several fits by the command")
def test_before_the_first_anchor_the_mean_of_these_houses_is_meant(files, capsys):
    assert main(["claim", *files, "--above", "50", "--as-of", "2022-03-20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reference"] == "houses"


FAULTS = {
    "no sd": (ANCHORS.drop(columns="sd"), ": column sd is missing; anchors need date, value, sd"),
    "sd zero": (ANCHORS.assign(sd=[1, 0]), ", line 3, column sd: '0' is outside above 0 to 100;"),
    "sd of all": (ANCHORS.assign(sd=[1, 101]), ", line 3, column sd: '101' is outside above 0 to"),
    "value": (ANCHORS.assign(value=[101, 5]), ", line 2, column value: '101' is outside 0 to 100"),
    "date": (ANCHORS.assign(date="May"), ", line 2, column date: 'May' is not a date that can"),
}


@pytest.mark.long("several fits by the command", quick=3)
@pytest.mark.parametrize("verb", [["trend"], ["claim", "--above", "50", "--as-of", "2022-06-30"]])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_file_of_the_anchors(files, tmp_path, capsys, verb, name):
    anchors, message = FAULTS[name]
    anchors.to_csv(files[3], index=False)
    out = tmp_path / "out.csv"
    assert main([*verb, *files, "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1].startswith(f"error: {files[3]}{message}")
    assert not out.exists()


def test_without_anchors_there_is_no_anchored_level(files, capsys):
    assert main(["trend", *files[:2], "--reference", "anchor"]) == 1
    assert "reference 'anchor' is not known" in capsys.readouterr().err


def test_the_anchors_are_not_overwritten(files, capsys):
    assert main(["trend", *files, "--out", files[3]]) == 1
    assert "--anchors and --out name one file" in capsys.readouterr().err


def test_a_file_without_anchors_is_no_file_of_anchors(tmp_path, capsys):
    path = tmp_path / "none.csv"
    path.write_text("date,value,sd\n", encoding="utf-8")
    assert main(["trend", "--construct", "support", "--anchors", str(path)]) == 1
    assert (
        capsys.readouterr().err == f"error: {path}: there are no anchors; give at least one row\n"
    )

"""``python -m analysis tipping``: words, table and JSON, on our polls and on any."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main
from analysis.sensitivity import Silent, tipping_table

POLLS = simulate_polls(np.random.default_rng(71), houses="abc", sectors=SECTORS)


@pytest.fixture
def polls_csv(tmp_path):
    path = tmp_path / "my_polls.csv"
    POLLS.to_csv(path, index=False)
    return path


def run(capsys, *argv):
    assert main(["tipping", *map(str, argv)]) == 0
    return capsys.readouterr().out


def test_the_table_written_is_the_one_of_the_function(polls_csv, tmp_path, capsys):
    out = tmp_path / "tipping.csv"
    run(capsys, "--input", polls_csv, "--threshold", 55, "--date", "2022-05-01", "--out", out)
    written = pd.read_csv(out, parse_dates=["date"])
    expected = tipping_table(PollTrend(POLLS).fit(), 55, "2022-05-01")
    assert list(written.columns) == list(expected.columns)
    numbers = expected.select_dtypes("number").columns
    np.testing.assert_allclose(written[numbers], expected[numbers], atol=1e-6)


def test_the_json_holds_finding_and_assumptions(polls_csv, capsys):
    options = ["--reference", "b", "--silent", 20, "--silent-support", 40, "--method", "map"]
    record = json.loads(run(capsys, "--input", polls_csv, *options, "--json"))
    results = PollTrend(POLLS).fit("map")
    row = tipping_table(results, 50, silent=Silent(20, 40), references=["b"]).iloc[0]
    assert record["reference"] == "b"
    assert record["tipping_point"]["median"] == pytest.approx(row["median"])
    assert (record["silent_pct"], record["silent_support_pct"]) == (20, 40)
    assert any("40 percent support" in text for text in record["assumptions"])
    assert len(record["levels"]) == len(tipping_table(results))


def test_the_words_say_share_point_and_interval(polls_csv, capsys):
    text = run(capsys, "--input", polls_csv, "--reference", "a", "--method", "map")
    row = tipping_table(PollTrend(POLLS).fit("map"), references=["a"]).iloc[0]
    words = " ".join(text.split())
    assert f"stood at {row['share_median']:.1f} percent" in words
    assert f"if {row['median']:.0f} percent of the stated supporters are insincere" in words
    assert "all who gave no answer count as opponents" in words


def test_without_a_majority_the_words_say_so(polls_csv, capsys):
    text = run(capsys, "--input", polls_csv, "--threshold", 95, "--method", "map")
    assert "no majority has to vanish" in " ".join(text.split())


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--threshold", "120"], 2),
        (["--silent", "-5"], 2),
        (["--date", "18.04.2022"], 2),
        (["--silent-support", "40"], 1),
        (["--reference", "nobody"], 1),
    ],
)
def test_bad_wishes_end_without_a_traceback(polls_csv, capsys, argv, code):
    try:
        found = main(["tipping", "--input", str(polls_csv), *argv])
    except SystemExit as stop:
        found = stop.code
    shown = capsys.readouterr()
    assert found == code
    assert shown.out == ""
    assert "error" in shown.err
    assert "Traceback" not in shown.err


def write_polls(tmp_path):
    path = tmp_path / "polls.csv"
    lines = [f"{h},2022-0{m}-01,2022-0{m}-01,1600,{60 + m % 2}" for m in (3, 4, 5) for h in "ab"]
    head = "house_id,start_date,end_date,sample_size,share_pct"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.long("each case is a call of the command")
def test_support_and_silence_are_not_more_than_all(tmp_path, capsys):
    argv = ["tipping", "--input", str(write_polls(tmp_path)), "--silent", "60"]
    assert main(argv) == 1
    assert "percent silent are more than all" in capsys.readouterr().err
    assert main([*argv[:-1], "30"]) == 0


def test_support_and_silence_may_be_all(tmp_path, capsys):
    options = ["--input", write_polls(tmp_path), "--method", "map"]
    record = json.loads(run(capsys, *options, "--json"))
    (stated,) = (r["share_median"] for r in record["levels"] if r["reference"] == "houses")
    rest = 100 - stated
    assert stated + rest == 100
    run(capsys, *options, "--silent", rest)
    assert main(["tipping", *map(str, options), "--silent", str(rest + 1e-9)]) == 1
    assert "percent silent are more than all" in capsys.readouterr().err


@pytest.mark.long("each case is a call of the command", quick=1)
@pytest.mark.parametrize(
    ("date", "words"), [("2021-01-01", "back"), ("2023-01-01", "forward"), ("2022-04-01", "")]
)
def test_a_level_that_is_carried_is_said_to_be(tmp_path, capsys, date, words):
    assert main(["tipping", "--input", str(write_polls(tmp_path)), "--date", date]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert ("the level is carried" in text) is bool(words)
    assert f"the level is carried {words}." in text or not words


@pytest.mark.long("each case is a call of the command")
def test_a_set_of_houses_and_weights_can_be_asked_for(polls_csv, capsys):
    results = PollTrend(POLLS).fit("map")
    day = results.observations.last_date
    for reference in ("houses:a,b", "a=3,b=1"):
        options = ["--input", polls_csv, "--method", "map", "--reference", reference, "--json"]
        record = json.loads(run(capsys, *options))
        level = results.trend(dates=[day], reference=reference).iloc[0]
        (row,) = (row for row in record["levels"] if row["reference"] == reference)
        assert row["estimand"] == "these_houses"
        assert row["share_median"] == pytest.approx(level["mean"])
        assert record["tipping_point"]["median"] == pytest.approx(100 * (1 - 50 / level["mean"]))


def test_with_anchors_the_polls_speak_of_their_houses(polls_csv, tmp_path, capsys):
    anchors = tmp_path / "anchors.csv"
    anchors.write_text("date,value,sd\n2022-04-01,55,2\n", encoding="utf-8")
    options = ["--input", polls_csv, "--method", "map", "--anchors", anchors]
    assert json.loads(run(capsys, *options, "--json"))["reference"] == "houses"
    assert main(["tipping", *map(str, options), "--reference", "anchor"]) == 1
    assert "opinion as anchors measure it, no stated support" in capsys.readouterr().err


@pytest.mark.long("each case is a call of the command", quick=1)
@pytest.mark.parametrize(
    ("option", "value", "is_told"),
    [
        ("--threshold", "0.5", True),
        ("--threshold", "1", False),
        ("--silent", "0.2", True),
        ("--silent", "20", False),
        ("--silent", "0", False),
    ],
)
def test_a_percentage_that_looks_like_a_fraction_is_asked_about(
    option, value, is_told, polls_csv, capsys
):
    words = ["tipping", "--input", str(polls_csv), "--method", "map", option, value]
    assert main(words) == 0
    asked = f"warning: {option} {value} is less than one percent: is it a fraction?"
    assert (asked in capsys.readouterr().err) is is_told

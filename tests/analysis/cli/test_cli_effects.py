"""`--events events.csv` and `--covariates mode` reach fit, text and JSON of every verb."""

import json

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import SECTORS, simulate_polls

from analysis import PollTrend
from analysis.__main__ import main

POLLS = simulate_polls(np.random.default_rng(91), houses="abcde", sectors=SECTORS)
POLLS["mode"] = ["phone", "face to face", "online"] * 10
EVENTS = pd.DataFrame({"date": ["2022-05-20", "2022-04-10"], "label": ["calm", "shock"]})
KNOWN = {"shock": "2022-04-10", "calm": "2022-05-20"}
COMING = (
    POLLS.head(2).drop(columns="share_pct").assign(start_date="2022-07-01", end_date="2022-07-02")
)
VERBS = {"trend": [], "claim": ["--above", "50"], "predict": ["--new", "coming.csv"]}
SECTIONS = {"events", "covariates", "confounding"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder with polls, polls to come and events."""
    monkeypatch.chdir(tmp_path)
    POLLS.to_csv("my_polls.csv", index=False)
    COMING.to_csv("coming.csv", index=False)
    EVENTS.to_csv("events.csv", index=False)
    return tmp_path


def run(verb, *options):
    """Run a verb on the polls of the folder."""
    return main([verb, "--input", "my_polls.csv", *VERBS[verb], *options])


EFFECTS = ["--events", "events.csv", "--covariates", "mode"]


@pytest.mark.long("each case is a command with its fits", quick=1)
@pytest.mark.parametrize("verb", VERBS)
def test_the_json_holds_shifts_with_their_evidence_effects_and_confounding(capsys, verb):
    assert run(verb, "--json", *EFFECTS) == 0
    record = json.loads(capsys.readouterr().out)
    model = PollTrend(POLLS, events=KNOWN, covariates=["mode"])
    expected = model.fit()
    for name, table in (("events", expected.events()), ("covariates", expected.covariates())):
        for row, (_, line) in zip(record[name], table.iterrows(), strict=True):
            for key in ("mean", "sd", "lower", "upper"):
                assert row[key] == pytest.approx(line[key], abs=1e-9)
    assert [row["event"] for row in record["events"]] == ["shock", "calm"]
    assert [row["date"] for row in record["events"]] == ["2022-04-10", "2022-05-20"]
    evidence = [row["log_bayes_factor"] for row in record["events"]]
    np.testing.assert_allclose(evidence, expected.events()["log_bayes_factor"], atol=1e-9)
    report = model.confounding()
    assert [row["term"] for row in record["confounding"]] == list(report["term"])
    assert [row["carried_by"] for row in record["confounding"]] == list(report["carried_by"])


@pytest.mark.long("each case is a command with its fits", quick=1)
@pytest.mark.parametrize("verb", VERBS)
def test_the_text_holds_them_once(capsys, verb):
    assert run(verb, *EFFECTS) == 0
    text = capsys.readouterr().out
    for title in ("Events: level shifts, points", "Covariates", "What of the covariates the polls"):
        assert text.count(title) == 1
    lines = [line.split()[:2] for line in text.splitlines()]
    assert lines.count(["shock", "2022-04-10"]) == 1
    assert lines.count(["mode", "online"]) == 1
    assert sum(line[:1] == ["mode=online"] for line in lines) == 1


@pytest.mark.long("each case is a command with its fits", quick=1)
@pytest.mark.parametrize("verb", VERBS)
def test_without_them_nothing_is_said_of_them(capsys, verb):
    assert run(verb, "--method", "map") == 0
    assert "Events" not in (text := capsys.readouterr().out)
    assert "Covariates" not in text
    assert run(verb, "--method", "map", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert not any(record.get(name) for name in SECTIONS)


def test_what_cannot_be_told_apart_is_null_in_the_json(capsys):
    POLLS.assign(mode=POLLS["house_id"].map({"a": "online"}).fillna("phone")).to_csv(
        "my_polls.csv", index=False
    )
    assert run("trend", "--covariates", "mode", "--json", "--method", "map") == 0
    (row,) = json.loads(capsys.readouterr().out)["confounding"]
    assert row["is_identified"] is False
    assert row["variance_inflation"] is None


@pytest.mark.long("each case is a command with its fits")
def test_events_after_the_last_known_poll_do_not_count_yet(capsys):
    options = ["--events", "events.csv", "--json", "--as-of", "2022-05-01"]
    assert run("trend", *options) == 0
    printed = capsys.readouterr()
    assert "note: as of 2022-05-01: 1 of 2 events have no known poll after them" in printed.err
    assert [row["event"] for row in json.loads(printed.out)["events"]] == ["shock"]


FAULTS = {
    "no label": ("date\n2022-04-10\n", ": column label is missing; events need date, label"),
    "neither": ("day\n2022-04-10\n", ": column date is missing; events need date, label"),
    "blank label": ("date,label\n2022-04-10,\n", ", line 2, column label: no value; name"),
    "local date": ("date,label\n2022-04-10,a\n10.04.2022,b\n",
                   ", line 3, column date: '10.04.2022' is not a date that can be read"),
    "one label twice": ("date,label\n2022-04-10,a\n2022-04-11,b\n2022-05-10,a\n2022-05-11,b\n",
                        ", line 4, column label: 'a' is there already (the same fault in 5); give"),
    "before all polls": ("date,label\n2022-05-01,a\n2021-04-10,b\n2021-04-11,c\n",
                         ", line 3, column date: 2021-04-10 has no polls on both sides (the"),
    "after all polls": ("date,label\n2030-01-01,b\n",
                        ", line 2, column date: 2030-01-01 has no polls on both sides; choose a"),
    "no rows": ("date,label\n", ": there are no events; give at least one row"),
    "empty": ("", ": the file is empty; give a header line"),
}  # fmt: skip


@pytest.mark.long("each case is a command with its fits", quick=6)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_file_of_the_events_line_and_column(folder, capsys, verb, name):
    content, message = FAULTS[name]
    (folder / "events.csv").write_text(content, encoding="utf-8")
    assert run(verb, "--events", "events.csv", "--out", "out.csv") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1].startswith(f"error: events.csv{message}")
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("verb", VERBS)
def test_a_covariate_that_is_no_column_is_an_error_of_the_polls(capsys, verb):
    assert run(verb, "--covariates", "wording") == 1
    message = "error: my_polls.csv: covariate 'wording' is no column; columns to choose from: "
    assert capsys.readouterr().err.startswith(message)


def test_a_fault_of_the_polls_is_told_before_one_of_the_events_between_them(folder, capsys):
    text = (folder / "my_polls.csv").read_text(encoding="utf-8")
    (folder / "my_polls.csv").write_text(text.replace("2022-0", "2022.0", 1), encoding="utf-8")
    assert run("trend", "--events", "events.csv") == 1
    assert capsys.readouterr().err.startswith("error: my_polls.csv, line 2 ")


def test_polls_to_come_need_the_covariates(capsys):
    COMING.drop(columns="mode").to_csv("coming.csv", index=False)
    assert run("predict", "--covariates", "mode") == 1
    assert "coming.csv: column mode is missing; the model has this" in capsys.readouterr().err


def test_the_events_are_not_overwritten(capsys):
    assert run("trend", "--events", "events.csv", "--out", "events.csv") == 1
    assert "--events and --out name one file" in capsys.readouterr().err


@pytest.mark.parametrize("again", ["Shock", "sh\u043eck", "shock "])
def test_an_event_under_two_names_that_look_alike_is_told(again, capsys):
    """It shared its effect with itself, on the day that was meant and on another."""
    events = pd.DataFrame(
        {"date": ["2022-04-10", "2022-05-20"], "label": ["the shock", f"the {again}."]}
    )
    events.to_csv("events.csv", index=False)
    assert run("trend", "--json", "--method", "map", "--events", "events.csv") == 0
    printed = capsys.readouterr()
    (told,) = [t for t in json.loads(printed.out)["diagnostics"]["warnings"] if "alike" in t]
    assert told.startswith("events that look alike count as different: ")
    assert told.endswith("; leave one out, or name them apart")
    assert f"warning: {told}" in printed.err


def test_events_by_their_days_are_not_alike():
    model = PollTrend(POLLS, events=["2022-04-10", "2022-04-11", "2022-05-10"])
    warnings = model.smooth((0.3, 2.0, 5.0)).diagnostics()["warnings"]
    assert not any("look alike" in text for text in warnings)

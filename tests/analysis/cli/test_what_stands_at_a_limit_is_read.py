"""Options, files and days that stand at a limit itself, just below it and just above."""

from argparse import ArgumentTypeError, Namespace
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis import PollInputError
from analysis.__main__ import main
from analysis.cli.effects import load_events
from analysis.cli.evaluate.simulate import MOST_SETS, read_count
from analysis.cli.files import csv_file, read_polls_csv
from analysis.cli.inputs import (
    CommandError,
    Polls,
    common_error_option,
    in_percent,
    points_option,
    positive_option,
)
from analysis.cli.lists import _sentences, tell_outside
from analysis.cli.trend import _tell_beyond, tell_late_shock
from analysis.observations.frame import prepare_observations

POLLS = make_polls([(h, f"2022-0{m}-11", 60 + m) for m in (3, 4, 5) for h in "ab"])
KNOWN = prepare_observations(POLLS)
DAY = np.timedelta64(1, "D")


def refuses(error, words):
    """Expect an error with these words; without words none."""
    return pytest.raises(error, match=words) if words else nullcontext()


@pytest.mark.parametrize(("days", "told"), [(-1, "--days -1 is below 0"), (0, "cannot be read")])
def test_polls_of_the_day_of_the_election_may_be_asked_for(days, told, tmp_path, capsys):
    files = ["--polls", str(tmp_path / "polls.csv"), "--results", str(tmp_path / "results.csv")]
    assert main(["bias", *files, "--days", str(days)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("day", "as_of", "n"),
    [
        (KNOWN.first_date, None, None),
        (KNOWN.first_date + DAY, None, 1),
        (KNOWN.last_date, None, 1),
        (KNOWN.last_date, "2022-12-31", 1),
        (KNOWN.last_date + DAY, None, None),
        (KNOWN.last_date + DAY, "2022-12-31", 0),
    ],
)
def test_an_event_lies_after_the_first_poll_and_not_after_the_last(day, as_of, n, tmp_path):
    """After the last it is refused, or does not count yet where the command names a day."""
    path = tmp_path / "events.csv"
    path.write_text(f"date,label\n{day},news\n", encoding="utf-8")
    args = Namespace(events=path, covariates=[], as_of=as_of)
    words = f"choose a date after {KNOWN.first_date} and not after {KNOWN.last_date}"
    with refuses(PollInputError, words if n is None else None):
        assert len(load_events(args, Polls(POLLS, "polls.csv", "the share", 0))) == n


@pytest.mark.parametrize(("more", "told"), [(-1, None), (0, None), (1, f"{MOST_SETS} at most")])
def test_there_are_as_many_sets_as_one_waits_for(more, told):
    with refuses(ArgumentTypeError, told):
        assert read_count(str(MOST_SETS + more)) == MOST_SETS + more


@pytest.mark.parametrize(("more", "told"), [(-1, None), (0, None), (1, "or split it")])
def test_a_file_may_be_as_large_as_the_largest(more, told, tmp_path, monkeypatch):
    path = tmp_path / "polls.csv"
    POLLS.to_csv(path, index=False)
    monkeypatch.setattr(csv_file, "MOST_BYTES", path.stat().st_size - more)
    with refuses(PollInputError, told):
        assert len(read_polls_csv(path)) == len(POLLS)


@pytest.mark.parametrize(
    ("text", "is_sd", "is_positive"),
    [
        ("-0.001", False, False),
        ("0", True, False),
        ("0.001", True, True),
        ("1e308", True, True),
        ("inf", False, False),
    ],
)
def test_an_error_of_nothing_is_one_and_an_endless_one_is_none(text, is_sd, is_positive):
    for read, is_read in ((points_option, is_sd), (positive_option, is_positive)):
        with refuses(ArgumentTypeError, None if is_read else f"{text!r} is no"):
            assert read(text) == float(text)


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        (["0", "1"], None),  # nobody and one percent, or nobody and all: neither tells
        (["0", "0.999"], "as if these were fractions"),
        (["0.001", "1"], "as if these were fractions"),
        (["0.5", "1.001"], None),
    ],
)
def test_fractions_lie_between_nobody_and_all(shares, told):
    frame = pd.DataFrame({"share_pct": shares})
    args = Namespace(unit=None, input=Path("polls.csv"))
    with refuses(CommandError, told):
        assert in_percent(frame, ["share_pct"], args) is frame


@pytest.mark.parametrize(
    ("lower", "upper", "is_told"),
    [
        (-9.0, -0.1, True),
        (-9.0, 0.0, False),
        (-9.0, 0.1, False),
        (99.9, 120.0, False),
        (100.0, 120.0, False),
        (100.1, 120.0, True),
    ],
)
def test_a_list_tells_of_what_can_be_as_long_as_its_interval_meets_0_to_100(lower, upper, is_told):
    row = {"quantity": "list", "estimate": (lower + upper) / 2, "lower": lower, "upper": upper}
    assert bool(list(tell_outside(pd.DataFrame([row])))) is is_told


@pytest.mark.parametrize(("seed", "code"), [("-1", 1), ("0", 0)])
def test_nothing_is_a_seed(seed, code, tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text("y,treatment\n1,0\n2,1\n0,0\n2,1\n1,0\n1,1\n", encoding="utf-8")
    words = ["list", "--input", str(path), "--items", "3", "--count", "y", "--bootstrap", "50"]
    assert main([*words, "--seed", seed]) == code
    assert ("a seed is a whole number of 0 or more" in capsys.readouterr().err) is bool(code)


@pytest.mark.parametrize(
    ("p_value", "verdict", "seen"),
    [(0.0499, "fails", "is a sign"), (0.05, "passes", "is no sign"), (0.0501, "passes", "is no")],
)
def test_a_test_fails_below_five_percent(p_value, verdict, seen):
    row = {"estimate": 1.0, "se": 0.5, "lower": 0.0, "upper": 2.0, "p_value": p_value}
    quantities = [row | {"quantity": name} for name in ("list", "direct", "gap", "combined")]
    tables = {
        "estimates": pd.DataFrame(quantities),
        "placebos": pd.DataFrame([row | {"test": "I", "expected": 0.0}]),
        "design_effect": pd.DataFrame([row]),
    }
    words = _sentences(Namespace(direct="direct", truthful_answer="no"), tables)
    assert any(text.startswith(f"Placebo I {verdict}: ") for text in words)
    assert words[-1].startswith(f"There {seen} ")


@pytest.mark.parametrize(
    ("window", "carried"),
    [
        (("2022-02-01", "2022-03-10"), "back"),
        (("2022-02-01", "2022-03-11"), ""),
        (("2022-02-01", "2022-03-12"), ""),
        (("2022-05-10", "2022-06-01"), ""),
        (("2022-05-11", "2022-06-01"), ""),
        (("2022-05-12", "2022-06-01"), "forward"),
    ],
)
def test_a_window_with_one_day_of_the_polls_is_not_carried(window, carried):
    days = SimpleNamespace(first_date="2022-03-11", last_date="2022-05-11")
    told = list(_tell_beyond(SimpleNamespace(observations=days), [window]))
    assert [text.rpartition(" ")[2] for text in told] == [carried] * bool(carried)


def test_a_change_between_a_window_and_itself_is_told():
    days = SimpleNamespace(first_date="2022-03-11", last_date="2022-05-11")
    window = ("2022-04-01", "2022-04-30")
    (told,) = _tell_beyond(SimpleNamespace(observations=days), [window, window])
    assert told.startswith("the change names 2022-04-01 to 2022-04-30 twice")
    assert not [
        *_tell_beyond(SimpleNamespace(observations=days), [window, ("2022-04-01", "2022-05-01")])
    ]


@pytest.mark.parametrize(("text", "told"), [("0.099", True), ("0.1", False), ("0", False)])
def test_a_common_error_of_next_to_nothing_is_asked_about(text, told, capsys):
    assert common_error_option(text) == float(text)
    err = capsys.readouterr().err
    assert ("is it a fraction? Give it in points" in err) is told


@pytest.mark.parametrize(
    ("walk", "day", "told"),
    [
        ("calming", "2022-05-12", True),
        ("calming", "2022-05-11", False),
        ("constant", "2022-05-12", False),
    ],
)
def test_a_shock_after_all_polls_is_told(walk, day, told, capsys):
    options = SimpleNamespace(walk=walk, calm_from=day)
    days = SimpleNamespace(last_date=np.datetime64("2022-05-11"))
    tell_late_shock(SimpleNamespace(options=options, observations=days))
    assert ("the level walks as if there were none" in capsys.readouterr().err) is told

"""A run that takes long says on stderr what it waits for, on a terminal only."""

import io
import time

import numpy as np
import pytest
from reference.simulated_polls import simulate_polls

from analysis.__main__ import main
from analysis.cli import output

WHAT = "fitting 3 polls of 2 houses"


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self):
        """Yes."""
        return True


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Signs of life in quick succession."""
    monkeypatch.setattr(output, "TICK", 0.01)


def listen(monkeypatch, stream, *, after, work):
    """What a piece of work that takes some seconds leaves on stderr."""
    monkeypatch.setattr("sys.stderr", stream)
    with output.tell_of_waiting(WHAT, after):
        time.sleep(work)
    return stream.getvalue()


def test_long_work_is_named_with_the_time_it_has_taken(monkeypatch):
    said = listen(monkeypatch, Terminal(), after=0.05, work=0.3)
    assert f"{WHAT}: 00:00" in said
    assert said.endswith("\r")  # and it is wiped when the work is done


def test_quick_work_says_nothing(monkeypatch):
    assert listen(monkeypatch, Terminal(), after=30.0, work=0.0) == ""


def test_a_file_or_pipe_hears_nothing(monkeypatch):
    assert listen(monkeypatch, io.StringIO(), after=0.0, work=0.1) == ""


def test_the_trend_tells_of_its_fit(monkeypatch, tmp_path):
    told = []
    kept = output.tell_of_waiting
    monkeypatch.setattr(
        "analysis.cli.trend.tell_of_waiting", lambda what: told.append(what) or kept(what)
    )
    path = tmp_path / "polls.csv"
    simulate_polls(np.random.default_rng(1), 12, 60, houses="ab").to_csv(path, index=False)
    assert main(["trend", "--input", str(path), "--method", "map"]) == 0
    assert told == ["fitting 12 polls of 2 houses"]

"""How a command ends whose output is cut short: in one line at most, by its exit code."""

import io
import os
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from analysis.cli.output import run_to_end as end_of_analysis
from polls.tables import run_to_end as end_of_polls


def begin(module):
    """A handler as `begin` of a package sets it."""

    def handler(*_):
        pass

    handler.__module__ = module
    return handler


@pytest.fixture(params=[end_of_polls, end_of_analysis], ids=["polls", "analysis"])
def run_to_end(request):
    usual = signal.getsignal(signal.SIGINT)
    yield request.param
    signal.signal(signal.SIGINT, usual)


@pytest.fixture
def end(run_to_end, tmp_path):
    """Run a command whose output is a file in a narrow encoding: its code, and what it told."""

    def run(command, then=None):
        with (tmp_path / "output").open("w", encoding="ascii") as file, redirect_stdout(file):
            with redirect_stderr(io.StringIO()) as told:
                code = run_to_end("made", command)
            if then is not None:
                then(file)
        return code, told.getvalue(), (tmp_path / "output").read_text(encoding="utf-8")

    return run


def fail(error):
    print("begun")
    raise error


def test_the_code_is_that_of_the_command(end):
    assert end(lambda: 7) == (7, "", "")


def test_russian_fits_into_any_output_and_is_there_at_the_end(end, tmp_path):
    def look(file):
        assert (tmp_path / "output").read_text(encoding="utf-8") == "опрос\n"

    assert end(lambda: print("опрос") or 0, look) == (0, "", "опрос\n")


def test_a_command_may_have_no_output(run_to_end, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert run_to_end("made", lambda: 3) == 3


def test_what_is_told_goes_nowhere_else_where_it_has_no_place(run_to_end, monkeypatch, capsys):
    """Print takes None for the standard output: warnings would stand in the JSON."""
    monkeypatch.setattr(sys, "stderr", None)
    assert run_to_end("made", lambda: print("warning", file=sys.stderr) or 3) == 3
    assert run_to_end("made", lambda: fail(KeyboardInterrupt())) == 130
    assert capsys.readouterr().out == "begun\n"


def test_an_output_that_is_no_file_stays_as_it_is(run_to_end, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run_to_end("made", lambda: print("begun") or 0) == 0
    assert run_to_end("made", lambda: fail(BrokenPipeError())) == 0


def test_ctrl_c_is_told_in_one_line(end):
    assert end(lambda: fail(KeyboardInterrupt())) == (130, "made: stopped by Ctrl-C\n", "begun\n")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (BrokenPipeError(), 0, ""),
        (OSError(28, "No space left"), 1, "standard output cannot be written (No space left)"),
        (OSError(28, "No space left", "a.csv"), 1, "a.csv cannot be written (No space left)"),
    ],
    ids=["pipe", "output", "file"],
)
def test_an_output_that_cannot_be_written_is_let_go(end, error, code, told):
    """What is printed afterwards goes nowhere, and raises nothing at the end of the process."""

    def go_on(file):
        print("never seen", flush=True)
        assert os.fstat(file.fileno()).st_rdev == Path(os.devnull).stat().st_rdev

    words = f"made: {told}\n" if told else ""
    assert end(lambda: fail(error), go_on)[:2] == (code, words)


@pytest.mark.parametrize("module", ["made._start", "other._start", "made.start"])
def test_ctrl_c_clears_away_again_once_all_is_loaded(run_to_end, module):
    """The handler of another program stays."""
    mine = begin(module)
    signal.signal(signal.SIGINT, mine)
    assert run_to_end("made", lambda: 0) == 0
    there = signal.default_int_handler if module == "made._start" else mine
    assert signal.getsignal(signal.SIGINT) is there

"""A closed pipe, a full disk and Ctrl-C end each command line in one line at most."""

import errno
import io
import os
import signal
import subprocess
import sys
import time

import pytest
from helpers.small_data import make_small_data

from analysis.cli import run_to_end

DOORS = {
    "analysis": ["analysis", "trend", "--help"],
    "figures": ["figures", "list"],
    "polls": ["polls", "codebook"],
}


def start(command, **options):
    return subprocess.Popen(
        [sys.executable, "-m", *command], stderr=subprocess.PIPE, text=True, **options
    )


@pytest.mark.long("the command starts in a Python of its own")
@pytest.mark.parametrize("door", DOORS)
def test_a_closed_pipe_ends_without_a_word(door):
    read, write = os.pipe()
    os.close(read)
    with start(DOORS[door], stdout=write) as process:
        os.close(write)
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.long("the command starts in a Python of its own")
@pytest.mark.parametrize("door", DOORS)
def test_an_output_that_takes_no_more_is_told_in_one_line(door, tmp_path):
    limit = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); "
    limit += "sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__')"
    # Without a buffer Python itself forgets what was written in part.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as file:
        done = subprocess.run(
            [sys.executable, "-B", "-c", limit, *DOORS[door]],
            stdout=file,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "standard output" in done.stderr
    assert "File too large" in done.stderr


def open_when_read(pipe, process):
    """Open a pipe for writing once a command reads it; the command must not end before."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:  # that nobody reads it so far
                raise
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


@pytest.mark.long("the command starts in a Python of its own")
@pytest.mark.parametrize("door", ["analysis", "polls"])
def test_ctrl_c_ends_a_command_in_one_line(door, tmp_path):
    pipe = tmp_path / "polls.csv"
    os.mkfifo(pipe)  # a command that reads it waits until somebody writes
    data = str(make_small_data(tmp_path / "data"))
    words = {
        "analysis": ["analysis", "trend", "--input", str(pipe)],
        "polls": ["polls", "add", str(pipe), "--data", data],
    }
    with start(words[door], stdout=subprocess.PIPE) as process:
        write = open_when_read(pipe, process)
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", f"{door}: stopped by Ctrl-C\n")
        os.close(write)
    assert process.returncode == 130


def test_ctrl_c_inside_a_command_is_one_line_and_130(capsys):
    def stop():
        raise KeyboardInterrupt

    assert run_to_end("figures", stop) == 130
    assert capsys.readouterr().err == "figures: stopped by Ctrl-C\n"


@pytest.mark.long("the command starts in a Python of its own")
def test_output_is_utf8_whatever_the_pipe_is_set_to():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "polls", "show", "levada-2024-05"],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert any(ord(letter) > 127 for letter in done.stdout.decode("utf-8"))


def test_an_output_that_is_no_file_is_let_go(monkeypatch):
    class Full(io.StringIO):
        def flush(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert run_to_end("analysis", lambda: 0) == 1


@pytest.mark.parametrize(
    ("module", "is_replaced"),
    [("analysis._start", True), ("figures._start", False), ("a.caller", False)],
)
def test_the_handler_of_the_time_of_loading_alone_is_replaced(module, is_replaced):
    """What a caller does about Ctrl-C is the caller's."""

    def handle(*_):
        raise AssertionError

    handle.__module__ = module
    before = signal.signal(signal.SIGINT, handle)
    try:
        assert run_to_end("analysis", lambda: 7) == 7
        found = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert found is (signal.default_int_handler if is_replaced else handle)

"""A run that was stopped goes on from its finished parts, and a damaged part is no part."""

import errno
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import simulate_polls

from analysis.__main__ import main
from analysis.cli.evaluate.parts import PartsFolder
from analysis.evaluate.runner import Runner

POLLS = simulate_polls(np.random.default_rng(17), n_polls=14, n_days=200, houses="ab")
N_FIRST = 3


def square(task: int) -> int:
    """Square, and note in a file that it was asked for."""
    with Path(os.environ["ASKED"]).open("a") as file:
        file.write(f"{task}\n")
    if task == int(os.environ["STOP_AT"]):
        raise KeyboardInterrupt
    return task**2


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Which tasks were run, so far."""
    path = tmp_path / "asked"
    monkeypatch.setenv("ASKED", str(path))
    monkeypatch.setenv("STOP_AT", "3")
    return lambda: path.read_text().split()


def test_what_was_finished_before_a_stop_is_not_run_again(asked, tmp_path, monkeypatch):
    runner = Runner(parts=PartsFolder(tmp_path / "parts"))
    with pytest.raises(KeyboardInterrupt):
        runner.run(square, range(6))
    monkeypatch.setenv("STOP_AT", "-1")
    assert runner.run(square, range(6)) == [0, 1, 4, 9, 16, 25]
    assert asked() == ["0", "1", "2", "3", "3", "4", "5"]


def test_a_part_cut_in_half_is_computed_again_and_told(asked, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("STOP_AT", "-1")
    folder = tmp_path / "parts"
    runner = Runner(parts=PartsFolder(folder))
    runner.run(square, [5, 6])
    one, _ = sorted(folder.iterdir())
    one.write_bytes(one.read_bytes()[: len(one.read_bytes()) // 2])
    assert runner.run(square, [5, 6]) == [25, 36]
    assert len(asked()) == 3
    assert f"note: {one} is damaged, and is computed again" in capsys.readouterr().err
    assert sorted(path.suffix for path in folder.iterdir()) == [".part", ".part"]


@pytest.mark.long("a back-test is stopped and run again")
def test_a_stopped_backtest_says_what_is_kept_and_gives_the_same_table(
    tmp_path, monkeypatch, capsys
):
    file, parts = tmp_path / "polls.csv", tmp_path / "parts"
    POLLS.to_csv(file, index=False)
    command = ["backtest", "--input", str(file), "--models", "last_of_house", "lowess", "--out"]
    assert main([*command, str(tmp_path / "whole.csv")]) == 0
    put, n_put = PartsFolder.put, []

    def stop_after_three(self, key, result):
        if len(n_put) == N_FIRST:
            raise KeyboardInterrupt
        n_put.append(key)
        put(self, key, result)

    with monkeypatch.context() as patched:
        patched.setattr(PartsFolder, "put", stop_after_three)
        again = [*command, str(tmp_path / "again.csv"), "--parts", str(parts)]
        assert main(again) == 130
    assert f"note: {N_FIRST} finished parts are in {parts}" in capsys.readouterr().err
    assert not (tmp_path / "again.csv").exists()
    kept = {path.name: path.stat().st_mtime_ns for path in parts.iterdir()}
    assert main(again) == 0
    assert {name: (parts / name).stat().st_mtime_ns for name in kept} == kept
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "whole.csv"), pd.read_csv(tmp_path / "again.csv")
    )


def test_a_full_disk_is_one_clear_error_and_loses_nothing(tmp_path, monkeypatch, capsys):
    file, parts = tmp_path / "polls.csv", tmp_path / "parts"
    POLLS.to_csv(file, index=False)
    command = ["backtest", "--input", str(file), "--models", "lowess", "--parts", str(parts)]
    write = Path.write_bytes

    def fill(self, data):
        if len(list(parts.glob("*.part"))) == N_FIRST:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", fill)
    assert main(command) == 1
    error = capsys.readouterr().err
    assert "cannot be written (No space left on device); make room" in error
    assert error.count("\n") == 1
    assert len(list(parts.iterdir())) == N_FIRST


def test_a_folder_that_is_a_file_is_refused_before_any_work(tmp_path, capsys):
    file = tmp_path / "polls.csv"
    POLLS.to_csv(file, index=False)
    assert main(["backtest", "--input", str(file), "--parts", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"error: {file}: cannot be written (")

"""Tables of two houses that a test may change, and the doors called without a new Python."""

import csv
import io
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.check_once import use_check_once
from helpers.two_houses import make_two_houses

import polls
from polls.__main__ import main
from polls.entry import decide
from polls.entry.flat import LAYOUT

# A wave of a question that is in no series, so that no model has to be asked.
WAVE = {
    "house_id": "fom",
    "question_id": "fom.anxiety",
    "field_start": "2026-03-20",
    "field_end": "2026-03-22",
    "published": "2026-03-27",
    "mode": "f2f",
    "sample_size": "1500",
    "source_url": "https://fom.ru/Nastroeniya/15001",
}
SHARES = {"calm": "57", "anxious": "37", "hard_to_say": "6"}


@pytest.fixture(autouse=True)
def check_the_same_bytes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests begin with the same tables, and look again at those that `add` has judged."""
    use_check_once(monkeypatch)


@pytest.fixture
def no_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no model, as for a question that is in no series: that is another process with fits."""
    monkeypatch.setattr(decide, "find_constructs", lambda draft: [])


@pytest.fixture(scope="session")
def two_houses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of two houses, made once."""
    return make_two_houses(tmp_path_factory.mktemp("tables") / "data")


@pytest.fixture
def copy(two_houses: Path, tmp_path: Path) -> Path:
    """A copy of them that a test may change."""
    return Path(shutil.copytree(two_houses, tmp_path / "data"))


@pytest.fixture
def month_wave(copy: Path) -> str:
    """A wave of Levada of which only the month is known, with an answer of all."""
    frames = polls.load(copy)
    asked = frames["answers"].query("subgroup == 'all'")["poll_id"]
    waves = frames["polls"].query("house_id == 'levada' and date_precision == 'month'")
    waves = waves[waves["sample_size"].isna() & waves["poll_id"].isin(asked)]
    return str(waves["poll_id"].iloc[-1])


class Result(NamedTuple):
    """What a call of the command line came to."""

    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Result]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """`python -m polls` without the seconds that a new Python takes to start."""
    monkeypatch.setattr("sys.stdin", io.StringIO())

    def run(*words: str | Path) -> Result:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def flat(tmp_path: Path) -> Callable[..., Path]:
    """Write a flat file: one row per share of a wave, with cells that differ from WAVE."""

    def write(shares: Mapping[str, str] = SHARES, name: str = "new.csv", **cells: str) -> Path:
        path = tmp_path / name
        columns = [*LAYOUT, *(column for column in cells if column not in LAYOUT)]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            for option, share in shares.items():
                writer.writerow(WAVE | cells | {"option": option, "share_pct": share})
        return path

    return write

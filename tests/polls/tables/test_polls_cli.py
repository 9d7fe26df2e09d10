"""python -m polls: every verb helps, shows and refuses in one line."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import polls
from polls.__main__ import main
from polls.entry.flat import LAYOUT
from polls.tables import PACKAGE, _show, tables

VERBS = [
    "check",
    "show",
    "codebook",
    "template",
    "export",
    "release",
    "add",
    "correct",
    "confirm",
    "diff",
]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help exits 0 and gives an example and --data."""
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert f"Example: python -m polls {verb}" in text
    assert "--data" in text


@pytest.mark.long("a new Python starts")
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file has such a name")
def test_a_file_whose_name_is_no_text_is_written_and_told(tmp_path: Path) -> None:
    """It was there, and the command ended in a message of the codec, with 2."""
    path = tmp_path / "\udcff.csv"
    done = subprocess.run(
        [sys.executable, "-m", "polls", "series", "support", "--out", path],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"\\udcff.csv\n")
    assert path.exists()


def test_show_gives_answers_poles_and_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """A wave in words, with the address of each figure."""
    assert main(["show", "levada-2022-03-30"]) == 0
    text = capsys.readouterr().out
    assert "levada-2022-03-30 (Levada Center, independent)" in text
    assert "81%" in text
    assert "[total_for]" in text
    assert "https://" in text
    assert "shares interviews with chicago_levada-2022-03-30" in text


def test_show_names_the_nearest_wave(capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt wave: exit 2, and a wave that exists."""
    assert main(["show", "levada-2022-04-28"]) == 2
    assert "levada-2022-04-27" in capsys.readouterr().err


@pytest.mark.long("all tables are read and written")
def test_a_wave_of_every_kind_is_shown_with_all_its_answers(
    frames: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Show works on the odd ones, too: a line for each share of all respondents."""
    monkeypatch.setattr(_show, "load", lambda data: frames)  # read once, not for each wave
    waves = frames["polls"].drop_duplicates(["house_id", "mode", "quality", "date_precision"])
    whole = frames["answers"][frames["answers"]["subgroup"] == "all"]
    counts = whole.groupby("poll_id").size()
    for poll_id in waves["poll_id"]:
        text = polls.show(poll_id)
        assert text.startswith(f"{poll_id} (")
        shares = re.findall(r"^ +\d+(?:\.\d+)?%  ", text, re.MULTILINE)
        assert len(shares) == counts.get(poll_id, 0)


def test_the_template_is_a_row_per_option_of_the_series_questions() -> None:
    """House, question, option and mode are filled in, what has to be read is not."""
    rows = list(csv.DictReader(io.StringIO(polls.template("levada"))))
    assert list(rows[0]) == list(LAYOUT)
    assert {row["house_id"] for row in rows} == {"levada"}
    assert {"levada.support_armed_forces", "levada.talks"} <= {row["question_id"] for row in rows}
    assert all(row["mode"] == "f2f" and row["share_pct"] == "" for row in rows)


def test_the_template_of_an_unknown_house_lists_the_houses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 2, and the houses there are."""
    assert main(["template", "lavada"]) == 2
    assert "levada" in capsys.readouterr().err


def test_the_readme_codebook_is_the_generated_one() -> None:
    """polls/README.md holds what `python -m polls codebook` prints."""
    text = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    begin, end = "<!-- codebook begins -->\n", "<!-- codebook ends -->"
    assert text.split(begin)[1].split(end)[0].strip() == polls.codebook().strip()


def test_the_codebook_of_an_unknown_table_lists_the_tables() -> None:
    """One table or all; an unknown one is told which there are."""
    assert polls.codebook("events").startswith("### events")
    with pytest.raises(ValueError, match="houses, constructs"):
        polls.codebook("event")


def test_every_table_has_a_file_and_every_file_a_table() -> None:
    """datapackage.json and polls/data name the same tables."""
    files = {path.stem for path in (PACKAGE.parent / "data").glob("*.csv")}
    assert files == set(tables())


@pytest.mark.long("all tables are read and written")
def test_export_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The files written are listed."""
    assert main(["export", "--format", "sqlite", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip().endswith("polls.sqlite")

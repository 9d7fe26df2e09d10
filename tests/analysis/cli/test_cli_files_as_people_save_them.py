"""Semicolons, blank first lines, odd separators and dates of other kinds: read or told."""

from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from analysis import PollInputError
from analysis.__main__ import main as analysis_main
from analysis.base.columns import parse_date
from analysis.cli.files import csv_file, read_polls_csv
from figures.__main__ import main as figures_main
from polls.tables.parse import Fault, parse_cell
from polls.tables.schema import Column

HEAD = "house_id,start_date,end_date,sample_size,share_pct"
ROWS = ["alpha,2022-03-01,2022-03-01,1600,63", "beta,2022-03-21,2022-03-21,1600,58"]


@pytest.fixture
def save(tmp_path):
    def write(*lines, end="\n"):
        path = tmp_path / "polls.csv"
        path.write_bytes((end.join(lines) + end).encode())
        return path

    return write


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_delimiter_is_named(save, mark, name):
    path = save(*(line.replace(",", mark) for line in (HEAD, *ROWS)))
    with pytest.raises(PollInputError, match=rf"line 1: one column, and it holds .*{name}; sep"):
        read_polls_csv(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("n_blank", [0, 1, 3])
def test_blank_lines_are_read_over_and_counted(save, n_blank, end):
    frame = read_polls_csv(save(*[""] * n_blank, HEAD, ROWS[0], "", ROWS[1], end=end))
    assert frame["house_id"].tolist() == ["alpha", "beta"]
    assert frame.index.tolist() == [n_blank + 2, n_blank + 4]


def test_a_file_of_blank_lines_is_empty(save):
    with pytest.raises(PollInputError, match="the file is empty"):
        read_polls_csv(save("", " ", ""))


@pytest.mark.parametrize("code", [0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029])
def test_a_separator_of_lines_that_is_none_in_csv_is_named_with_its_line(save, code):
    path = save(HEAD, ROWS[0], ROWS[1].replace("beta", f"be{chr(code)}ta"))
    with pytest.raises(PollInputError, match=rf"line 3: the character U\+{code:04X} in a cell"):
        read_polls_csv(path)


FULL_WIDTH = "\uff12\uff10\uff12\uff12-04-18"
NO_DAYS = ["2022-W09-2", "20220418", "2022-4-18", FULL_WIDTH, "2022-04-18T00:00", "2022-02-30"]


@pytest.mark.parametrize("text", NO_DAYS)
def test_a_day_is_written_in_one_way_at_every_door(text, capsys):
    assert parse_date(text) is None
    assert isinstance(parse_cell(text, Column("day", "date", "a day")), Fault)
    models, pictures = ["trend", "--construct", "support"], ["list"]
    for main, command in ((analysis_main, models), (figures_main, pictures)):
        with pytest.raises(SystemExit, match="2"):
            main([*command, "--as-of", text])
        assert text in capsys.readouterr().err


@pytest.mark.parametrize("code", [0x01, 0x07, 0x1A, 0x7F, 0x9D])
def test_a_character_that_is_no_text_is_named_with_its_line(save, code):
    path = save(HEAD, ROWS[0], ROWS[1].replace("beta", f"be{chr(code)}ta"))
    with pytest.raises(
        PollInputError, match=rf"line 3: the character U\+{code:04X} in a cell; rem"
    ):
        read_polls_csv(path)


def test_letters_that_an_encoding_lost_are_refused():
    """Names of one length would be one name: two houses would be one."""
    with pytest.raises(PollInputError, match=r"line 1: the character U\+FFFD .* from where it has"):
        list(csv_file._parse(["h\ufffdse", "x"], ","))


@pytest.mark.parametrize("again", [HEAD, f"\ufeff{HEAD}", HEAD.replace(",", " , ")])
def test_the_header_of_a_second_file_put_behind_the_first_is_told(save, again):
    with pytest.raises(PollInputError, match="line 3: the header stands there again; remove the"):
        read_polls_csv(save(HEAD, ROWS[0], again, ROWS[1]))


@pytest.mark.parametrize(
    ("above", "words"),
    [
        ("# my polls", "5 cells where the header has 1; quote cells that hold a comma; separate"),
        ("sep=,", "5 cells where the header has 2; "),
        ("my polls,,,,", "4 cells in columns without a name; name them or leave them out"),
        ("my polls,,2022,,", "3 cells in columns without a name; name them or leave them out"),
    ],
)
def test_what_stands_above_the_names_of_columns_is_told(save, above, words):
    path = save("", above, HEAD, ROWS[0])
    with pytest.raises(PollInputError, match=words) as told:
        read_polls_csv(path)
    assert str(told.value).startswith(f"{path}, line 3: ")
    assert str(told.value).endswith(
        "; begin with the names of all columns, and remove what stands above them (line 2)"
    )
    with pytest.raises(PollInputError, match=r"6 cells where the header has 5; .* with commas$"):
        read_polls_csv(save(HEAD, ROWS[0], f"{ROWS[1]},1"))


def test_empty_columns_that_a_spreadsheet_adds_are_read_over(save):
    plain = read_polls_csv(save(HEAD, *ROWS))
    assert_frame_equal(read_polls_csv(save(*(f"{line},," for line in (HEAD, *ROWS)))), plain)
    assert_frame_equal(read_polls_csv(save(f",{HEAD}", f"0,{ROWS[0]}", f"1,{ROWS[1]}")), plain)
    with pytest.raises(PollInputError, match="line 2: 2 cells in columns without a name"):
        read_polls_csv(save(f"{HEAD},,", f"{ROWS[0]},x,y"))


def test_lines_in_quotation_marks_are_told(save):
    with pytest.raises(PollInputError, match="holds commas; take the quotation marks from round"):
        read_polls_csv(save(*(f'"{line}"' for line in (HEAD, *ROWS))))


def test_a_column_whose_name_looks_right_is_told_apart(save, capsys):
    for wrong, told in (
        ("\ufeff\ufeffhouse_id", "'house_id' and '\\ufeffhouse_id' differ in ZERO WIDTH NO-BREAK"),
        ("House_id", "differ in LATIN CAPITAL LETTER H, LATIN SMALL LETTER H)"),
        ("HOUSE_ID", "'HOUSE_ID' and 'house_id' differ in capitals"),
        ("h\u043euse_id", "CYRILLIC SMALL LETTER O"),
    ):
        path = save(HEAD.replace("house_id", wrong), *ROWS)
        assert analysis_main(["trend", "--input", str(path)]) == 1
        assert told in capsys.readouterr().err


def test_a_device_that_never_ends_is_refused(save, monkeypatch):
    monkeypatch.setattr(csv_file, "MOST_BYTES", 1 << 20)
    with pytest.raises(PollInputError, match="/dev/zero: more than 1 MB; name a file of polls"):
        read_polls_csv(Path("/dev/zero"))

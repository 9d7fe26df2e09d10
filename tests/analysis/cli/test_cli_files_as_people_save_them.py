"""Semicolons, blank first lines, odd separators and dates of other kinds: read or told."""

import pytest

from analysis import PollInputError
from analysis.__main__ import main as analysis_main
from analysis.base.columns import parse_date
from analysis.cli.files import read_polls_csv
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

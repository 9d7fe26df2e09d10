"""A file that is no CSV is called what it is, by its bytes, whatever its name says."""

from pathlib import Path

import pytest
from helpers.foreign_files import FOREIGN
from helpers.paths import ROOT

from polls.tables import Table, load, parse_table, tables
from polls.tables.formats import name_cure, name_format

IDS = [kind for _, kind, _ in FOREIGN]


@pytest.mark.parametrize(("content", "kind", "cure"), FOREIGN, ids=IDS)
def test_a_format_is_known_by_its_bytes(content: bytes, kind: str, cure: str) -> None:
    assert kind in name_format(content)
    assert name_cure(name_format(content)).startswith(cure)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "house_id,share_pct\n",
        "PAR1,share\n",
        "PK,share\n",
        "[house],share\n",
        "<house>,share\n",
        "Rar,BZh9\n",
        "GIF8,share\n",
        "\ufeffhouse_id\n",
        "дом,доля\n",
        "\t\b,x\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_header_is_no_format_whatever_its_columns_are_called(text: str, encoding: str) -> None:
    assert name_format(text.encode(encoding)) == ""


@pytest.mark.parametrize("length", range(12))
def test_a_file_that_is_cut_short_is_no_error(length: int) -> None:
    for content, _, _ in FOREIGN:
        assert isinstance(name_format(content[:length]), str)


def test_a_workbook_is_known_where_its_parts_come_after_a_long_one() -> None:
    content, _, _ = FOREIGN[0]
    padded = content[:30] + b"\0" * 2**22 + content[30:]
    assert name_format(padded) == "an Excel workbook (.xlsx)"


def test_a_workbook_in_the_place_of_a_table_is_told_so(tmp_path: Path) -> None:
    content, kind, _ = FOREIGN[0]
    table: Table = tables()["polls"]
    (tmp_path / "polls.csv").write_bytes(content)
    _, findings = parse_table(tmp_path / "polls.csv", table)
    assert [f.message for f in findings] == [f"the file is {kind}."]
    assert findings[0].cure == "save the sheet as CSV in UTF-8."


def test_a_workbook_is_no_archive_of_the_tables(tmp_path: Path) -> None:
    content, kind, _ = FOREIGN[0]
    (tmp_path / "data.zip").write_bytes(content)
    with pytest.raises(ValueError, match="no archive of the tables") as told:
        load(tmp_path / "data.zip")
    assert f"data.zip is {kind}, and" in str(told.value)


def test_both_packages_name_formats_by_the_same_file() -> None:
    files = (ROOT / "polls/tables/formats.py", ROOT / "analysis/cli/files/formats.py")
    assert len({file.read_bytes() for file in files}) == 1

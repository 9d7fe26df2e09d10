"""Whatever a file holds, a door ends with 0, 1 or 2, without a traceback, and says why.

Files are made from right ones by slips of people and programs: cells of another kind, lines
lost, doubled or joined, other delimiters and encodings, bytes of another file. 500 examples run
here; `benchmarks/fuzz.py` runs 10,000 (`pytest --hypothesis-profile=long`).
"""

import itertools
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.long("hypothesis makes hundreds of files for each door")

CORPUS = Path(__file__).with_name("corpus")
WAVE = (
    "house_id,question_id,field_start,field_end,published,mode,sample_size,option,share_pct,"
    "source_url\n"
    "fom,fom.anxiety,2026-03-20,2026-03-22,2026-03-27,f2f,1500,calm,57,https://made.example/1\n"
    "fom,fom.anxiety,2026-03-20,2026-03-22,2026-03-27,f2f,1500,anxious,37,https://made.example/1\n"
)
READINGS = (
    "poll_id,question_id,option,seen_pct,agrees,source_url,notes\n"
    "fom-2022-03-20,fom.anxiety,calm,57,,https://made.example/1,\n"
)
LIST = "treatment,count,age\n" + "".join(
    f"{i % 2},{(i * 7) % 4 + i % 2 * (i % 3 == 0)},{20 + i}\n" for i in range(24)
)
POLLS = (CORPUS / "polls.csv").read_text(encoding="utf-8")
PARTIES = "house_id,start_date,end_date,sample_size,red,blue,green\n" + "".join(
    f"{'ab'[i % 2]},2022-03-{1 + i:02d},2022-03-{3 + i:02d},1600,{40 + i % 3},{30 - i % 4},9\n"
    for i in range(8)
)
# The command, the file it is given, and its share of the examples.
COMMANDS = {
    "analysis trend --input {file} --method map": (POLLS, 9),
    "analysis trend --input {file} --method map --scale logit --covariates sector": (POLLS, 3),
    "analysis trend --input {polls} --method map --anchors {file}": (
        "date,value,sd\n2023-03-01,60,2\n2023-06-01,61,2\n", 4),
    "analysis trend --input {polls} --method map --events {file}": (
        "date,label\n2023-03-01,march\n2023-05-01,may\n", 4),
    "analysis composition --input {file} --parts red,blue,green": (PARTIES, 2),
    "analysis claim --input {file} --method map --above 50": (POLLS, 3),
    "analysis predict --input {polls} --method map --new {file}": (
        "house_id,start_date,end_date,sample_size\nalpha,2024-01-01,2024-01-03,1600\n", 4),
    "analysis tipping --input {file} --method map --silent 20": (POLLS, 3),
    "analysis list --input {file} --items 3 --method linear": (LIST, 4),
    "analysis who --cells {file} --population {population}": (
        (CORPUS / "cells.csv").read_text(encoding="utf-8"), 4),
    "analysis who --cells {cells} --population {file}": (
        (CORPUS / "population.csv").read_text(encoding="utf-8"), 3),
    "polls add {file} --dry-run --data {tables}": (WAVE, 5),
    "polls confirm {file} --dry-run --data {tables}": (READINGS, 4),
}  # fmt: skip
SOON = ("analysis list", "polls add")
CELLS = st.one_of(
    st.sampled_from([
        "", " ", "NA", "nan", "inf", "-0", "1e5", "1e308", "1e-308", "0", "100", "1,5", "60%",
        "=1+1", "0x1f", "٦٠", "-1", "2023-02-30", "2023-02", "30.02.2023", "9999-12-31",
        "1677-01-01", "x" * 3000, '"', "a\nb", "\ufeff", "\x00", "é", "\u202e", "\U0001f4a5",
        "1_000",
    ]),
    st.floats(allow_nan=True).map(repr),
    st.integers(-(10**12), 10**12).map(str),
    st.dates().map(str),
    st.text(max_size=8),
)  # fmt: skip


def spoil(draw: st.DrawFn, rows: list[list[str]]) -> None:
    """Change a cell, a line or a column."""
    if not rows:
        return
    row = draw(st.integers(0, len(rows) - 1))
    column = draw(st.integers(0, max(len(rows[row]) - 1, 0)))
    match draw(st.integers(0, 7)):
        case 0 | 1 | 2 if rows[row]:
            rows[row][column] = draw(CELLS)
        case 3:
            rows[row : row + 1] = [list(rows[row]) for _ in range(draw(st.integers(0, 3)))]
        case 4 if rows[row]:
            del rows[row][column]
        case 5:
            rows[row].insert(column, draw(CELLS))
        case 6:
            for cells in rows:
                del cells[column : column + 1]
        case _:
            del rows[draw(st.integers(0, len(rows))) :]


@st.composite
def slips(draw: st.DrawFn, text: str) -> bytes:
    """A right file with one to three slips in it."""
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(draw(st.integers(1, 3))):
        spoil(draw, rows)
    delimiter = draw(st.sampled_from([",", ",", ",", ",", ";", "\t", "|"]))
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", "\u2028"]))
    joined = end.join(delimiter.join(cells) for cells in rows) + draw(st.sampled_from([end, ""]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1251"]))
    content = joined.encode(encoding, "replace")
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(content)))
        content = content[:place] + draw(st.binary(max_size=6)) + content[place:]
    return content


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, marks=[pytest.mark.quick] * command.startswith(SOON))
        for command in COMMANDS
    ],
    ids=[name.split(" {")[0] for name in COMMANDS],
)
def test_a_door_ends_well_whatever_it_is_given(
    command: str,
    call: Any,
    names: dict[str, str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    text, share = COMMANDS[command]
    file, out = tmp_path / "tried.csv", tmp_path / "out"
    words = [word.format(file=file, **names) for word in command.split()]
    if words[0] == "analysis":
        words += ["--out", str(out / "table.csv")]

    tried = itertools.count()

    @settings(
        max_examples=settings().max_examples * share // 10,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(slips(text))
    def end_well(content: bytes) -> None:
        next(tried)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        file.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ending = call(words)
        assert ending.code in (0, 1, 2)
        assert "Traceback" not in ending.err
        if ending.code != 0:
            assert ending.err.strip()
            assert ending.out == "" or words[0] == "polls"
            assert not list(out.iterdir())

    end_well()
    record_property("tried", next(tried))

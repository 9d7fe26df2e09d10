"""A file that cannot be added: exit 1; file, line, column, found and cure; no byte moves."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.foreign_files import FOREIGN

import polls
from polls.entry import flat as flat_module
from polls.entry.enter import _refuse_twin
from polls.entry.flat import EntryError, Line, read_flat
from polls.names import name_nearest

ANXIOUS = {"calm": "57", "anxious": "37", "hard_to_say": "6"}

BAD_CELLS = [
    # cells of the file, place named, words of the message
    ({"house_id": "fomm"}, "new.csv:2 [house_id]", "'fomm'", "nearest: fom"),
    ({"question_id": "fom.anxeity"}, "new.csv:2 [question_id]", "'fom.anxeity'", "fom.anxiety"),
    ({"question_id": "levada.talks"}, "new.csv:2 [question_id]", "fom has no", "--questions"),
    ({"subgroup": "sex:femal"}, "new.csv:2 [subgroup]", "'sex:femal'", "sex:female"),
    ({"field_end": "2026-03-32"}, "new.csv:2 [field_end]", "'2026-03-32'", "exists"),
    ({"field_end": "22.03.2026"}, "new.csv:2 [field_end]", "'22.03.2026'", "YYYY-MM-DD"),
    ({"field_end": ""}, "new.csv:2 [field_end]", "no last one", "empty field_start"),
    ({"field_start": "", "field_end": ""}, "new.csv:2 [earliest]", "when", "bounds"),
    ({"mode": "face to face"}, "new.csv:2 [mode]", "'face to face'", "f2f, cati"),
    ({"mode": ""}, "new.csv:2 [mode]", "empty", "unknown"),
    ({"sample_size": "1,500"}, "new.csv:2 [sample_size]", "'1,500'", "digits only"),
    ({"sample_size": "0150"}, "new.csv:2 [sample_size]", "'0150'", "zero in front"),
    ({"source_url": "fom.ru/15001"}, "new.csv:2 [source_url]", "'fom.ru/15001'", "https?"),
    ({"source_url": ""}, "new.csv:2 [source_url]", "empty", "never empty"),
    ({"notes": "=1+1"}, "new.csv:2 [notes]", "'=1+1'", "formula"),
    ({"poll_id": "levada-2022-04-27"}, "new.csv:2 [poll_id+house_id]", "levada", "mend"),
]


@pytest.mark.long("each case is a file that is read and checked", quick=5)
@pytest.mark.parametrize(("cells", "place", "found", "cure"), BAD_CELLS)
def test_a_bad_cell_is_named_with_its_cure(
    cells: dict[str, str],
    place: str,
    found: str,
    cure: str,
    copy: Path,
    call: Callable,
    flat: Callable,
) -> None:
    refuse(call, copy, flat(**cells), place, found, cure)


IE = "CYRILLIC SMALL LETTER IE (U+0435) in place of e"
ALIKE = [
    # cells of the file, place named, words of the message or of the cure
    ({"house_id": "f\u043em"}, "new.csv:2 [house_id]", "it is fom but for character 2"),
    ({"question_id": "fom.anxi\u0435ty"}, "new.csv:2 [question_id]", f"character 9, {IE}"),
    (
        {"subgroup": "s\u0435x:female"},
        "new.csv:2 [subgroup]",
        f"sex:female but for character 2, {IE}",
    ),
    ({"poll_id": "fom-2022-O3-06"}, "new.csv:2 [poll_id]", "fom-2022-03-06 but for character 10"),
    ({"poll_id": "fom-\u2010-1"}, "new.csv:2 [poll_id]", "character 5 is HYPHEN (U+2010)"),
    ({"poll_id": "FOM 2026"}, "new.csv:2 [poll_id]", "'FOM 2026' stands there."),
    ({"doubt": "disagr\u0435ement"}, "new.csv:2 [doubt]", "'disagr\u0435ement'"),
    ({"instrument": "m\u0435nu"}, "new.csv:2 [instrument]", "character 2 is CYRILLIC SMALL"),
]


@pytest.mark.parametrize(("cells", "place", "words"), ALIKE)
def test_a_name_that_looks_like_a_known_one_is_told_with_the_letter(
    cells: dict[str, str], place: str, words: str, copy: Path, call: Callable, flat: Callable
) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("add", flat(**cells), "--yes", "--data", copy)
    assert (result.returncode, result.stdout) == (1, "")
    mine = [line for line in result.stderr.splitlines() if line.startswith(place)]
    assert len(mine) == 1
    assert words in mine[0]
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_group_that_looks_like_a_known_one_is_no_new_one(
    copy: Path, call: Callable, flat: Callable
) -> None:
    group = "s\u0435x:female"
    result = call("add", flat(subgroup=group), "--subgroup", group, "--yes", "--data", copy)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"--subgroup {group!r}: it is sex:female but for character 2, {IE}.\n"


@pytest.mark.parametrize(
    ("house", "told"),
    [
        ("1evada", "'1evada' is levada but for character 1, DIGIT ONE (U+0031) in place of l."),
        ("l\u0435vada", "stands there: character 2 is CYRILLIC SMALL LETTER IE (U+0435)."),
    ],
)
def test_a_new_house_is_none_that_one_takes_for_a_known_one(
    house: str, told: str, copy: Path, call: Callable, tmp_path: Path
) -> None:
    table = (copy / "houses.csv").read_text(encoding="utf-8").splitlines()
    row = next(line for line in table if line.startswith("levada,"))
    path = tmp_path / "houses.csv"
    path.write_text(f"{table[0]}\n{row.replace('levada', house, 1)}\n", encoding="utf-8")
    result = call("add", "--houses", path, "--yes", "--data", copy)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("houses.csv:2 [house_id] error: ")
    assert told in result.stderr


BAD_SHARES = [
    ({"calm": "57,5"}, "new.csv:2 [share_pct]", "'57,5'", "no comma"),
    ({"calm": "57%"}, "new.csv:2 [share_pct]", "'57%'", "sign of percent"),
    ({"calm": "07"}, "new.csv:2 [share_pct]", "'07'", "zero in front"),
    ({"calm": ""}, "new.csv:2 [share_pct]", "empty", "remove the row"),
    ({"calm": "157"}, "new.csv:2 [share_pct]", "'157'", "at most 100"),
    ({"clam": "57"}, "new.csv:2 [option]", "'clam'", "calm"),
    (
        ANXIOUS | {"calm": "0.57", "anxious": "0.37", "hard_to_say": "0.06"},
        "new.csv:2 [share_pct]",
        "between 0 and 1",
        "multiply by 100",
    ),
    ({"calm": "0.57"}, "new.csv:2 [share_pct]", "0.57 looks like a fraction", "multiply by 100"),
    (ANXIOUS | {"calm": "0.57"}, "new.csv:2 [share_pct]", "like a fraction", "multiply by 100"),
    (ANXIOUS | {"calm": "87"}, "new.csv:2 [share_pct]", "add up to 130.0", "read them again"),
    (ANXIOUS | {"calm": "54"}, "new.csv:2 [share_pct]", "add up to 97.0", "read them again"),
]


@pytest.mark.long("all rules run on all tables", quick=3)
@pytest.mark.parametrize(("shares", "place", "found", "cure"), BAD_SHARES)
def test_a_bad_share_is_named_with_its_cure(
    shares: dict[str, str],
    place: str,
    found: str,
    cure: str,
    copy: Path,
    call: Callable,
    flat: Callable,
) -> None:
    """Decimal comma, sign of percent, fractions, sums off, an option that there is not."""
    refuse(call, copy, flat(shares), place, found, cure)


@pytest.mark.long("all rules run on all tables")
def test_a_day_that_has_not_come_is_refused(copy: Path, call: Callable, flat: Callable) -> None:
    """In one line: that it is after the day of the release follows, and is not told."""
    file = flat(field_end="2096-03-22")
    told = refuse(
        call, copy, file, "new.csv:2 [field_end]", "2096-03-22 has not come yet", "read the day"
    )
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.long("all rules run on all tables")
def test_a_wave_that_ends_before_it_starts_is_refused(
    copy: Path, call: Callable, flat: Callable
) -> None:
    place = "new.csv:2 [field_start+field_end]"
    refuse(call, copy, flat(field_end="2026-03-02"), place, "is after", "read both days")


def test_a_wave_under_another_id_is_refused(copy: Path, call: Callable, flat: Callable) -> None:
    """The days are those of a wave that is there."""
    file = flat(poll_id="fom-march", field_start="2026-02-27", field_end="2026-03-01", published="")
    refuse(call, copy, file, "new.csv:2 [poll_id]", "fom-2026-03-01", "reviewed_reason")


@pytest.mark.long("all rules run on all tables")
def test_a_wave_with_the_values_of_another_is_refused(
    month_wave: str, copy: Path, call: Callable, flat: Callable
) -> None:
    """A wave of a month and one with its days printed: the same values give it away."""
    frames = polls.load(copy)
    row = frames["answers"].query("poll_id == @month_wave and subgroup == 'all'").iloc[0]
    month = f"{frames['polls'].set_index('poll_id').loc[month_wave, 'earliest']:%Y-%m}"
    file = flat(
        {row["option"]: f"{row['share_pct']:g}"},
        house_id="levada",
        question_id=row["question_id"],
        field_start=f"{month}-20",
        field_end=f"{month}-26",
        published="",
    )
    place = "new.csv:2 [field_start+field_end]"
    refuse(call, copy, file, place, f"{month_wave} can be of the same days", "poll_id")


@pytest.mark.long("all rules run on all tables")
def test_waves_that_overlap_in_time_are_not_added(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """Tracking waves of one house share no day, unless somebody says why."""
    days = {"field_start": "2026-03-01", "field_end": "2026-03-04", "published": "2026-03-27"}
    found = "in the field at the same time as fom-2026-03-01"
    place = "new.csv:2 [field_start+field_end]"
    refuse(call, copy, flat(**days), place, found, "reviewed_reason")
    file = flat(**days, reviewed_reason="two samples")
    assert call("add", file, "--yes", "--data", copy).returncode == 0


@pytest.mark.long("all rules run on all tables")
def test_a_wave_within_a_longer_one_is_not_added(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """Also where a third lies between the two."""
    days = {"50": ("03-03", "03-30"), "51": ("03-06", "03-08"), "52": ("03-13", "03-15")}
    lines = []
    for share, (start, end) in days.items():
        cells = {"field_start": f"2026-{start}", "field_end": f"2026-{end}", "published": ""}
        lines.append(flat({"calm": share}, **cells).read_text("utf-8").splitlines())
    file = flat()
    file.write_text("\n".join([lines[0][0], *(wave[1] for wave in lines)]) + "\n", "utf-8")
    found = "in the field at the same time as fom-2026-03-30"
    for line in (3, 4):
        place = f"new.csv:{line} [field_start+field_end]"
        refuse(call, copy, file, place, found, "read the days again")


def test_a_value_that_is_there_with_another_number_is_refused(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """The way to change it is named."""
    assert call("add", flat(), "--yes", "--data", copy).returncode == 0
    cure = "python -m polls correct fom-2026-03-22 fom.anxiety calm"
    refuse(call, copy, flat(ANXIOUS | {"calm": "58"}), "new.csv:2 [share_pct]", "has 57", cure)


def test_the_same_answer_twice_is_refused(copy: Path, call: Callable, flat: Callable) -> None:
    file = flat()
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    refuse(call, copy, file, "new.csv:5 [question_id+", "as in line 2", "keep one")


def test_rows_of_a_wave_that_differ_are_refused(copy: Path, call: Callable, flat: Callable) -> None:
    file = flat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text[::-1].replace(",0051,", ",0041,", 1)[::-1], encoding="utf-8")
    refuse(call, copy, file, "new.csv:4 [sample_size]", "'1500' in line 2", "say the same")


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_a_total_that_is_not_the_sum_of_its_parts_is_not_added(
    copy: Path, call: Callable, flat: Callable
) -> None:
    shares = {"definitely_support": "45", "rather_support": "30", "support_total": "79"}
    levada = {"house_id": "levada", "question_id": "levada.support_armed_forces"}
    days = {"field_start": "2026-03-19", "field_end": "2026-03-25", "sample_size": "1610"}
    found = "a total for of 79, its parts add up to 75"
    file = flat(shares, **levada, **days)
    refuse(call, copy, file, "new.csv:4 [share_pct]", found, "reviewed_reason")


BAD_FILES = [
    # how the text is spoilt, line named, what is found, cure
    (lambda text: b"\xef\xbb\xbf" + text, "new.csv:1", "byte order mark", "without"),
    (lambda text: text.decode().encode("utf-16"), "new.csv:1", "UTF-16", "UTF-8"),
    (lambda text: text.replace(b",", b";"), "new.csv:1", "semicolons", "with commas"),
    (lambda text: text.replace(b",", b"\t"), "new.csv:1", "tabs", "with commas"),
    (lambda text: text.replace(b",", b"|"), "new.csv:1", "bars", "with commas"),
    (lambda text: text.replace(b"calm", "спокойно".encode("cp1251")), "new.csv:2", "0x", "UTF-8"),
    (lambda text: text.replace(b",57,", b",57,5,"), "new.csv:2", "16 cells", "decimal comma"),
    (
        lambda text: text.replace(b"share_pct", b"share"),
        "new.csv:1 [share]",
        "'share'",
        "share_pct",
    ),
    (
        lambda text: text.replace(b"share_pct", b" share_pct"),
        "new.csv:1 [ share_pct]",
        "blanks beside its name",
        "write share_pct",
    ),
    (lambda text: text.replace(b"notes", b"mode"), "new.csv:1 [mode]", "2 times", "keep one"),
    (lambda text: text.replace(b"f2f", b'"f2f'), "new.csv:2", "not CSV", "quotes"),
    (lambda text: text.split(b"\n")[0], "new.csv", "no row", "fill in"),
    (lambda text: b"", "new.csv:1", "no header", "template"),
]


@pytest.mark.long("each case is a file that is read and checked", quick=5)
@pytest.mark.parametrize(("spoil", "place", "found", "cure"), BAD_FILES)
def test_a_file_of_another_kind_is_named(
    spoil: Callable[[bytes], bytes],
    place: str,
    found: str,
    cure: str,
    copy: Path,
    call: Callable,
    flat: Callable,
) -> None:
    """Encoding, byte order mark, delimiter, quotes and header: what was found, by its name."""
    file = flat()
    file.write_bytes(spoil(file.read_bytes()))
    refuse(call, copy, file, place, found, cure)


def test_all_faults_of_a_file_are_named_at_once(copy: Path, call: Callable, flat: Callable) -> None:
    file = flat({"calm": "57,5", "anxious": "37%"}, mode="phone")
    result = refuse(call, copy, file, "new.csv:2 [mode]", "'phone'", "cati")
    assert [line.split(" error")[0] for line in result.stderr.splitlines()] == [
        "new.csv:2 [mode]",
        "new.csv:2 [share_pct]",
        "new.csv:3 [share_pct]",
    ]
    assert result.stderr.splitlines()[0].endswith("The same in 1 more line.")


def test_a_file_that_is_not_there_is_refused(copy: Path, call: Callable) -> None:
    result = call("add", copy / "none.csv", "--yes", "--data", copy)
    assert result.returncode == 1
    assert "none.csv error: the file cannot be read (No such file or directory)" in result.stderr


@pytest.mark.long("all rules run on all tables")
def test_sides_over_100_are_told_where_no_answer_of_theirs_is_to_blame(
    no_estimates: None, copy: Path, call: Callable, flat: Callable
) -> None:
    """Men have a total that is not the sum of its parts; of women only the totals are known."""
    wave = {"house_id": "levada", "question_id": "levada.support_armed_forces"}
    men = {"definitely_support": "40", "rather_support": "30", "support_total": "90"}
    against = {"oppose_total": "30"}
    file = flat(men | against, **wave, subgroup="sex:male")
    women = flat({"support_total": "85"} | against, "women.csv", **wave, subgroup="sex:female")
    lines = women.read_text("utf-8").splitlines(keepends=True)
    file.write_text(file.read_text("utf-8") + "".join(lines[1:]), "utf-8")
    told = refuse(call, copy, file, "new.csv:6 [share_pct]", "add up to 115", "mend the poles")
    assert "a total for of 90, its parts add up to 70" in told.stderr
    assert "add up to 120" not in told.stderr


def refuse(call: Callable, copy: Path, file: Path, place: str, found: str, cure: str):
    """Add a file, even with --yes: exit 1, a message at a place, and nothing written."""
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    result = call("add", file, "--yes", "--data", copy)
    assert result.returncode == 1
    said = result.stderr.splitlines()
    mine = [line for line in said if line.startswith(place)]
    assert any(found in line and cure in line.split("Cure: ")[1] for line in mine), said
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    return result


@pytest.mark.parametrize(("n", "words"), [(12, "there are: "), (13, "nearest: ")])
def test_twelve_names_are_all_told(n: int, words: str) -> None:
    names = [f"house{letter}" for letter in "abcdefghijklm"[:n]]
    assert name_nearest("zzzz", names).startswith(words)
    assert name_nearest("housea", names).startswith("nearest: housea")
    assert name_nearest("zzzz", []) == "there are: none."


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        ("0.81", "0.15", "all shares lie between 0 and 1, the first is 0.81"),
        ("1", "0.15", "all shares lie between 0 and 1, the first is 1"),
        ("0", "0.15", "0.15 looks like a fraction of one"),
        ("1.5", "0.15", "0.15 looks like a fraction of one"),
        ("1.52", "0.15", ""),
        ("81", "0.5", ""),
        ("81", "0", ""),
        ("81", "0.00", ""),
        ("81", "1", ""),
    ],
)
def test_shares_below_one_are_fractions_where_nobody_prints_hundredths(
    one: str, other: str, refused: str, tmp_path: Path
) -> None:
    head = "house_id,question_id,option,share_pct,field_start,field_end,mode,source_url"
    rows = [
        f"levada,levada.support_armed_forces,{option},{share},2026-03-19,2026-03-25,f2f,https://a.b"
        for option, share in (("support_total", one), ("oppose_total", other))
    ]
    path = tmp_path / "wave.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    if not refused:
        assert [line["share_pct"] for line in read_flat(path)] == [one, other]
        return
    with pytest.raises(EntryError, match=refused):
        read_flat(path)


@pytest.mark.parametrize(
    ("field_start", "field_end", "is_refused"),
    [
        ("2026-01-20", "2026-01-31", False),
        ("2026-01-20", "2026-02-01", True),
        ("2026-02-28", "2026-03-04", True),
        ("2026-03-01", "2026-03-04", False),
    ],
)
def test_waves_that_share_their_first_or_last_day_can_be_one(
    field_start: str, field_end: str, *, is_refused: bool
) -> None:
    """A wave of some days of February is there, with the same value."""
    row = {"house_id": "fom", "poll_id": "there", "earliest": "2026-02-01", "latest": "2026-02-28"}
    known = {("there", "q", "all", "yes"): {"share_pct": "57"}}
    entry: Any = SimpleNamespace(draft=SimpleNamespace(rows=lambda _: [row]), answers=known)
    wave = {"house_id": "fom", "earliest": field_start, "latest": field_end}
    lines = [Line("new.csv", 2, {"question_id": "q", "option": "yes", "share_pct": "57"})]
    told = pytest.raises(EntryError, match="there can be of the same days")
    with told if is_refused else nullcontext():
        _refuse_twin(entry, wave, lines)


@pytest.mark.parametrize(("content", "kind", "cure"), FOREIGN[:3], ids=[".xlsx", ".xlsb", ".ods"])
@pytest.mark.parametrize("door", ["add", "confirm", "--houses", "--questions", "--reviewed"])
def test_a_workbook_is_called_one_at_each_door(
    door: str, content: bytes, kind: str, cure: str, copy: Path, call: Callable, tmp_path: Path
) -> None:
    """By its bytes: people rename a workbook, and it stays one."""
    path = tmp_path / "wave.csv"
    path.write_bytes(content)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    words = ["add", door, path] if door.startswith("--") else [door, path]
    words = ["add", path, door, path] if door == "--reviewed" else words
    result = call(*words, "--yes", "--data", copy)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"wave.csv error: the file is {kind}. Cure: {cure} as CSV in UTF-8.\n"
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_second_reading_in_the_same_row_is_held_against_the_share(
    copy: Path, call: Callable, flat: Callable
) -> None:
    """As `confirm` does: a fraction is refused."""
    cells = {"second_share_pct": "0.57", "second_source_url": "https://made.example/1"}
    words = "0.57 looks like a fraction of one; 57 is in answers.csv."
    refuse(call, copy, flat({"calm": "57"}, **cells), "new.csv:2 [second_share_pct]", words, "100")


def test_a_file_without_end_is_read_no_further_than_any_file_of_waves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat_module, "MOST_BYTES", 2**20)
    path = tmp_path / "new.csv"
    path.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(EntryError, match="the file has more than 1 MB"):
        read_flat(path)


SPOILT_TABLES = [
    # how the text of polls.csv is spoilt, what is said
    (
        lambda text: text.replace(b"field_start,field_end", b"field_end,field_start", 1),
        "polls.csv:1 error header: the columns are out of order.",
    ),
    (lambda text: text.replace(b"published,", b"printed,", 1), "the column 'published' is missing"),
    (lambda text: text + b"\xff\n", "error encoding: byte 0xff"),
    (lambda text: text + b'"a\n', "error csv: the line is not CSV"),
    (lambda text: text + b"a,b\n", "2 cells where the header has"),
    (lambda text: text[:-1], "the last line does not end"),
]


@pytest.mark.long("each case is a copy of the tables that is read", quick=3)
@pytest.mark.parametrize(("spoil", "words"), SPOILT_TABLES)
def test_tables_that_are_no_tables_take_no_row(
    spoil: Callable[[bytes], bytes], words: str, copy: Path, call: Callable, flat: Callable
) -> None:
    """Columns in another order would be written under each other's names, without a word."""
    table = copy / "polls.csv"
    table.write_bytes(spoil(table.read_bytes()))
    before = table.read_bytes()
    result = call("add", flat(), "--yes", "--data", copy)
    assert (result.returncode, result.stdout) == (1, "")
    assert words in result.stderr
    assert table.read_bytes() == before


@pytest.mark.parametrize("url", ["https://[fom.ru/15001", "https://fom.ru]/1", "https://:80/"])
def test_an_address_that_is_none_is_named_by_its_line(
    url: str, copy: Path, call: Callable, flat: Callable
) -> None:
    refuse(call, copy, flat(source_url=url), "new.csv:2 [source_url]", repr(url), "browser")


def test_two_reasons_for_one_finding_are_not_one(
    copy: Path, call: Callable, flat: Callable, tmp_path: Path
) -> None:
    """The first was lost; the same row twice does no harm."""
    reasons = tmp_path / "why.csv"
    row = "polls,poll_id=fom-2026-03-22,weekday"
    reasons.write_text(f"table,key,rule,reason\n{row},one\n{row},one\n{row},other\n")
    result = call("add", flat(), "--reviewed", reasons, "--yes", "--data", copy)
    assert result.returncode == 1
    found = "why.csv:4 [reason] error: another reason for the same finding as in line 2."
    assert result.stderr == f"{found} Cure: keep one of them.\n"


@pytest.mark.parametrize(
    ("flag", "header", "found"),
    [
        ("--houses", "house_id,sector", "name the columns; the file needs house_id, name, sector."),
        ("--reviewed", "table,key,rule", "the file needs table, key, rule, reason."),
        ("--houses", "house_id,name,sector,", "column 4 has no name. Cure: name it, or remove it"),
    ],
)
def test_a_header_is_mended_by_what_its_own_file_needs(
    flag: str, header: str, found: str, copy: Path, call: Callable, flat: Callable, tmp_path: Path
) -> None:
    """`template` prints the columns of percentages only."""
    file = tmp_path / "more.csv"
    file.write_text(f"{header}\n{header}\n")
    result = call("add", flat(), flag, file, "--yes", "--data", copy)
    assert result.returncode == 1
    assert found in result.stderr
    assert "template" not in result.stderr

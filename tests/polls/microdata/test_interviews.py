"""The original interviews are downloaded, checked, read and harmonised by the codebook."""

import functools
import hashlib
import http.server
import io
import itertools
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from polls.microdata import interviews as microdata
from polls.microdata.code_lists import as_code, parse_mapping
from polls.microdata.derive import RULES
from polls.microdata.harmonise import column_types, harmonise
from polls.microdata.interviews import find_files, load_microdata, read_waves
from polls.microdata.readers import _make_frame, read_file
from polls.tables import read_table

WAVES, POPULATION = read_table("microdata_waves"), read_table("population")
REGIONS = {1.0: "Москва", 2.0: "Курская область", 3.0: "Тверская область"}
# A codebook of three waves in the three kinds of files, with every way of making a column.
CODEBOOK = """\
wave|source_column|harmonised_column|mapping|note
09|IVDate1|date|start of the interview -> date|
13|sample|sample|1=A_fresh_rdd; 2=B_recontact|
02|arm|wording_variant|1=svo_binary_end; 2=svo_extended|
15|(whole wave)|wording_variant|svo_extended_self|
09|w|weight|as published|
09|SEX|sex|1=male; 2=female|
10|Q1|sex|Мужской=male; Женский=female|
15|Q1|sex|1=male; 2=female|
09|AGE|age|full years|
09|AGE|age_group|from age|
09|REGION|capital|Moscow city=moscow; St Petersburg=spb; other regions=other|
10|Q3|capital|Moscow city=moscow; St Petersburg=spb; other regions=other|
15|Q3|capital|Moscow city=moscow; St Petersburg=spb; other regions=other|
09|REGION|border_region|1=Belgorod, Bryansk, Voronezh, Kursk, Rostov, Krasnodar, Crimea|
15|Q3|border_region|1=Belgorod, Bryansk, Voronezh, Kursk, Rostov, Krasnodar, Crimea|
10|Q5|settlement|1=urban; 3=rural|blank (not asked in Moscow and St Petersburg)=urban
09|Q10|support|1=support; 2=oppose; 99=hard_to_say|
09|Q7_1/Q7_2|src_social|1=named; 0=not named|
09|Q311/Q332|tv_freq|1=never; 5=daily; 99=None|random halves
10|Q8|wealth|1=1; 2=2; 3=3; 99=None|
10|(wealth)|wealth3|1-2=low; 3-4=middle; 5-6=high|
10|Q5b|sector|5=public; 6=private|
15|Q9|participate|1=not_ready; 2=ready_order|
15|(participate)|participate_base|constant|
15|Q12|withdraw_variant|Q121=goals_not_reached; Q122=goals_not_mentioned|random halves
"""
NINTH = {
    "IVDate1": ["03.02.2023 09:51:46", "04.02.2023 23:59:59", "09.02.2023 10:00:00"],
    "w": [0.5, 1.5, 1.0],
    "SEX": [1.0, 2.0, 2.0],
    "AGE": [18.0, 59.0, 60.0],
    "REGION": [1.0, 2.0, 3.0],
    "Q10": [1.0, 99.0, None],
    "Q7_1": [0.0, 1.0, 0.0],
    "Q7_2": [0.0, 1.0, 1.0],
    "Q311": [5.0, None, None],
    "Q332": [None, 1.0, 99.0],
}
TENTH: list[list[object]] = [
    ["Q1", "Q3", "Q5", "Q8", "Q5b"],
    ["Мужской", "Москва", "", 2.0, 5.0],
    ["Женский", "Тверская область", "", 3.0, 1.0],
    ["Женский", "Тверская область", 3.0, 99.0, 6.0],
]
FIFTEENTH: list[list[object]] = [
    ["Q1", "Q3", None, "Q9", "Q12"],
    [1, 1, None, 1, 1],
    [2, 2, "#NULL!", None, 2],
    [None, None, None, None, None],
]


def write_xls(path: Path, rows: list[list[object]]) -> None:
    """A workbook of one sheet in the oldest binary form of .xls that its reader knows (BIFF4)."""

    def record(number: int, content: bytes) -> bytes:
        return struct.pack("<HH", number, len(content)) + content

    stream = record(0x0409, struct.pack("<HHH", 0, 0x0010, 0))  # begin of a sheet
    stream += record(0x0042, struct.pack("<H", 1251))  # code page of the texts
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            place = struct.pack("<HHH", i, j, 0)
            if isinstance(cell, float):
                stream += record(0x0203, place + struct.pack("<d", cell))
            elif cell == "#NULL!":
                stream += record(0x0205, place + b"\x00\x01")
            elif cell:
                text = str(cell).encode("cp1251")
                stream += record(0x0204, place + struct.pack("<H", len(text)) + text)
    path.write_bytes(stream + record(0x000A, b""))


def write_xlsx(path: Path, rows: list[list[object]]) -> None:
    """A workbook of one sheet."""
    book = pytest.importorskip("openpyxl").Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


@pytest.fixture
def codebook() -> pd.DataFrame:
    """The small codebook; "/" stands for the "|" between source columns."""
    table = pd.read_csv(io.StringIO(CODEBOOK), sep="|", dtype="str", keep_default_na=False)
    return table.assign(source_column=table["source_column"].str.replace("/", "|"))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One small file of each kind."""
    pyreadstat = pytest.importorskip("pyreadstat", reason="the extra microdata is not installed")
    pytest.importorskip("xlrd", reason="the extra microdata is not installed")
    paths = {"09": tmp_path / "9.sav", "10": tmp_path / "10.xls", "15": tmp_path / "15.xlsx"}
    pyreadstat.write_sav(
        pd.DataFrame(NINTH), str(paths["09"]), variable_value_labels={"REGION": REGIONS}
    )
    write_xls(paths["10"], TENTH)
    write_xlsx(paths["15"], FIFTEENTH)
    return paths


@pytest.fixture
def interviews(files: dict[str, Path], codebook: pd.DataFrame) -> pd.DataFrame:
    """The three files as one table."""
    raw = read_waves(files, codebook)
    return harmonise(raw, codebook, WAVES, POPULATION)


def pick(interviews: pd.DataFrame, wave: str, column: str) -> list[object]:
    """Values of a column in one wave, with None for missing."""
    values = interviews.loc[interviews["wave"] == wave, column].astype("object")
    return values.where(values.notna(), None).tolist()


def test_three_kinds_of_files_make_one_table(
    interviews: pd.DataFrame, codebook: pd.DataFrame
) -> None:
    assert interviews["wave"].tolist() == ["09"] * 3 + ["10"] * 3 + ["15"] * 2
    assert interviews["respondent_id"].tolist() == [1, 2, 3, 1, 2, 3, 1, 2]
    assert {name: str(dtype) for name, dtype in interviews.dtypes.items()} == column_types(codebook)


EXPECTED = [
    ("09", "sex", ["male", "female", "female"]),
    ("10", "sex", ["male", "female", "female"]),
    ("09", "age_group", ["18-29", "50-59", "60+"]),
    ("09", "weight", [0.5, 1.5, 1.0]),
    ("09", "support", ["support", "hard_to_say", None]),
    ("09", "src_social", [0, 1, 1]),
    ("09", "tv_freq", ["daily", "never", None]),
    ("09", "capital", ["moscow", "other", "other"]),
    ("09", "border_region", [0, 1, 0]),
    ("15", "capital", ["moscow", "other"]),  # codes of wave 15, names of wave 9
    ("15", "border_region", [0, 1]),
    ("10", "settlement", ["urban", None, "rural"]),  # blank in Moscow, blank elsewhere
    ("10", "wealth3", ["low", "middle", None]),
    ("10", "sector", ["public", None, "private"]),
    ("15", "participate_base", ["men_to_59", None]),
    ("15", "withdraw_variant", ["goals_not_reached", "goals_not_mentioned"]),
    ("10", "wording_variant", ["svo_extended"] * 3),
    ("15", "wording_variant", ["svo_extended_self"] * 2),
    ("10", "support", [None] * 3),  # no row in this codebook
    ("15", "main_sample", [1, 1]),
]


@pytest.mark.long("files of interviews are read", quick=4)
@pytest.mark.parametrize(("wave", "column", "values"), EXPECTED)
def test_columns_follow_the_codebook(
    interviews: pd.DataFrame, wave: str, column: str, values: list[object]
) -> None:
    assert pick(interviews, wave, column) == values


def test_days_are_dates(interviews: pd.DataFrame) -> None:
    days = interviews.loc[interviews["wave"] == "09", "date"]
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2023-02-03", "2023-02-04", "2023-02-09"]


def test_only_the_fresh_sample_is_comparable(codebook: pd.DataFrame) -> None:
    raw = {"13": pd.DataFrame({"sample": [1, 2, 1]})}
    made = harmonise(raw, codebook, WAVES, POPULATION)
    assert made["main_sample"].tolist() == [1, 0, 1]


def test_raked_weights_are_made_for_each_sample(codebook: pd.DataFrame) -> None:
    """Both samples meet the margins of the year that the codebook names."""
    frame = POPULATION[POPULATION["frame"] == "Rosstat 1 Jan 2023"]
    margins = ["sex", "age_group", "federal_district"]
    people = pd.DataFrame(
        itertools.product(*(frame[margin].dropna() for margin in margins)), columns=margins
    )
    raw = pd.concat([people.assign(sample=1), people.head(70).assign(sample=2), people.tail(70)])
    raw = raw.fillna({"sample": 2}).reset_index(drop=True)
    rows = [{"source_column": margin, "harmonised_column": margin} for margin in margins]
    for row, margin in zip(rows, margins, strict=True):
        row["mapping"] = "; ".join(f"{level}={level}" for level in raw[margin].unique())
    text = "own raking to the margins of frame_margins.csv, year 2023"
    rows.append({"harmonised_column": "weight_raked", "source_column": "()", "mapping": text})
    rows.append(codebook[codebook["wave"] == "13"].iloc[0].to_dict())
    made = harmonise({"13": raw}, pd.DataFrame(rows).assign(wave="13", note=""), WAVES, POPULATION)
    for _, part in made.groupby("sample"):
        assert part["weight_raked"].mean() == pytest.approx(1, abs=1e-5)
        for margin in margins:
            shares = part.groupby(margin)["weight_raked"].sum() / len(part) * 100
            wanted = frame.dropna(subset=margin).set_index(margin)["share_pct"]
            wanted *= 100 / wanted.sum()
            assert shares.to_dict() == pytest.approx(wanted.to_dict(), abs=1e-3)


def test_a_code_that_the_codebook_does_not_know_stops(codebook: pd.DataFrame) -> None:
    raw = {"02": pd.DataFrame({"arm": [1, 2, 3]})}
    with pytest.raises(ValueError, match="Wave 02, wording_variant from arm: the codes '3'"):
        harmonise(raw, codebook, WAVES, POPULATION)


def test_a_missing_source_column_is_named(codebook: pd.DataFrame) -> None:
    raw = {"02": pd.DataFrame({"other": [1]})}
    with pytest.raises(ValueError, match="Wave 02: the source file has no column 'arm'"):
        harmonise(raw, codebook, WAVES, POPULATION)


def test_a_rule_that_nobody_wrote_stops(codebook: pd.DataFrame) -> None:
    unknown = codebook.assign(mapping=codebook["mapping"].replace("full years", "whole years"))
    raw = {"09": pd.DataFrame(NINTH).replace({"REGION": REGIONS})}
    with pytest.raises(ValueError, match="Wave 09, age from AGE: the rule 'whole years' is not"):
        harmonise(raw, unknown, WAVES, POPULATION)


def test_cells_with_a_failed_formula_are_missing(tmp_path: Path) -> None:
    pytest.importorskip("xlrd", reason="the extra microdata is not installed")
    write_xls(tmp_path / "a.xls", [["Q1", "Q2"], ["#NULL!", 1.0], [2.0, "#NULL!"]])
    frame, _ = read_file(tmp_path / "a.xls")
    assert frame.isna().to_numpy().tolist() == [[True, False], [False, True]]


def test_a_row_that_ends_early_lacks_its_last_cells() -> None:
    frame = _make_frame([["Q1", "Q2", "Q3"], [1], [1, 2], [1, 2, 3]])
    assert frame.notna().sum(axis=1).tolist() == [1, 2, 3]


@pytest.mark.parametrize("name", ["pyreadstat", "openpyxl", "xlrd"])
def test_a_missing_reader_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    suffix = {"pyreadstat": "sav", "openpyxl": "xlsx", "xlrd": "xls"}[name]
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf"package {name}: pip install -e \.\[microdata\]"):
        read_file(f"interviews.{suffix}")


def test_a_missing_pooch_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"package pooch: pip install -e \.\[microdata\]"):
        load_microdata()


@pytest.mark.long("imports all anew in a Python of its own")
def test_the_loader_needs_none_of_the_readers_to_be_imported() -> None:
    code = (
        "import sys, polls.microdata;"
        "print(sorted({'pooch', 'pyreadstat', 'openpyxl', 'xlrd'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.stdout.strip(), result.stderr) == ("[]", "")


def test_every_wave_has_a_checksum() -> None:
    waves = read_table("microdata_waves")["wave"]
    assert list(microdata.SHA256) == waves.tolist()
    assert len(set(microdata.SHA256.values())) == len(waves)
    assert all(len(bytes.fromhex(digest)) == 32 for digest in microdata.SHA256.values())


@pytest.fixture
def one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the source repository with one file, whose checksum is the recorded one."""
    file = tmp_path / "copy" / "Глава_09" / "Полные Хроники 9.0.sav"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"interviews")
    monkeypatch.setattr(
        microdata, "_source_files", lambda: {"09": "Глава_09/Полные Хроники 9.0.sav"}
    )
    monkeypatch.setitem(microdata.SHA256, "09", hashlib.sha256(b"interviews").hexdigest())
    return file


def test_a_copy_of_the_repository_is_checked(one_file: Path) -> None:
    folder = one_file.parents[1]
    assert find_files(folder) == {"09": one_file}
    one_file.write_bytes(b"other interviews")
    with pytest.raises(ValueError, match=r"9\.0\.sav has the checksum .* Check out commit"):
        find_files(folder)
    one_file.unlink()
    with pytest.raises(FileNotFoundError, match=r"9\.0\.sav is missing\. Check out commit"):
        find_files(folder)


@pytest.fixture
def server(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same copy behind the addresses of the source repository."""
    folder = one_file.parents[1]
    (folder / "raw").mkdir()
    (folder / "raw" / microdata.COMMIT).mkdir()
    one_file.parent.rename(folder / "raw" / microdata.COMMIT / "Глава_09")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    address = ("127.0.0.1", 0)
    with http.server.ThreadingHTTPServer(
        address, functools.partial(Handler, directory=folder)
    ) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        monkeypatch.setattr(microdata, "REPOSITORY", f"http://127.0.0.1:{running.server_port}")
        yield
        running.shutdown()
        thread.join()


@pytest.mark.usefixtures("server")
def test_files_are_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pooch", reason="the extra microdata is not installed")
    files = microdata.fetch_files(tmp_path / "cache")
    assert files["09"].read_bytes() == b"interviews"
    monkeypatch.setattr(microdata, "REPOSITORY", "http://127.0.0.1:9")  # nobody answers there
    assert microdata.fetch_files(tmp_path / "cache") == files


@pytest.mark.long("files of interviews are read")
@pytest.mark.usefixtures("server")
def test_a_download_with_another_checksum_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pooch", reason="the extra microdata is not installed")
    monkeypatch.setitem(microdata.SHA256, "09", "0" * 64)
    with pytest.raises(ValueError, match="hash"):
        microdata.fetch_files(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_harmonised_table_is_read_with_its_types(
    interviews: pd.DataFrame,
    codebook: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(microdata, "read_table", {"microdata_codebook": codebook}.get)
    interviews.to_csv(tmp_path / "table.csv.gz", index=False)
    pd.testing.assert_frame_equal(load_microdata(tmp_path / "table.csv.gz"), interviews)
    if pytest.importorskip("pyarrow", reason="the extra export is not installed"):
        interviews.to_parquet(tmp_path / "table.parquet")
        pd.testing.assert_frame_equal(load_microdata(tmp_path / "table.parquet"), interviews)


def test_a_table_without_the_columns_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("wave,sex\n01,male\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table\.csv lacks the columns respondent_id, .*support"):
        load_microdata(tmp_path / "table.csv")


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Give one that exists"):
        load_microdata(tmp_path / "nothing.csv")


def test_another_kind_of_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"table\.json is no \.parquet"):
        load_microdata(tmp_path / "table.json")


@pytest.mark.long("files of interviews are read")
def test_the_real_table_has_the_interviews_of_every_wave(real: pd.DataFrame) -> None:
    waves = read_table("microdata_waves").set_index("wave")
    assert real.groupby("wave").size().to_dict() == waves["n_file"].to_dict()
    assert real.groupby("wave")["main_sample"].sum().to_dict() == waves["n_main"].to_dict()
    positive = real[(real["weight"] > 0) & (real["main_sample"] == 1)]
    assert positive.groupby("wave").size().to_dict() == waves["n_positive_weight"].to_dict()


@pytest.mark.long("files of interviews are read")
def test_the_real_table_holds_only_levels_of_the_codebook(real: pd.DataFrame) -> None:
    """Where the codebook has a code list, the wave has its levels and no others."""
    codebook = read_table("microdata_codebook")
    checked = 0
    for row in codebook.itertuples():
        values = real.loc[real["wave"] == row.wave, str(row.harmonised_column)]
        assert values.notna().any(), (row.wave, row.harmonised_column)
        if row.mapping in RULES or "raking" in str(row.mapping):
            continue
        if row.source_column == "(whole wave)":
            assert set(values) == {row.mapping}
            continue
        found = {as_code(value) for value in values.dropna()}
        levels = set(parse_mapping(str(row.mapping)).values())
        assert found <= levels, (row.wave, row.harmonised_column)
        checked += 1
    assert checked > 300


def test_the_real_table_has_no_columns_beside_the_codebook(
    real: pd.DataFrame, real_file: Path
) -> None:
    header = pd.read_csv(real_file, nrows=0).columns.tolist()
    assert header == list(real.columns)

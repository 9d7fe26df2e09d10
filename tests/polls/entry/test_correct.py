"""A wrong value is changed with its reason; the old one stays on record, and expires loudly."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from helpers.made_house import write_file

import polls

WAVE = "levada-2023-06-28"
WORDS = ["--reason", "the release was misread", "--yes"]


@pytest.fixture
def answer(copy: Path) -> pd.Series:
    """A printed answer of all to a question that is in no series; others have its source, too."""
    frames = polls.load(copy)
    rows = frames["answers"].query("subgroup == 'all'")
    asked = frames["questions"].query("house_id == 'levada' and in_series == False")["question_id"]
    rows = rows[rows["question_id"].isin(asked) & rows["poll_id"].str.startswith("levada-2022")]
    return rows[rows["source_id"].duplicated(keep=False)].iloc[0]


def run(call: Callable, answer: pd.Series, to: str, url: str, copy: Path, *words: str):
    names = [answer["poll_id"], answer["question_id"], answer["option"]]
    return call("correct", *names, "--to", to, "--source", url, *WORDS, *words, "--data", copy)


def url_of(answer: pd.Series, copy: Path) -> str:
    sources = polls.load(copy)["sources"].set_index("source_id")
    return str(sources.loc[answer["source_id"], "url"])


def find(answer: pd.Series, copy: Path) -> pd.Series:
    frame = polls.load(copy)["answers"]
    keys = ["poll_id", "question_id", "subgroup", "option"]
    return frame[(frame[keys] == answer[keys]).all(axis=1)].iloc[0]


@pytest.mark.long("all rules run on all tables")
def test_old_and_new_value_reason_and_day_stay_on_record(
    answer: pd.Series, copy: Path, call: Callable
) -> None:
    """A slip of our own: the source is the same, and no second reading comes of it."""
    to = f"{answer['share_pct'] + 1:g}"
    result = run(call, answer, to, url_of(answer, copy), copy)
    assert result.returncode == 0, result.stderr
    assert find(answer, copy)["share_pct"] == answer["share_pct"] + 1
    frames = polls.load(copy)
    row = frames["corrections"].iloc[-1]
    assert (row["was"], row["now"]) == (f"{answer['share_pct']:g}", to)
    assert row["reason"] == "the release was misread"
    assert row["key"].startswith(f"poll_id={answer['poll_id']}; question_id=")
    seen = frames["confirmations"]
    assert seen.query("poll_id == @answer.poll_id and option == @answer.option").empty
    assert [f for f in polls.check(copy) if f.level == "error"] == []


@pytest.mark.long("all rules run on all tables")
def test_the_value_of_another_source_stays_as_a_reading(
    answer: pd.Series, copy: Path, call: Callable
) -> None:
    """What the first source printed is not forgotten, and the answer is marked as disputed."""
    to = f"{answer['share_pct'] + 2:g}.0"
    result = run(call, answer, to, "https://made.example/1", copy)
    assert result.returncode == 0, result.stderr
    now = find(answer, copy)
    assert (now["share_pct"], now["decimals"]) == (answer["share_pct"] + 2, 1)
    assert now["source_id"].startswith("made-example-")
    assert now["doubt"] == "disagreement"
    seen = polls.load(copy)["confirmations"]
    mine = seen[(seen["poll_id"] == answer["poll_id"]) & (seen["option"] == answer["option"])]
    assert mine["source_id"].tolist() == [answer["source_id"]]
    assert mine["seen_pct"].tolist() == [answer["share_pct"]]
    assert not mine["agrees"].any()
    assert [f for f in polls.check(copy) if f.level == "error"] == []


@pytest.mark.long("all rules run on all tables")
def test_a_correction_expires_when_the_value_moves_on(
    answer: pd.Series, copy: Path, call: Callable
) -> None:
    """Edited by hand, the row no longer says what the correction says: an error."""
    to = f"{answer['share_pct'] + 1:g}"
    run(call, answer, to, url_of(answer, copy), copy)
    path = copy / "answers.csv"
    start = ",".join(answer[["poll_id", "question_id", "subgroup", "option"]])
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{start},{to},", f"{start},{float(to) + 1:g},"), encoding="utf-8")
    assert "expired" in {finding.rule for finding in polls.check(copy)}


@pytest.mark.long("all rules run on all tables")
def test_of_two_corrections_the_later_one_holds(
    answer: pd.Series, copy: Path, call: Callable
) -> None:
    """The first of them is history, not an error."""
    url = url_of(answer, copy)
    run(call, answer, f"{answer['share_pct'] + 1:g}", url, copy)
    path = copy / "corrections.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    earlier = rows[-1].rpartition(",")[0] + ",2026-11-01"
    path.write_text("\n".join([*rows[:-1], earlier, ""]), encoding="utf-8")
    assert run(call, answer, f"{answer['share_pct']:g}", url, copy).returncode == 0
    assert [f for f in polls.check(copy) if f.level == "error"] == []


@pytest.mark.long("all rules run on all tables", quick=1)
@pytest.mark.usefixtures("no_estimates")
@pytest.mark.parametrize(
    ("column", "to", "follows", "cell"),
    [
        ("published", "2023-07-05", "published_kind", "release"),
        ("published", "", "published_kind", ""),
        ("quality", "context", "quality_reason", "the release was misread"),
        ("quality", "use", "quality_reason", ""),
    ],
)
def test_cells_that_go_together_are_corrected_together(
    column: str, to: str, follows: str, cell: str, copy: Path, call: Callable
) -> None:
    """One of them alone is an error, which no second call could mend."""
    empty = {"published": "", "published_kind": "", "quality": "use", "quality_reason": ""}
    full = {"published": "2023-07-04", "published_kind": "release", "quality": "context"}
    other = full | {"quality_reason": "half of the regions"}
    there = other if to in ("", "use") else empty
    path = copy / "polls.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["poll_id"] == WAVE:
            row.update({c: there[c] for c in (column, follows)})
    write_file(path, rows)
    words = [WAVE, "--column", column, "--to", to, "--source", "https://made.example/1"]
    result = call("correct", *words, *WORDS, "--data", copy)
    assert result.returncode == 0, result.stderr
    with path.open(encoding="utf-8", newline="") as file:
        now = next(row for row in csv.DictReader(file) if row["poll_id"] == WAVE)
    assert (now[column], now[follows]) == (to, cell)


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
@pytest.mark.parametrize("way", ["a word", "a file"])
def test_what_stands_out_with_the_right_value_is_explained(
    way: str, copy: Path, call: Callable, tmp_path: Path
) -> None:
    """As in rows of a new wave; without a reason it stays to be reviewed."""
    size = ["levada-2023-06-28", "--column", "sample_size", "--to", "700"]
    words = ["correct", *size, "--source", "https://made.example/1", *WORDS, "--data", copy]
    shown = call(*words, "--dry-run").stdout
    assert "say why in --reviewed-reason, or in a file for --reviewed." in shown
    found = re.findall(r" review (\w+): .* Row: (.*)\.$", shown, re.MULTILINE)
    why = ["--reviewed-reason", "as printed"]
    if way == "a file":
        rows = [f"polls,{key},{rule},as printed" for rule, key in found]
        file = tmp_path / "reasons.csv"
        file.write_text("\n".join(["table,key,rule,reason", *rows, ""]), encoding="utf-8")
        why = ["--reviewed", str(file)]
    result = call(*words, *why)
    assert result.returncode == 0, result.stderr
    reviewed = polls.load(copy)["reviewed"].query("reason == 'as printed'")
    assert set(zip(reviewed["rule"], reviewed["key"], strict=True)) == set(found) != set()
    assert polls.check(copy) == []


def test_the_same_correction_twice_changes_nothing(
    answer: pd.Series, copy: Path, call: Callable
) -> None:
    to, url = f"{answer['share_pct'] + 1:g}", url_of(answer, copy)
    run(call, answer, to, url, copy)
    result = run(call, answer, to, url, copy)
    assert result.returncode == 0
    assert result.stdout == f"Nothing is new: share_pct is {to} there already.\n"


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_a_cell_of_a_wave_is_corrected_with_what_follows_from_it(
    copy: Path, call: Callable
) -> None:
    """The last day of fieldwork takes its bound along."""
    words = ["levada-2023-06-28", "--column", "field_end", "--to", "2023-06-27"]
    url = ["--source", "https://www.levada.ru/2023/07/04/made/"]
    result = call("correct", *words, *url, *WORDS, "--data", copy)
    assert result.returncode == 0, result.stderr
    row = polls.load(copy)["polls"].set_index("poll_id").loc["levada-2023-06-28"]
    assert f"{row['field_end']:%d} {row['latest']:%d} {row['date_precision']}" == "27 27 day"
    row = polls.load(copy)["corrections"].iloc[-1]
    assert (row["column"], row["was"], row["now"]) == ("field_end", "2023-06-28", "2023-06-27")


@pytest.mark.long("all tables are read in each case", quick=2)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["levada-2022-04-28", "levada.talks", "talks_total"], "levada-2022-04-27"),
        (["levada-2022-11-30", "levada.talks", "talk_total"], "levada.talks all talks_total"),
        (["l\u0435vada-2022-11-30"], "it is levada-2022-11-30 but for character 2, CYRILLIC"),
        (
            ["levada-2022-11-30", "levada.talks", "talks_total\u200b"],
            "character 12 of talks_total\u200b, ZERO WIDTH SPACE (U+200B), which is too much.",
        ),
        (["levada-2022-11-30", "--column", "m\u043ede"], "it is mode but for character 2"),
        (["levada-2022-11-30", "--column", "poll_id"], "no column 'poll_id' to correct"),
        (["levada-2022-11-30", "--column", "sampel_size"], "sample_size"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "53,5"], "decimal point"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "153"], "at most 100"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "53%"], "sign of percent"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "0.53"], "multiply by 100"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "0.5"], "53 is in answers"),
        (["levada-2022-11-30", "levada.talks", "talks_total", "--to", "0.34"], "a fraction of one"),
        (
            ["levada-2022-11-30", "--source", "https://[e", "--column", "mode"],
            "--source 'https://[e'",
        ),
    ],
)
def test_what_is_not_there_or_cannot_be_is_refused(
    words: list[str], said: str, copy: Path, call: Callable
) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    to = [] if "--to" in words else ["--to", "53"]
    url = [] if "--source" in words else ["--source", "https://made.example/1"]
    to = ["--to", "cati"] if not url else to
    result = call("correct", *words, *to, *url, *WORDS, "--data", copy)
    assert result.returncode == 1
    assert said in result.stderr
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_a_share_below_one_that_is_printed_so_is_explained(copy: Path, call: Callable) -> None:
    """What looks like a fraction is refused, but with a reason."""
    words = ["levada-2022-11-30", "levada.talks", "hard_to_say", "--to", "0.06"]
    words += ["--source", "https://made.example/1", *WORDS, "--data", copy, "--dry-run"]
    refused = call("correct", *words)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "says why in --reviewed-reason" in refused.stderr
    result = call("correct", *words, "--reviewed-reason", "printed so")
    assert result.returncode == 0, result.stderr
    assert "share_pct 6 -> 0.06" in result.stdout


@pytest.mark.long("all rules run on all tables")
@pytest.mark.usefixtures("no_estimates")
def test_readings_that_differ_from_the_right_value_are_told_with_both(
    copy: Path, call: Callable
) -> None:
    """Also that of the source in which the old value was read."""
    words = ["levada-2022-11-30", "levada.talks", "talks_total", "--to", "58"]
    words += ["--source", "https://made.example/1", "--reviewed-reason", "as printed", *WORDS]
    result = call("correct", *words, "--dry-run", "--data", copy)
    assert result.returncode == 0, result.stderr
    seen = polls.load(copy)["confirmations"].query(
        "poll_id == 'levada-2022-11-30' and question_id == 'levada.talks' and "
        "option == 'talks_total' and subgroup == 'all'"
    )
    told = "answers.csv has 58, the second reading is 53 (-5 points)"
    assert result.stdout.count(told) == len(seen) + 1 > 1


@pytest.mark.parametrize("option", ["--reason", "--source", "--to", "--reviewed-reason"])
def test_words_in_another_encoding_are_no_text(option: str, copy: Path, call: Callable) -> None:
    """Bytes that a terminal of another encoding sends reach Python as lone surrogates."""
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    given = {"--reason": "misread", "--source": "https://made.example/1", "--to": "54"}
    given[option] = given.get(option, "") + "\udcef\udcf0"
    words = [word for pair in given.items() for word in pair]
    result = call(
        "correct",
        "levada-2022-11-30",
        "levada.talks",
        "talks_total",
        *words,
        "--yes",
        "--data",
        copy,
    )
    name = option.removeprefix("--")
    told = f"polls: {name} holds bytes that are not UTF-8 (0xef, 0xf0); give it in UTF-8"
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(told)
    assert result.stderr.count("\n") == 1
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before

"""What `python -m polls` prints and changes, held whole on an excerpt of the tables.

tests/data/excerpt has ten waves of two houses as they stood in November 2026, and no finding;
tests/data/answers what is told of them, which tests/helpers/whole_answers.py renews.
"""

import datetime as dt
import difflib
import io
import re
import shlex
import shutil
from pathlib import Path

import pytest
from helpers.check_once import use_check_once
from helpers.paths import TESTS
from helpers.whole_answers import compare_with_stored

import polls
from polls.__main__ import main
from polls.tidy import derive_shares, describe_readings

EXCERPT = TESTS / "data" / "excerpt"
HEAD = "house_id,question_id,option,share_pct,field_start,field_end,published,mode,sample_size,"
WAVE = (
    "levada,levada.putin_approval,{option},{share},2026-03-19,2026-03-25,2026-04-02,f2f,{size},"
    "https://made.example/wave"
)
FILES = {
    "wave.csv": [
        HEAD + "source_url",
        *(
            WAVE.format(option=option, share=share, size=1601)
            for option, share in {"approve": 81, "disapprove": 15, "no_answer": 4}.items()
        ),
    ],
    "odd.csv": [
        HEAD + "source_url,decimals,notes",
        *(
            WAVE.format(option=option, share=share, size=160) + f",1,{note}"
            for option, share, note in (
                ("approve", 51.5, "printed so"),
                ("disapprove", 45, ""),
                ("no_answer", 3.5, ""),
            )
        ),
    ],
    "bad.csv": [
        HEAD + "source_url",
        WAVE.format(option="approves", share="8l", size=1601),
        WAVE.format(option="disapprove", share=115, size=1601),
    ],
    "seen.csv": [
        "poll_id,question_id,option,seen_pct,source_url,agrees,notes",
        "levada-2022-04-27,levada.putin_approval,approve,82,https://made.example/seen,,",
        "levada-2022-03-30,levada.putin_approval,disapprove,19,https://made.example/seen,no,other",
    ],
}
COPY = "https://github.com/valchyshen/Regression-of-Levada-Data"
FILES |= {
    # The same wave from elsewhere, an empty line, a day of publication.
    "again.csv": [
        HEAD.replace("published,", "") + "source_url,published",
        "," * 9,
        *(
            WAVE.replace(",2026-04-02", "").format(option=option, share=share, size=1601)
            + f"-elsewhere,{day}"
            for option, share, day in (("approve", 81, "2026-04-02"), ("disapprove", 15, ""))
        ),
    ],
    # Readings beside a share, the second of which is another one.
    "beside.csv": [
        HEAD + "source_url,second_source_url,second_share_pct",
        *(
            WAVE.format(option=option, share=share, size=1601) + f",https://made.example/b,{other}"
            for option, share, other in (("approve", 81, ""), ("disapprove", 15, 16.5))
        ),
    ],
    # Another share of the same answer, twice the same answer, a size that is another one.
    "apart.csv": [
        HEAD + "source_url",
        WAVE.format(option="approve", share=80, size=1601),
        WAVE.format(option="disapprove", share=15, size=1610),
    ],
    "twice.csv": [
        HEAD + "source_url",
        *(WAVE.format(option="approve", share=share, size=1601) for share in (81, 81)),
    ],
    "published.csv": [
        "poll_id," + HEAD + "source_url",
        "levada-2026-03-25b," + WAVE.format(option="approve", share=80, size=1601) + "-again",
    ],
    "twins.csv": [
        "poll_id," + HEAD + "source_url,reviewed_reason",
        *(
            f"{poll},"
            + WAVE.replace("2026-04-02", day).format(option="approve", share=share, size=1601)
            + f",{reason}"
            for poll, share, day, reason in (
                ("levada-2026-03-25", 81, "2026-04-02", ""),
                ("levada-2026-03-25b", 80, "", "another panel of the same days"),
            )
        ),
    ],
    "other.csv": [
        "poll_id," + HEAD + "source_url",
        "levada-new," + WAVE.format(option="approve", share=81, size=1601),
    ],
    "seen_other.csv": [
        "poll_id,question_id,option,seen_pct,source_url",
        "levada-2022-04-27,levada.putin_approval,approve,83,https://made.example/seen",
        f"levada-2022-04-27,levada.putin_approval,approve,82,{COPY}",
        "levada-2022-04-27,levada.putin_approval,approved,82,https://made.example/seen",
    ],
    "events.csv": [
        "date,event_id,label_en,label_ru,label_uk,kind,source_url,source_kind,publisher,notes",
        "2022-09-21,call_up,Call-up,Призыв,Призов,domestic,https://made.example/news,secondary,Made,",
        "2022-11-11,retreat,Retreat,Отход,Відхід,battlefield,,,,",
    ],
    "event.csv": [
        "date,event_id,label_en,label_ru,label_uk,kind,source_url,source_kind,publisher,notes",
        "2022-09-21,call_up,Call-up,Призыв,Призов,domestic,https://made.example/news,secondary,Made,",
    ],
    "event_again.csv": [
        "date,event_id,label_en,label_ru,label_uk,kind,source_url,notes",
        "2022-09-22,call_up,Call-up,Призыв,Призов,domestic,https://made.example/news,",
    ],
    "sources.csv": [
        "source_id,url,publisher,kind,title,retrieved,notes",
        "made-example-9,https://made.example/nine,Made,primary,,,",
    ],
}
ADDRESS = "https://made.example/again"
REASON = f"--source {ADDRESS} --reason 'misread twice'"
APPROVE = "correct levada-2022-04-27 levada.putin_approval approve"
# One after the other on one copy of the tables; what is printed and which rows change.
COMMANDS = {
    "look": [
        "check",
        "check --second-source",
        "show levada-2022-03-30",
        "show levada-2022-06",
        "show fom-2022-03-06",
        "show levada-2023-06-27",
        "codebook polls",
        "series support",
        "series talks --include questions context quality",
        "series approval",
        "template levada levada.attention",
        "template fom",
    ],
    "add": ["add wave.csv --dry-run", "add wave.csv --yes", "check", "diff before tables"],
    "refuse": ["add bad.csv --yes", "add odd.csv --dry-run", "add wave.csv", "add nothing.csv"],
    "correct": [
        f"correct levada-2022-04-27 levada.attention very_closely --to 27 {REASON} --dry-run",
        f"correct fom-2022-01-30 --column sample_size --to 1505 {REASON} --yes",
        f"correct levada-2022-04-27 levada.putin_approval approve --to 83 {REASON} --yes",
        f"correct levada-2022-04-27 levada.putin_approval approved --to 83 {REASON} --yes",
        "check",
        "diff before tables",
    ],
    "again": [
        "add wave.csv --yes",
        "add wave.csv --yes",
        "add again.csv --dry-run",
        "add beside.csv --dry-run",
        "add apart.csv --dry-run",
        "add twice.csv --dry-run",
        "add other.csv --dry-run",
        "add twins.csv --yes",
        "add wave.csv --yes",
        "add published.csv --yes",
    ],
    "rows": [
        "add",
        "add --events events.csv --dry-run",
        "add --events event.csv --sources sources.csv --yes",
        "add --events event.csv --yes",
        "add --events event_again.csv --yes",
    ],
    "renew": [
        "confirm seen.csv --yes",
        "confirm seen.csv --yes",
        "confirm seen_other.csv --dry-run",
        f"{APPROVE} --to 81.4 {REASON} --dry-run",
        f"{APPROVE} --to 82.4 --reason misread --source https://made.example/seen --dry-run",
        f"correct levada-2022-04-27 levada.attention --to 27 {REASON} --dry-run",
        f"correct levada-2022-04-27 --column latest --to 2022-04-28 {REASON} --dry-run",
        f"correct fom-2022-01-30 --column field_end --to 2022-01-31 {REASON} --yes",
        f"correct levada-2022-04-27 --column colour --to red {REASON} --dry-run",
        f"correct levada-2022-04-27 levada.attention very_closely --to many {REASON} --dry-run",
    ],
    "confirm": ["confirm seen.csv --dry-run", "confirm seen.csv --yes", "check"],
    "export": ["export --format csv --out csv", "export --format json --out json"],
}

SOON = ("add", "confirm", "export")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two copies of the excerpt, and files that are to come in."""
    use_check_once(monkeypatch)
    for name in ("tables", "before"):
        shutil.copytree(EXCERPT, tmp_path / name)
    for name, lines in FILES.items():
        (tmp_path / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return tmp_path


def list_changes(folder: Path) -> list[str]:
    """Lines of the tables that went and that came."""
    changes = []
    for path in sorted(EXCERPT.glob("*.csv")):
        versions = (path, folder / "tables" / path.name)
        old, new = (each.read_text(encoding="utf-8").splitlines() for each in versions)
        lines = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        changes += [f"{path.name} {line}" for line in lines if line[0] in "+-"]
    return changes


@pytest.mark.parametrize(
    "name",
    [
        name
        if name in SOON
        else pytest.param(name, marks=pytest.mark.long("all rules run after each command"))
        for name in COMMANDS
    ],
)
def test_what_is_told_and_changed_is_as_stored(name, folder, capsys) -> None:
    told = []
    for command in COMMANDS[name]:
        words = shlex.split(command)
        if words[0] != "diff":
            words += ["--data", "tables"]
        code = main(words)
        printed = capsys.readouterr()
        told += [f"$ python -m polls {command}", printed.out.rstrip(), f"-- exit {code}"]
        told += [f"-- stderr\n{printed.err.rstrip()}"] if printed.err else []
    for path in sorted(folder.glob("csv/*")) + sorted(folder.glob("json/*")):
        told += [f"{path.relative_to(folder)}: {path.stat().st_size} bytes"]
    found = "\n".join([*told, *list_changes(folder)]) + "\n"
    # The day of a correction is that of the run, and part of the digest of the tables.
    found = found.replace(dt.datetime.now(tz=dt.UTC).date().isoformat(), "TODAY")
    found = re.sub(r"TODAY \([0-9a-f]+\)", "TODAY", found)
    assert compare_with_stored(f"tables_{name}", found) == []


def test_tables_of_the_excerpt_are_as_stored() -> None:
    """Functions that no verb prints."""
    frames = polls.load(EXCERPT)
    series = polls.series("support", data=EXCERPT, include=["questions", "context"])
    found = [
        derive_shares(frames["answers"], frames["options"]),
        polls.readings(data=EXCERPT),
        polls.splits("support", data=EXCERPT),
        polls.splits("president_approval", data=EXCERPT),
        polls.left_out("support", data=EXCERPT),
        series,
        polls.series("talks", data=EXCERPT).dtypes,
        *(frame.dtypes for frame in frames.values()),
    ]
    told = [table.to_csv(float_format="%.6g", date_format="%Y-%m-%d") for table in found]
    told += [str(series.attrs), describe_readings(data=EXCERPT, n=3)]
    assert compare_with_stored("tables_frames", "\n".join(told)) == []

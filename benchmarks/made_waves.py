"""Add made-up waves to copies of the repository, refresh these, and run all their tests.

Ordinary waves must leave nothing to edit: `make refresh` ends well, and so do the tests. A wave
that turns a finding round must be refused by a guard that names notebook, cell and sentence,
and by nothing else.
"""

import csv
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers.made_house import HOUSE, QUESTION, write_file

TITLE = "Made waves in a copy"
ROOT = Path(__file__).resolve().parents[1]
REASON = "made up for a trial"
PACKAGES = ("tests", "polls", "analysis", "figures", "web")
TODAY = datetime.now(UTC).date()
# As `make test LONG=1` does: all of them.
SIDE_BY_SIDE = ("--numprocesses", "auto", "--dist", "loadscope", "--no-loadscope-reorder")
# Each with a question, days from its end to today, mode, size, and shares.
WAVES = {
    "Levada, ordinary": [
        ("levada.support_armed_forces", 39, "f2f", 1609, (73, 17, 10)),
        ("levada.talks", 39, "f2f", 1609, (25, 66, 9)),
    ],
    "VCIOM, ordinary": [("vciom.support_smo", 40, "cati", 1600, (64, 19, 17))],
    "a new house": [("trial_house.support", 49, "cati", 1600, (64, 21, 15))],
    "a question that its house had not asked": [
        ("vciom.made_talks", 70, "cati", 1600, (61, 27, 12))
    ],
    "a poll of April 2022 that is found late": [
        ("russian_field.support_5pt", (TODAY - date(2022, 4, 6)).days, "cati", 1606, (69, 22, 9))
    ],
    "a poll in several modes": [
        ("russian_field.support_5pt", 33, "mixed", 1611, (66, 21, 13)),
    ],
    "pollsters that come back to a question": [
        ("russian_field.support_5pt", 80, "cati", 1600, (66, 21, 13)),
        ("russian_field.continue_or_talks", 80, "cati", 1600, (39, 50, 11)),
        ("chronicles.support_svo", 50, "cati", 1600, (52, 15, 24, 9)),
        ("fom.decision_right", 45, "f2f", 1500, (66, 15, 19)),
    ],
    "two kinds of no answer, and an answer that its house had not offered": [
        ("vciom.support_smo", 70, "cati", 1600, (64, 18, 11, 7)),
        ("levada.talks", 95, "f2f", 1607, (24, 60, 9, 7)),
    ],
    "all ten points higher, and the wish to fight on": [
        ("levada.support_armed_forces", 39, "f2f", 1609, (85, 8, 7)),
        ("levada.talks", 39, "f2f", 1609, (40, 50, 10)),
        ("vciom.support_smo", 40, "cati", 1600, (75, 12, 13)),
        ("chronicles.support_svo", 50, "cati", 1600, (61, 10, 15, 14)),
        ("russian_field.support_5pt", 45, "cati", 1600, (78, 13, 9)),
    ],
    "older than all of its house": [
        ("levada.support_armed_forces", 4600, "f2f", 1603, (71, 15, 14))
    ],
    "an extreme value": [("levada.support_armed_forces", 11, "f2f", 1611, (20, 70, 10))],
}
# Options in the order of the shares; those of questions that are made up, with their poles.
OPTIONS = {
    "levada.support_armed_forces": ("support_total", "oppose_total", "hard_to_say"),
    "levada.talks": ("continue_total", "talks_total", "hard_to_say"),
    "vciom.support_smo": ("rather_support", "rather_oppose", "hard_to_say"),
    "russian_field.support_5pt": ("support_total", "oppose_total", "hard_or_refuse_total"),
    "russian_field.continue_or_talks": ("continue", "talks", "hard_to_say"),
    "chronicles.support_svo": ("support", "oppose", "hard_to_say", "refuse"),
    "fom.decision_right": ("right", "wrong", "hard_to_say"),
    "trial_house.support": ("yes", "no", "hard_to_say"),
    "vciom.made_talks": ("talks", "fight_on", "hard_to_say"),
}
# Options that these questions do not have yet, with their poles; shares reach to them.
MORE_OPTIONS = {
    "vciom.support_smo": {"refuse": "refused"},
    "levada.talks": {"it_depends": "other"},
}
MADE = {"trial_house.support": "support", "vciom.made_talks": "talks"}
POLES = ("for", "against", "undecided")
FURTHER = "further answers of a wave that is there"
GROUPS = "all groups of a wave, some of them new"
STUDIES = "further studies: of those who do not answer, and re-contacts"
CONVERSATIONS = ("completes_count", "refusals_count", "interruptions_count")
# Points by which groups differ from all; no answer has had the group of the second set yet.
SPLITS = {"sex:male": 2, "sex:female": -2, "education:higher": -1, "age:60+": 9}
NEW_SPLITS = {"age:30-44": -4, "tv:internet": -10, "place:city": 0}
*ORDINARY, BACK, SILENT, HIGHER, OLDEST, EXTREME = WAVES
# What goes into one copy together, and whether it may be refused.
COPIES = (
    ([*ORDINARY, FURTHER, GROUPS, STUDIES], False),
    ([BACK, SILENT], False),
    ([HIGHER], False),
    ([OLDEST], True),
    ([EXTREME], True),
)


def spell_out(question: str, ago: int, mode: str, size: int, shares: tuple[int, ...]) -> list[dict]:
    """Rows of a flat file for one question of a wave."""
    house = question.split(".")[0]
    end = TODAY - timedelta(days=ago)
    wave = {
        "house_id": house,
        "question_id": question,
        "field_start": end - timedelta(days=0 if house == "vciom" else 6),
        "field_end": end,
        "published": end + timedelta(days=7),
        "mode": mode,
        "sample_size": size,
        "population": "Russia, adults 18+",
        "source_url": f"https://{house.replace('_', '-')}.example/{question}/{ago}",
        "reviewed_reason": REASON,
    }
    named = (*OPTIONS[question], *MORE_OPTIONS.get(question, {}))
    pairs = zip(named[: len(shares)], shares, strict=True)
    return [wave | {"option": option, "share_pct": share} for option, share in pairs]


def add_further(data: Path) -> list[dict]:
    """Rows for groups of the newest wave of which no group was printed."""
    question = "levada.support_armed_forces"
    with (data / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = [row for row in csv.DictReader(file) if row["question_id"] == question]
    grouped = {row["poll_id"] for row in answers if row["subgroup"] != "all"}
    total = [
        row
        for row in answers
        if row["option"] == "support_total"
        and row["subgroup"] == "all"
        and row["poll_id"] not in grouped
    ][-1]
    share = int(float(total["share_pct"]))
    return [
        {
            "poll_id": total["poll_id"],
            "house_id": "levada",
            "question_id": question,
            "subgroup": group,
            "option": "support_total",
            "share_pct": share + points,
            "source_url": "https://levada.example/groups",
            "reviewed_reason": REASON,
        }
        for group, points in (("sex:male", 2), ("sex:female", -2))
    ]


def add_groups() -> list[dict]:
    """Rows for groups of Levada's ordinary wave."""
    question, ago, mode, size, (one, other, none) = WAVES["Levada, ordinary"][0]
    rows = []
    for group, points in (SPLITS | NEW_SPLITS).items():
        wave = spell_out(question, ago, mode, size, (one + points, other - points, none))
        rows += [row | {"subgroup": group} for row in wave]
    return rows


def add_studies(data: Path) -> dict[str, list[dict]]:
    """Rows of other tables: rates told again, those of another house, a re-contact and a list."""
    tables = {}
    for name in ("participation", "indirect"):
        with (data / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    last = {row["measure"]: row for row in tables["participation"]}
    again = [row for row in last.values() if row["house_id"] in ("chronicles", "levada")]
    month = f"{TODAY - timedelta(days=60):%B %Y}"
    new = {"field_start": "", "field_end": "", "period": month, "notes": ""}
    rates = [row | new | {"study": f"{row['study']}, again"} for row in again]
    rates += [
        {
            "study": f"made series {number}",
            "house_id": "vciom",
            "mode": "cati",
            "measure": measure,
            "value": value,
            "unit": "count",
            "source_url": "https://vciom.example/calls",
            "period": f"{TODAY - timedelta(days=30 * number):%B %Y}",
        }
        for number, counts in enumerate(((150, 1400, 50), (140, 1400, 60)), 2)
        for measure, value in zip(CONVERSATIONS, counts, strict=True)
    ]
    called = [r for r in tables["indirect"] if r["kind"] == "recontact" and r["indirect_pct"]][-1]
    # In the days of Levada's ordinary wave.
    end = TODAY - timedelta(days=WAVES["Levada, ordinary"][0][1])
    shares = {"direct_pct": 50, "indirect_pct": 51, "gap_points": -1, "notes": "", "n": 1400}
    study = {"study": "made re-contact", "house_id": "levada"}
    days = {"field_start": end - timedelta(days=6), "field_end": end}
    listed = next(r for r in tables["indirect"] if r["kind"] == "list" and r["indirect_pct"])
    found = {"direct_pct": 64, "indirect_pct": 60, "gap_points": 4, "se": 2.5, "n": 3000}
    another = {"study": "made list experiment", "house_id": "", "mode": "cati", "notes": ""}
    known = {"period": month, "as_printed": "", "construct_id": "support", "superseded_by": ""}
    lists = [listed | found | another | known]
    return {"participation": rates, "indirect": [called | shares | study | days, *lists]}


def make_files(cases: list[str], data: Path, folder: Path) -> list[str]:
    """Write what is added, and give the words of the command that adds it."""
    waves = [row for case in cases if case in WAVES for w in WAVES[case] for row in spell_out(*w)]
    waves += add_further(data) if FURTHER in cases else []
    waves += add_groups() if GROUPS in cases else []
    asked = dict.fromkeys(row["question_id"] for row in waves if row["question_id"] in MADE)
    questions = [
        QUESTION
        | {
            "question_id": question,
            "house_id": question.split(".")[0],
            "construct_id": MADE[question],
        }
        for question in asked
    ]
    options = [
        {"question_id": question, "option": option, "label": option, "pole": pole}
        for question in asked
        for option, pole in zip(OPTIONS[question], POLES, strict=True)
    ]
    options += [
        {"question_id": question, "option": option, "label": option, "pole": pole}
        for question, more in MORE_OPTIONS.items()
        for option, pole in more.items()
        if any((row["question_id"], row["option"]) == (question, option) for row in waves)
    ]
    made = any(row["house_id"] == "trial_house" for row in waves)
    # Not the house that is made up in tests: they run in this copy.
    name = "Trial Institute for the Independent Study of Public Opinion and Attitudes"
    house = HOUSE | {"house_id": "trial_house", "name": name}
    tables = {"houses": [house] * made, "questions": questions, "options": options}
    tables |= add_studies(data) if STUDIES in cases else {}
    words = ["-m", "polls", "add", str(write_file(folder / "waves.csv", waves)), "--yes"]
    for group in NEW_SPLITS if GROUPS in cases else ():
        words += ["--subgroup", group]
    for name, rows in tables.items():
        if rows:
            words += [f"--{name}", str(write_file(folder / f"{name}.csv", rows))]
    return words


def try_copy(cases: list[str], *, may_refuse: bool) -> str:
    """What became of one copy, in Markdown."""
    with tempfile.TemporaryDirectory(prefix="polls-waves-") as name:
        copy = Path(name, "copy")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(copy)], check=True)
        told = [f"Added: {', '.join(cases)}."]
        words = make_files(cases, copy / "polls" / "data", Path(name))
        steps = {
            "add": words,
            "refresh": ["notebooks/refresh.py"],
            "tests": ["-m", "pytest", "--quiet", *PACKAGES, *SIDE_BY_SIDE],
        }
        for step, command in steps.items():
            begin = time.perf_counter()
            done = run(command, copy)
            minutes = (time.perf_counter() - begin) / 60
            told.append(f"{step}: exit {done.returncode}, {minutes:.1f} min.")
            if done.returncode:
                told += find_reasons(done.stdout + done.stderr)
                if step == "refresh" and may_refuse:
                    told.append("Refused, as it may be; the tests did not run.")
                break
    return "\n".join(f"{'' if n == 0 else '- '}{line}" for n, line in enumerate(told))


def run(command: list[str], copy: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, with its own packages."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=copy,
        env=os.environ | one_thread | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )


def find_reasons(output: str) -> list[str]:
    """Lines that say what stopped it: the guards of notebooks, tests that failed, errors."""
    kept = re.compile(r"^(FAILED|ERROR)|\.ipynb, cell \d+|: error|\berror\b.*Cure:|refresh: ")
    return [line.strip() for line in output.splitlines() if kept.search(line)]


def report() -> str:
    """What became of each copy, in Markdown."""
    return "\n\n".join(try_copy(cases, may_refuse=may) for cases, may in COPIES)


if __name__ == "__main__":
    print(report())

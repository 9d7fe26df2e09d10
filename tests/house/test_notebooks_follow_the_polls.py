"""One poll changed by five points is seen by nbval in the notebooks that tell of the trend.

In the quick ones, each up to the first output that differs: what is proven is that stored outputs
come from the tables, and are compared.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.long("four notebooks are executed again")

# A poll of autumn 2025 is in every trend to the present.
POLL_ID, QUESTION_ID, OPTION = "levada-2025-09", "levada.support_armed_forces", "support_total"
POINTS = 5
# Any other byte of the tables gives them another version, which each notebook prints.
VERSION = "\n[version]\nregex: Tables of .*\nreplace: Tables\n"
# What follows the first difference need not run.
LEAVE = """
import pytest

seen = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if "outputs differ" in report.longreprtext:
        seen.add(item.path)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if item.path in seen:
        pytest.skip("a difference has been seen")
"""
NOTEBOOKS = ["00_start_here", "02_support_trend", "03_who_measures_what", "08_as_of"]


@pytest.fixture(scope="module")
def copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and notebooks in a folder of their own, without pictures."""
    folder = tmp_path_factory.mktemp("copy")
    skip = shutil.ignore_patterns("__pycache__", "published", "*.parquet")
    for name in ("polls", "analysis", "figures", "notebooks"):
        shutil.copytree(root / name, folder / name, ignore=skip)
    (folder / "conftest.py").write_text(LEAVE, encoding="utf-8")
    with (folder / "notebooks" / "sanitize.cfg").open("a", encoding="utf-8") as file:
        file.write(VERSION)
    return folder


def change_the_poll(answers: Path) -> None:
    """Add five points to one published percentage, in place."""
    with answers.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames
        rows = list(reader)
    assert names is not None
    hit = [
        row
        for row in rows
        if (row["poll_id"], row["question_id"], row["option"]) == (POLL_ID, QUESTION_ID, OPTION)
        and row["subgroup"] == "all"
    ]
    assert len(hit) == 1, f"{POLL_ID} {OPTION} is there {len(hit)} times"
    hit[0]["share_pct"] = str(float(hit[0]["share_pct"]) + POINTS).removesuffix(".0")
    with answers.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def see_differences(folder: Path) -> set[str]:
    """Names of those notebooks in which nbval sees a difference (a cell that fails is none)."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += [f"notebooks/{name}.ipynb" for name in NOTEBOOKS]
    command += ["--nbval-cell-timeout=120", f"--junitxml={report}", "-p", "no:cacheprovider"]
    command += ["--nbval-sanitize-with", "notebooks/sanitize.cfg", "--quiet"]
    settings = os.environ | {"PYTHONPATH": str(folder)}
    ran = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False
    )
    assert report.exists(), ran.stdout + ran.stderr
    cases = ET.parse(report).iter("testcase")
    failed = (case for case in cases if "outputs differ" in case.findtext("failure", ""))
    names = (case.get("classname", "").removesuffix(".ipynb") for case in failed)
    return {name.rpartition(".")[2] for name in names}


def test_five_points_in_one_poll_are_seen_in_four_notebooks(copy: Path) -> None:
    change_the_poll(copy / "polls" / "data" / "answers.csv")
    assert see_differences(copy) == set(NOTEBOOKS)

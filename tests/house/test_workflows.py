"""Hosted checks run what everybody runs, and can do no harm where they run."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml")}
# A tag can be moved to other code, a commit cannot; the comment says which release it was.
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# Jobs that run where make is not, or need nothing of it.
WITHOUT_MAKE = [("test", "other-systems"), ("check-polls", "check")]
# `on` without quotes is the truth value in YAML 1.1.
ON = True


def find_faults(text: str) -> list[str]:
    """What a workflow does that it must not."""
    workflow = yaml.safe_load(text)
    jobs = workflow["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    faults = [
        f"not pinned by commit and version: {use}"
        for use in re.findall(r"uses: *(.*)", text)
        if not PINNED.fullmatch(use)
    ]
    if workflow.get("permissions") != {"contents": "read"} or any(map(may_harm, jobs)):
        faults.append("a token that may do more than read")
    if re.search(r"\bsecrets\b|github\.token|GITHUB_TOKEN", text):
        faults.append("names a secret")
    if "pull_request_target" in workflow[ON] or "workflow_run" in workflow[ON]:
        faults.append("runs the code of others with the rights of this repository")
    if any("${{" in step.get("run", "") for step in steps):
        faults.append("puts a text of others into a command")
    if any(
        step.get("with", {}).get("persist-credentials") is not False
        for step in steps
        if "actions/checkout@" in step.get("uses", "")
    ):
        faults.append("leaves the token in the checkout")
    if not all("timeout-minutes" in job for job in jobs):
        faults.append("may run for hours")
    if not workflow.get("concurrency", {}).get("cancel-in-progress"):
        faults.append("goes on when a newer change is there")
    if "workflow_dispatch" not in workflow[ON]:
        faults.append("cannot be started by hand")
    return faults


def may_harm(job: dict[str, Any]) -> bool:
    """Whether a job may write: pages may be put there by a job that runs nothing else."""
    if "permissions" not in job:
        return False
    deploys = [step.get("uses", "").startswith("actions/deploy-pages@") for step in job["steps"]]
    only_pages = job["permissions"] == {"pages": "write", "id-token": "write"}
    return not (only_pages and deploys == [True])


def read_commands(workflow: str, job: str) -> list[str]:
    """The commands of a job, in their order."""
    steps = yaml.safe_load(WORKFLOWS[workflow])["jobs"][job]["steps"]
    return [step["run"] for step in steps if "run" in step]


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_a_workflow_is_pinned_may_only_read_and_knows_no_secret(name: str) -> None:
    assert find_faults(WORKFLOWS[name]) == []


def replace(old: str, new: str) -> Callable[[str], str]:
    """A change to the text of a workflow that has to meet something."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    "plant",
    [
        lambda text: re.sub(r"@[0-9a-f]{40} #", "@", text, count=1),
        lambda text: re.sub(r"@([0-9a-f]{7})[0-9a-f]{33}", r"@\1", text, count=1),
        lambda text: re.sub(r" # v[\d.]+", "", text, count=1),
        replace("contents: read", "contents: write"),
        replace("permissions:\n  contents: read\n", ""),
        replace(
            "    timeout-minutes: 60\n", "    permissions: write-all\n    timeout-minutes: 9\n"
        ),
        replace(
            "    timeout-minutes: 60\n",
            "    permissions: {pages: write, id-token: write}\n    timeout-minutes: 9\n",
        ),
        replace("    timeout-minutes: 60\n", ""),
        replace("pull_request:", "pull_request_target:"),
        replace("persist-credentials: false", "persist-credentials: true"),
        replace("        with:\n          persist-credentials: false\n", ""),
        replace("make test LONG=1", "make test TOKEN=${{ secrets.TOKEN }}"),
        replace("make test LONG=1", "echo ${{ github.event.pull_request.title }}"),
        replace("cancel-in-progress: true", "cancel-in-progress: false"),
        replace("  workflow_dispatch:\n", ""),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[str], str]) -> None:
    assert find_faults(plant(WORKFLOWS["test"]))


def test_every_change_runs_all_checks_on_each_python(
    project: dict[str, Any],
) -> None:
    workflow = yaml.safe_load(WORKFLOWS["test"])
    assert workflow[ON]["pull_request"] is None, "a change that touches some files is not tested"
    assert read_commands("test", "make-test") == ["make test LONG=1 PYTHON=python"]
    named = re.compile(r"Programming Language :: Python :: (3\.\d+)")
    pythons = [match[1] for line in project["classifiers"] if (match := named.fullmatch(line))]
    assert workflow["jobs"]["make-test"]["strategy"]["matrix"]["python"] == pythons


@pytest.mark.parametrize(("workflow", "job"), WITHOUT_MAKE)
def test_the_set_up_without_make_is_that_of_the_guide(workflow: str, job: str, page: str) -> None:
    set_up = [line for line in read_commands(workflow, job) if line.startswith("pip install")]
    assert set_up == re.findall(r"`(pip install [^`]+)`", page)


def test_a_pull_request_with_polls_runs_the_check_that_contributors_run() -> None:
    paths = yaml.safe_load(WORKFLOWS["check-polls"])[ON]["pull_request"]["paths"]
    assert {"polls/data/**", "polls/datapackage.json"} <= set(paths)
    assert read_commands("check-polls", "check")[-2:] == [
        "python -m polls check",
        "python -m polls diff HEAD^1 polls/data",
    ]


@pytest.mark.parametrize("job", ["lowest", "newest"])
def test_both_ends_of_the_versions_are_tried_as_the_guide_says(job: str, page: str) -> None:
    commands = read_commands("weekly", job)
    assert commands[0] == "pip install uv"
    assert "\n".join(commands[1:]) in page


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    """The text of CONTRIBUTING.md."""
    return (root / "CONTRIBUTING.md").read_text(encoding="utf-8")

"""What list experiments found is told in a sentence that holds for any further one."""

from collections.abc import Callable

import pandas as pd
import pytest

import polls
from analysis.findings import list_experiments, say_lists
from figures import FittedPolls

TABLES = {**polls.load(), "arms": polls.experiments()}
STUDIES = TABLES["indirect"]
# One list with printed numbers is there, whichever come in later.
FIRST = (STUDIES["kind"] != "list") | (STUDIES["house_id"] == "chapkovski_schaub")
MADE = {
    "study": "Made", "kind": "list", "construct_id": "support", "mode": "cati", "n": 2500,
    "technique": "list experiment", "direct_pct": 60.0, "indirect_pct": 54.0,
}  # fmt: skip


@pytest.fixture
def tell() -> Callable[..., str]:
    """Add made studies in front of the table, and tell all."""

    def run(*studies: dict[str, object]) -> str:
        there = STUDIES[FIRST]
        made = pd.DataFrame([MADE | study for study in studies]).reindex(columns=there.columns)
        table = pd.concat([made.astype(there.dtypes), there], ignore_index=True)
        fitted = FittedPolls(TABLES | {"indirect": table}, polls.series)
        return say_lists(list_experiments(fitted))

    return run


def test_the_last_is_the_one_known_last_wherever_it_stands(tell: Callable[..., str]) -> None:
    """Not the last row of the table: studies come in as they are found."""
    told = tell({"period": "published 2030-02-01", "se": 2.0}, {"period": "2021"})
    words = "3 experiments with printed numbers let people answer in secret; in the last, of 2030:"
    assert told == f"{words} 10 percent of those who said yes did not then, between 3 and 17."


@pytest.mark.parametrize(
    ("study", "found"),
    [
        ({"se": 2.0}, "10 percent of those who said yes did not then, between 3 and 17."),
        ({}, "did not then, between 0 and 23 on an error that we had to assume."),
        ({"n": None}, ": 10 percent of those who said yes did not then."),
        ({"indirect_pct": 62.0, "se": 2.0}, "; in the last, of 2030: support was no lower."),
    ],
)
def test_only_what_was_printed_or_assumed_is_said(
    study: dict[str, object], found: str, tell: Callable[..., str]
) -> None:
    assert tell({"period": "June 2030"} | study).endswith(found)

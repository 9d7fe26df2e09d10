"""The recomputed Chronicles values agree with those that the project published."""

import csv

import pandas as pd
import pytest
from helpers.paths import SHARED, TESTS

import polls

HERE = TESTS / "data"
PUBLISHED = SHARED / "data/harvest/chronicles_published"
KEYS = ["poll_id", "question_id", "subgroup", "option"]
# Half a unit of the whole number printed, and half of one of the two digits recomputed.
ROUNDING = 0.505


@pytest.fixture(scope="module")
def crosswalk() -> pd.DataFrame:
    """Published values that have a recomputed counterpart, by id."""
    return pd.read_csv(HERE / "chronicles_crosswalk.csv", dtype="str")


def test_the_crosswalk_leads_to_values_of_the_tables(crosswalk: pd.DataFrame) -> None:
    """Every row of the crosswalk is an answer, nearly all of them recomputed ones."""
    answers = polls.load()["answers"]
    known = pd.MultiIndex.from_frame(answers[KEYS])
    origin = crosswalk.merge(answers, on=KEYS)["origin"]
    assert (origin == "recomputed").sum() > 300
    assert pd.MultiIndex.from_frame(crosswalk[KEYS]).isin(known).all()


def test_published_and_recomputed_values_agree(crosswalk: pd.DataFrame) -> None:
    """Within rounding, but for the differences that are listed with their explanation."""
    if not PUBLISHED.is_dir():
        pytest.skip("the published values (../shared/data/harvest) are with the maintainers only")
    with (PUBLISHED / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = pd.DataFrame(list(csv.DictReader(file)))
    published = rows.rename(
        columns={"question_id": "pub_question_id", "answer": "pub_option", "pct": "pub_pct"}
    ).rename(columns={"subgroup": "pub_subgroup"})
    pub_keys = ["poll_id", "pub_question_id", "pub_subgroup", "pub_option"]
    both = crosswalk.merge(published[[*pub_keys, "pub_pct"]], on=pub_keys, how="left")
    assert both["pub_pct"].notna().all(), both[both["pub_pct"].isna()]
    answers = polls.load()["answers"][[*KEYS, "share_pct"]]
    both = both.merge(answers, on=KEYS)
    gap = (both["pub_pct"].astype(float) - both["share_pct"]).abs()
    off = both[gap > ROUNDING + 0.05]  # answers.csv carries one digit of the two recomputed
    known = pd.read_csv(HERE / "chronicles_differences.csv", dtype="str")
    assert known["explanation"].str.len().gt(10).all()
    listed = set(known[pub_keys].itertuples(index=False, name=None))
    found = set(off[pub_keys].itertuples(index=False, name=None))
    assert found <= listed, found - listed
    near = both.merge(known[pub_keys], on=pub_keys)
    gap = (near["pub_pct"].astype(float) - near["share_pct"]).abs()
    assert (gap > 0.45).all(), "a listed difference is gone: take it off the list"


def test_the_preliminary_wave_enters_as_excluded() -> None:
    """The release of September 2024 that the final wave replaced is kept and never used."""
    frames = polls.load()
    wave = frames["polls"].query("poll_id == 'chronicles-2024-09-17'").iloc[0]
    assert wave["quality"] == "exclude"
    assert wave["quality_reason"]
    assert (frames["answers"]["poll_id"] == "chronicles-2024-09-17").sum() == 5
    for construct in ("support", "withdraw"):
        assert "chronicles-2024-09-17" not in set(polls.series(construct)["poll_id"])

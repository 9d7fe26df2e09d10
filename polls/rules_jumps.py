"""Rules on a share against the same share of other waves and of the groups it is made of."""

from collections.abc import Iterator

import pandas as pd

from polls.findings import Finding, cell, find
from polls.rules_keys import Frames, Rule, look_up

# Changes of a share from wave to wave: six times the usual one of its series, and at
# least as much as two samples of 1,600 with a design effect of 2 differ by chance.
USUAL_CHANGES = 6
LEAST_JUMP = 7.0
FEWEST_CHANGES = 3
# Groups into which a dimension divides all respondents of a wave.
HALVES = [("sex:male", "sex:female")]


def check_jumps(frames: Frames) -> Iterator[Finding]:
    """A share does not jump away from the house's waves around it and back."""
    answers = frames["answers"]
    day = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")["latest"]
    mine = answers[answers["subgroup"] == "all"].dropna(subset=["question_id", "option"])
    mine = mine.assign(day=look_up(mine["poll_id"], day))
    mine = mine.sort_values(["question_id", "option", "day"], kind="stable")
    series = [mine["question_id"], mine["option"]]
    share = mine.groupby(series)["share_pct"]
    before, after = share.shift(1), share.shift(-1)
    change = (mine["share_pct"] - before).abs()
    usual = change.groupby(series).transform("median")
    known = change.groupby(series).transform("count") >= FEWEST_CHANGES
    limit = (USUAL_CHANGES * usual).clip(lower=LEAST_JUMP).where(known, 3 * LEAST_JUMP)
    # Inside a series the neighbours agree with each other and not with the share;
    # at its ends only one neighbour speaks, and has to speak louder.
    around = (before + after) / 2
    inside = (mine["share_pct"] - around).abs() - (before - after).abs() / 2 > limit
    neighbour = before.fillna(after)
    at_end = (before.isna() | after.isna()) & ((mine["share_pct"] - neighbour).abs() > 1.5 * limit)
    expected = around.fillna(neighbour)
    yield from find(
        "answers",
        inside | (at_end & known),
        "share_pct",
        "jump",
        lambda line: f"{cell(mine, line, 'share_pct'):g}, the waves around it {expected[line]:g}.",
        "read the share again; a jump that is real is named in reviewed.csv.",
        "review",
    )


def check_halves(frames: Frames) -> Iterator[Finding]:
    """The share of all lies between those of men and women."""
    answers = frames["answers"]
    keys = ["poll_id", "question_id", "option"]
    for one, other in HALVES:
        mine = answers[answers["subgroup"].isin(["all", one, other])].dropna(subset=keys)
        mine = mine.drop_duplicates([*keys, "subgroup"])
        wide = mine.pivot_table("share_pct", index=keys, columns="subgroup")
        wide = wide.reindex(columns=["all", one, other])
        low, high = wide[[one, other]].min(axis=1), wide[[one, other]].max(axis=1)
        # A rounded share may lie half a unit outside; one point covers three of them.
        gap = pd.concat([low - wide["all"], wide["all"] - high], axis=1).max(axis=1)
        strange = gap[(gap > 1) & wide.notna().all(axis=1)]
        total = mine[mine["subgroup"] == "all"]
        found = pd.MultiIndex.from_frame(total[keys]).isin(strange.index)
        message = f"the share of all lies outside those of {one} and {other}."
        cure = "read the three again."
        wrong = pd.Series(found, index=total.index)
        yield from find("answers", wrong, "share_pct", "halves", message, cure, "review")


JUMP_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("answers", "polls"), check_jumps),
    (("answers",), check_halves),
]

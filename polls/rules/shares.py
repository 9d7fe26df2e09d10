"""Rules on shares beside others of the same question: in time, of groups, of the other side."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from polls.rules.rule import Frames, Rule, look_up
from polls.tables import Finding, cell, find
from polls.tidy import KEYS, derive_shares

ASKED = ["question_id", "option"]
# Changes of a share from wave to wave: six times the usual one of its series, and at
# least as much as two samples of 1,600 with a design effect of 2 differ by chance
# once in sixty times.
USUAL_CHANGES = 6
LEAST_JUMP = 6.0
FEWEST_CHANGES = 3
# In a longer series the usual change is known better: four of them are enough, and as much as
# that chance of a share of its size (six points of a half, less of a small or a large share).
MANY_CHANGES, USUAL_CHANGES_OF_MANY = 10, 4
# A group that lies this much nearer to the other side than to its own is one of politics
# (those who disapprove of the president), or an option exchanged.
NEARER_POINTS = 18.0
# So is a share that lies this much nearer to what the other side has in the house's other waves.
TURNED_POINTS = 10.0
# One side of a question is printed for one group and the other for so many: a habit of the report.
FEWEST_OTHERS = 2
# Of a group of which one side is printed, at most so many waves for each that prints the other.
FEW_OF_OTHERS = 0.25
OTHER_SIDE = {
    "for": "against",
    "against": "for",
    "total_for": "total_against",
    "total_against": "total_for",
}
# Groups into which a dimension divides all respondents of a wave.
HALVES = [("sex:male", "sex:female")]
# Farther from the share of all no group of these kinds lies; those of politics do.
FARTHEST = {"sex": 12.0, "tv": 16.0, "education": 12.0, "income": 12.0, "finances": 12.0}
# These divide more, and hardly ever more than this.
FARTHEST |= {"place": 30.0, "media": 30.0, "youtube": 30.0, "age": 42.0}
# Those of middle age, and those who live in no large city, are near to all: none so far.
MIDDLE_AGES, FARTHEST_OF_MIDDLE = (30, 64), 15.0
SMALL_PLACES = ["village", "under100k", "100k_to_500k", "500k+"]
FARTHEST_OF_SMALL = 12.0
# Opinion goes one way with age: no middle group lies outside those younger and older by so much.
AGE_TURN = 4.0
# Of adults in Russia 55 in 100 are women (population.csv); three rounded shares are a point off.
WOMEN, SEXES_APART = 0.55, 2.0
# Kinds whose groups, where several are printed, are the two ends of it: all lie between.
DIVIDING = ["sex", "education", "income", "finances", "direction", "putin", "army", "support"]
DIVIDING += ["talks", "undo", "abroad"]
BESIDE_ENDS = 3.0
# Nor is any of them several times as many, or as few, where that is points at all.
MOST_TIMES = 3.5
# A group lies as far from all respondents as in other waves, but for the errors of a small one.
USUAL_GAP = 8.0
# Answers that a house prints together leave about the same rest: of all respondents within ten
# points (more or fewer had none), of a group, which may be the young, within fifteen.
SAME_REST = 10.0
SAME_REST_GROUP = 15.0
FEWEST_SUMS = 3
# People under one heading are of one mind where more say the same.
LARGEST_SHARE = 96.0
# Sets of answers that leave more than this are parts that can rise and fall together: how far
# is told by the waves themselves, of which there have to be some.
LARGEST_REST = 15.0
FEWEST_OF_PARTS = 5
FAR_OF_PARTS = 5 * 1.4826  # median deviations: five standard deviations


def check_jumps(frames: Frames) -> Iterator[Finding]:
    """A share does not jump away from the house's waves around it and back."""
    answers = frames["answers"]
    day = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")["latest"]
    # Recomputed shares of groups are held against their other weightings instead.
    read = (answers["subgroup"] == "all") | (answers["origin"] == "printed")
    mine = answers[read].dropna(subset=["question_id", "option", "subgroup"])
    mine = mine.assign(day=look_up(mine["poll_id"], day))
    keys = ["question_id", "option", "subgroup"]
    mine = mine.sort_values([*keys, "day"], kind="stable")
    series = [mine[key] for key in keys]
    share = mine.groupby(series)["share_pct"]
    before, after = share.shift(1), share.shift(-1)
    change = (mine["share_pct"] - before).abs()
    usual = change.groupby(series).transform("median")
    known = change.groupby(series).transform("count") >= FEWEST_CHANGES
    limit = (USUAL_CHANGES * usual).clip(lower=LEAST_JUMP).where(known, 3 * LEAST_JUMP)
    # Inside a series the neighbours agree with each other and not with the share;
    # at its ends only one neighbour speaks, and has to speak louder.
    around = (before + after) / 2
    middle = (mine["share_pct"] + around).div(2).clip(1, 99)
    by_chance = LEAST_JUMP / 50 * (middle * (100 - middle)) ** 0.5
    closer = (USUAL_CHANGES_OF_MANY * usual).clip(lower=by_chance)
    many = change.groupby(series).transform("count") >= MANY_CHANGES
    # A slip in a short series makes changes large that pass for its usual ones: between two
    # waves that agree no more than what a series of unknown changes may do is believed. (What
    # was derived is held against its counts.)
    most = limit.clip(upper=3 * LEAST_JUMP).where(mine["origin"] != "derived", limit)
    most = most.mask(many, np.minimum(most, closer))
    inside = (mine["share_pct"] - around).abs() - (before - after).abs() / 2 > most
    neighbour = before.fillna(after)
    at_end = (before.isna() | after.isna()) & ((mine["share_pct"] - neighbour).abs() > 1.5 * limit)
    expected = around.fillna(neighbour)
    yield from find(
        "answers",
        inside | at_end,
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


def check_group_side(frames: Frames) -> Iterator[Finding]:
    """A group of which one side is printed is nearer to that side of all than to the other."""
    printed = _read_sides(frames)
    keys = ["poll_id", "question_id"]
    whole = printed[printed["subgroup"] == "all"].drop_duplicates([*keys, "pole"])
    share = whole.set_index([*keys, "pole"])["share_pct"]
    groups = printed[printed["subgroup"] != "all"]
    alone = ~groups.duplicated([*keys, "subgroup"], keep=False)
    # Groups that are no opinion are so near to all that also a sum of parts, and what the other
    # side leaves, tell on which side they are.
    summed, near = _sum_sides(frames), _kind(groups).isin(FARTHEST)

    def read(side: str) -> pd.Series:
        wanted = pd.MultiIndex.from_frame(groups[[*keys, side]])
        added = pd.Series(summed.reindex(wanted).array, groups.index).where(near)
        return pd.Series(share.reindex(wanted).array, groups.index).fillna(added)

    mine, other = read("pole"), read("other")
    mine = mine.fillna((100 - other).clip(upper=groups["share_pct"]).where(near))
    nearer = (groups["share_pct"] - mine).abs() - (groups["share_pct"] - other).abs()
    yield from find(
        "answers",
        alone & (nearer > NEARER_POINTS),
        "option",
        "group_side",
        *_look_again(
            groups,
            lambda line: f"of all {mine[line]:g}, and {other[line]:g} on the other side",
        ),
    )


def _read_sides(frames: Frames) -> pd.DataFrame:
    """Printed answers on a side, by line, with its pole and strength, and the other side's pole."""
    answers, options = frames["answers"], frames["options"].drop_duplicates(ASKED)
    rows = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    known = options.set_index(ASKED).reindex(pd.MultiIndex.from_frame(rows[ASKED]))
    rows = rows.assign(pole=known["pole"].array, strength=known["strength"].fillna("").array)
    rows = rows.assign(side=rows["pole"].str.removeprefix("total_"))
    return rows.assign(other=rows["pole"].map(OTHER_SIDE)).dropna(subset="other")


def _look_again(
    rows: pd.DataFrame, say: Callable[[int], str]
) -> tuple[Callable[[int], str], str, str]:
    """Message, cure and level where an option may be another: share, group, and what others say."""
    return (
        lambda line: (
            f"{cell(rows, line, 'share_pct'):g} of {cell(rows, line, 'subgroup')}; {say(line)}."
        ),
        "read group, option and share again; one that is printed so is named in reviewed.csv.",
        "review",
    )


def _kind(groups: pd.DataFrame) -> pd.Series:
    """What a group is one of, such as age."""
    return groups["subgroup"].str.split(":").str[0]


def _sum_sides(frames: Frames) -> pd.Series:
    """Sides of all respondents as totals, where those were not printed from all their parts."""
    answers = frames["answers"]
    shares = derive_shares(answers[answers["subgroup"] == "all"], frames["options"])
    totals = {"for_pct": "total_for", "against_pct": "total_against"}
    keys = ["poll_id", "question_id"]
    long = shares.rename(columns=totals).melt(keys, list(totals.values()), "pole", "share_pct")
    return long.dropna().set_index([*keys, "pole"])["share_pct"]


def check_lone_side(frames: Frames) -> Iterator[Finding]:
    """No group is the only one of its wave to stand on a side, where several stand on the other."""
    rows = _read_sides(frames)
    asked = ["poll_id", "question_id"]
    others = rows.groupby(asked)["side"].transform("size") - 1
    same = rows.groupby([*asked, "side"])["side"].transform("size") - 1
    yield from find(
        "answers",
        (rows["subgroup"] != "all") & (same == 0) & (others >= FEWEST_OTHERS),
        "option",
        "lone_side",
        *_look_again(
            rows,
            lambda line: (
                f"the wave's other {others[line]} answers to the question are on the other side"
            ),
        ),
    )


def check_same_options(frames: Frames) -> Iterator[Finding]:
    """Of groups of one kind a wave prints the same options."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    rows = printed[printed["subgroup"] != "all"].reset_index(names="line")
    sets = rows.groupby(KEYS, sort=False).agg(line=("line", "min"), options=("option", _name_set))
    sets = sets.reset_index()
    sets = sets.assign(kind=_kind(sets), size=sets["options"].str.count(r"\|"))
    asked = [sets[name] for name in ("poll_id", "question_id", "kind", "size")]
    groups = sets.groupby(asked)["line"].transform("size")
    alike = sets.groupby([*asked, sets["options"]])["line"].transform("size")
    most = alike.groupby(asked).transform("max")
    for row in sets[(alike == 1) & (most == groups - 1) & (most >= FEWEST_OTHERS)].itertuples():
        message = f"{row.options} of {row.subgroup}; the groups beside it have other options."
        cure = "read group and options again; one that is printed so is named in reviewed.csv."
        line = int(str(row.line))
        yield Finding("answers", line, "option", "same_options", message, cure, "review")


def _name_set(options: pd.Series) -> str:
    return " | ".join(sorted(options))


def check_one_mind(frames: Frames) -> Iterator[Finding]:
    """No printed share is that of all but a few."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"]
    yield from find(
        "answers",
        printed["share_pct"] > LARGEST_SHARE,
        "share_pct",
        "one_mind",
        lambda line: f"{cell(printed, line, 'share_pct'):g}: hardly anybody says otherwise.",
        "read the share again; one that is printed so is named in reviewed.csv.",
        "review",
    )


def check_usual_side(frames: Frames) -> Iterator[Finding]:
    """A group of which one side is printed has that side in the house's other waves, too."""
    rows = _read_sides(frames)
    mine = rows[~rows.duplicated(KEYS, keep=False)]
    series = ["question_id", "subgroup"]
    waves = mine.groupby(series)["poll_id"].transform("size")
    same = mine.groupby([*series, "side"])["poll_id"].transform("size")
    others = waves - same
    yield from find(
        "answers",
        (others >= FEWEST_OTHERS) & (same - 1 <= FEW_OF_OTHERS * others),
        "option",
        "usual_side",
        *_look_again(
            mine,
            lambda line: f"the other side is what {others[line]} other waves print of it",
        ),
    )


def check_left_by_other(frames: Frames) -> Iterator[Finding]:
    """A group's side is not larger than what its other side usually leaves."""
    rows = _read_sides(frames)
    rows = rows[(rows["subgroup"] != "all") & (rows["strength"] == "")]
    series = ["question_id", "subgroup"]
    usual = rows.groupby([*series, "pole"])["share_pct"].agg(["median", "size"])
    facing = usual[usual["size"] >= FEWEST_CHANGES]["median"]
    other = pd.Series(
        facing.reindex(pd.MultiIndex.from_frame(rows[[*series, "other"]])).array, rows.index
    )
    yield from find(
        "answers",
        rows["share_pct"] > 100 - other + TURNED_POINTS,
        "option",
        "left_by_other",
        *_look_again(
            rows,
            lambda line: f"the other side usually has {other[line]:g}",
        ),
    )


def check_group_gap(frames: Frames) -> Iterator[Finding]:
    """A group is about as far from all respondents as in the house's other waves."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    sides = _read_sides(frames)
    # Who is less on one side is more on the other: both tell of the same distance.
    whole = sides[sides["strength"] == ""]["side"].reindex(printed.index)
    rows = printed.assign(
        what=printed["option"].where(whole.isna(), "sides"),
        sign=(whole == "against").fillna(False).map({True: -1.0, False: 1.0}),
    )
    keys = ["poll_id", *ASKED]
    of_all = rows[rows["subgroup"] == "all"].drop_duplicates(keys).set_index(keys)["share_pct"]
    groups = rows[rows["subgroup"] != "all"]
    expected = of_all.reindex(pd.MultiIndex.from_frame(groups[keys]))
    gap = (groups["share_pct"] - expected.array) * groups["sign"]
    series = gap.groupby([groups[name] for name in ("question_id", "what", "subgroup")])
    usual, known = series.transform("median"), series.transform("count")
    yield from find(
        "answers",
        ((gap - usual).abs() > USUAL_GAP) & (known >= FEWEST_OTHERS),
        "share_pct+option",
        "group_gap",
        lambda line: (
            f"{cell(groups, line, 'share_pct'):g} of {cell(groups, line, 'subgroup')} is "
            f"{abs(gap[line]):g} points from all respondents, usual is {abs(usual[line]):g}."
        ),
        "read group, option and share again; a group that has moved is named in reviewed.csv.",
        "review",
    )


def check_group_distance(frames: Frames) -> Iterator[Finding]:
    """A group of sex, age, place, schooling, means or media is not far from all respondents."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    keys = ["poll_id", *ASKED]
    whole = printed[printed["subgroup"] == "all"].drop_duplicates(keys)
    groups = printed[printed["subgroup"] != "all"]
    of_all = whole.set_index(keys)["share_pct"].reindex(pd.MultiIndex.from_frame(groups[keys]))
    # A total that was not printed is the sum of its parts.
    poles = frames["options"].drop_duplicates(ASKED).set_index(ASKED)["pole"]
    pole = poles.reindex(pd.MultiIndex.from_frame(groups[ASKED])).array
    sides = pd.MultiIndex.from_frame(groups[["poll_id", "question_id"]].assign(pole=pole))
    summed = pd.Series(_sum_sides(frames).reindex(sides).array, index=groups.index)
    expected = pd.Series(of_all.array, index=groups.index).fillna(summed)
    farthest, distance = _farthest(groups), (groups["share_pct"] - expected).abs()
    pair = pd.concat([groups["share_pct"], expected], axis=1)
    times = pair.max(axis=1) > MOST_TIMES * pair.min(axis=1)
    yield from find(
        "answers",
        (distance > farthest) | (times & farthest.notna() & (distance > min(FARTHEST.values()))),
        "share_pct+subgroup",
        "group_distance",
        lambda line: (
            f"{cell(groups, line, 'share_pct'):g} of {cell(groups, line, 'subgroup')}, "
            f"{expected[line]:g} of all."
        ),
        "read group and share again; a group that does differ is named in reviewed.csv.",
        "review",
    )


def _farthest(groups: pd.DataFrame) -> pd.Series:
    """How far a group of its kind can lie from all respondents."""
    ages = _ages(groups)
    middle = (ages["youngest"] >= MIDDLE_AGES[0]) & (ages["oldest"] <= MIDDLE_AGES[1])
    small = groups["subgroup"].isin([f"place:{place}" for place in SMALL_PLACES])
    farthest = _kind(groups).map(FARTHEST)
    return farthest.mask(middle, FARTHEST_OF_MIDDLE).mask(small, FARTHEST_OF_SMALL)


def _ages(groups: pd.DataFrame) -> pd.DataFrame:
    """Youngest and oldest of the groups of age; nothing for others."""
    years = groups["subgroup"].str.extract(r"^age:(\d+)(?:-(\d+)|\+)$").astype("float64")
    oldest = years[1].mask(years[0].notna() & years[1].isna(), float("inf"))
    return pd.DataFrame({"youngest": years[0], "oldest": oldest})


def check_age_order(frames: Frames) -> Iterator[Finding]:
    """A group of age lies between the next younger and the next older one of its wave."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    rows = printed.join(_ages(printed)).dropna(subset=["youngest", "share_pct"])
    rows = rows.sort_values("youngest", kind="stable")
    asked = [rows[name] for name in ("poll_id", *ASKED)]
    by_age = rows.groupby(asked)
    younger, older = by_age["share_pct"].shift(1), by_age["share_pct"].shift(-1)
    # Groups that overlap are of two tables.
    apart = (by_age["oldest"].shift(1) < rows["youngest"]) & (
        rows["oldest"] < by_age["youngest"].shift(-1)
    )
    pair = pd.concat([younger, older], axis=1)
    outside = np.maximum(rows["share_pct"] - pair.max(axis=1), pair.min(axis=1) - rows["share_pct"])
    yield from find(
        "answers",
        apart & (outside > AGE_TURN),
        "share_pct+subgroup",
        "age_order",
        lambda line: (
            f"{cell(rows, line, 'share_pct'):g} of {cell(rows, line, 'subgroup')}, "
            f"{younger[line]:g} of those younger and {older[line]:g} of those older."
        ),
        "read group and share again; an age that does stand out is named in reviewed.csv.",
        "review",
    )


def check_sexes(frames: Frames) -> Iterator[Finding]:
    """The share of all is that of men and of women, each with its part of the population."""
    answers = frames["answers"]
    keys = ["poll_id", *ASKED]
    groups = ["all", "sex:male", "sex:female"]
    mine = answers[(answers["origin"] == "printed") & answers["subgroup"].isin(groups)]
    mine = mine.dropna(subset=keys).drop_duplicates([*keys, "subgroup"])
    wide = mine.pivot_table("share_pct", index=keys, columns="subgroup").reindex(columns=groups)
    mixed = (1 - WOMEN) * wide["sex:male"] + WOMEN * wide["sex:female"]
    total = mine[mine["subgroup"] == "all"]
    expected = mixed.reindex(pd.MultiIndex.from_frame(total[keys]))
    expected.index = total.index
    yield from find(
        "answers",
        (total["share_pct"] - expected).abs() > SEXES_APART,
        "share_pct",
        "sexes",
        lambda line: (
            f"{cell(total, line, 'share_pct'):g} of all, by men and women {expected[line]:.1f}."
        ),
        "read the three again.",
        "review",
    )


def check_between(frames: Frames) -> Iterator[Finding]:
    """All respondents lie between the groups that divide them, and these not too far apart."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option", "share_pct"])
    groups = printed[printed["subgroup"] != "all"]
    groups = groups.assign(kind=_kind(groups), **_ages(groups)).reset_index(names="line")
    keys = ["poll_id", *ASKED]
    by_kind = groups.groupby([*keys, "kind"], sort=False)
    ends = by_kind.agg(
        line=("line", "min"),
        low=("share_pct", "min"),
        high=("share_pct", "max"),
        groups=("subgroup", "nunique"),
        youngest=("youngest", "min"),
        oldest=("oldest", "max"),
    )
    ends = ends[ends["groups"] > 1].reset_index()
    whole = printed[printed["subgroup"] == "all"].drop_duplicates(keys).set_index(keys)["share_pct"]
    poles = frames["options"].drop_duplicates(ASKED).set_index(ASKED)["pole"]
    pole = poles.reindex(pd.MultiIndex.from_frame(ends[ASKED])).array
    sides = pd.MultiIndex.from_frame(ends[["poll_id", "question_id"]].assign(pole=pole))
    summed = pd.Series(_sum_sides(frames).reindex(sides).array, index=ends.index)
    of_all = whole.reindex(pd.MultiIndex.from_frame(ends[keys]))
    ends["all"] = pd.Series(of_all.array, index=ends.index).fillna(summed)
    divide = ends["kind"].isin(DIVIDING) | (
        (ends["youngest"] <= 18) & (ends["oldest"] == float("inf"))
    )
    outside = np.maximum(ends["low"] - ends["all"], ends["all"] - ends["high"])
    farthest = ends["kind"].map(FARTHEST).astype("float64")  # of no groups it would be words
    far = ends["high"] - ends["low"] > 2 * farthest
    ends["told"] = [f", {share:g} of all" if share >= 0 else "" for share in ends["all"]]
    for row in ends[(divide & (outside > BESIDE_ENDS)) | far].itertuples():
        message = f"{row.low:g} to {row.high:g} of the groups of {row.kind}{row.told}."
        cure = "read groups and shares again; such that do differ are named in reviewed.csv."
        line = int(str(row.line))
        column = "share_pct+subgroup"
        yield Finding("answers", line, column, "between", message, cure, "review")


def check_side(frames: Frames) -> Iterator[Finding]:
    """A share is nearer to its side in the house's other waves than to the other side."""
    rows = _read_sides(frames)
    series = ["question_id", "subgroup", "strength"]
    shares = rows.groupby([*series, "pole"])["share_pct"]
    own = shares.transform(lambda group: find_median_of_others(group.to_numpy()))
    others = shares.transform("count") - 1
    facing = shares.median().reindex(pd.MultiIndex.from_frame(rows[[*series, "other"]]))
    other = pd.Series(facing.array, index=rows.index)
    nearer = (rows["share_pct"] - own).abs() - (rows["share_pct"] - other).abs()
    limit = (others >= FEWEST_CHANGES).map({True: TURNED_POINTS, False: 2 * TURNED_POINTS})
    yield from find(
        "answers",
        nearer > limit,
        "option",
        "side",
        *_look_again(
            rows,
            lambda line: f"usual is {own[line]:g}, and {other[line]:g} on the other side",
        ),
    )


def find_median_of_others(shares: np.ndarray) -> np.ndarray:
    """Median of all the others, for each share of a series; nothing where it is the only one.

    Examples
    --------
    >>> find_median_of_others(np.array([70.0, 40.0, 60.0])).tolist()
    [50.0, 65.0, 55.0]
    >>> find_median_of_others(np.array([70.0, np.nan])).tolist()
    [nan, nan]
    """
    known = np.sort(shares[~np.isnan(shares)])
    if len(known) < 2:
        return np.full(len(shares), np.nan)
    # Where a share is taken away, those from its place on move down by one.
    place = np.searchsorted(known, shares)
    low, high = (len(known) - 2) // 2, (len(known) - 1) // 2
    middle = [known[rank + (place <= rank)] for rank in (low, high)]
    return np.where(np.isnan(shares), np.nan, (middle[0] + middle[1]) / 2)


def check_same_rest(frames: Frames) -> Iterator[Finding]:
    """The same answers to one question leave about the same rest in each wave and group."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"].dropna(subset=[*KEYS, "option"])
    by_group = printed.reset_index(names="line").groupby(KEYS, sort=False)
    sums = by_group.agg(
        line=("line", "min"), total=("share_pct", "sum"), answers=("option", "|".join)
    ).reset_index()
    alike = sums.groupby(["question_id", "answers"])["total"]
    usual, known = alike.transform("median"), alike.transform("size")
    limit = (sums["subgroup"] == "all").map({True: SAME_REST, False: SAME_REST_GROUP})
    gap = (sums["total"] - usual).abs()
    spread = gap.groupby([sums["question_id"], sums["answers"]]).transform("median")
    whole = usual.between(100 - LARGEST_REST, 101)
    # Of all respondents, where several waves hardly differ, the next one hardly does.
    several = (sums["subgroup"] == "all") & (known >= FEWEST_OF_PARTS) & whole
    limit = limit.mask(several, (FAR_OF_PARTS * spread).clip(SAME_REST / 2, SAME_REST))
    wrong = (gap > limit) & whole & (known >= FEWEST_SUMS)
    wrong |= (gap > (FAR_OF_PARTS * spread).clip(limit)) & ~whole & (known >= FEWEST_OF_PARTS)
    wrong &= sums["answers"].str.contains("|", regex=False)
    for row in sums.assign(usual=usual)[wrong].itertuples():
        message = f"the printed answers add up to {row.total:g}, usual is {row.usual:g}."
        cure = "read them again; a rest that is printed so is named in reviewed.csv."
        line = int(str(row.line))
        yield Finding("answers", line, "share_pct", "same_rest", message, cure, "review")


SHARE_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("answers", "polls"), check_jumps),
    (("answers",), check_halves),
    (("answers", "options"), check_group_side),
    (("answers", "options"), check_lone_side),
    (("answers", "options"), check_usual_side),
    (("answers",), check_same_options),
    (("answers",), check_one_mind),
    (("answers", "options"), check_left_by_other),
    (("answers", "options"), check_group_gap),
    (("answers", "options"), check_group_distance),
    (("answers",), check_age_order),
    (("answers",), check_sexes),
    (("answers", "options"), check_between),
    (("answers", "options"), check_side),
    (("answers",), check_same_rest),
]

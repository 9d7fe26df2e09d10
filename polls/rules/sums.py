"""Rules on percentages of one question together: sums to 100, totals and parts, weightings."""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among, look_up
from polls.tables import Finding, cell, find
from polls.tidy import KEYS, derive_shares

WEIGHTINGS = ["share_pct", "share_raked_pct", "share_unweighted_pct"]
# Poles of figures that repeat other figures of the same question.
TOTALS = ["total_for", "total_against", "total_no_answer"]
# Options by which a house says who gave no answer; without them a sum may stay below 100.
NON_ANSWER = r"hard|refus|dk|know|undecided|no_answer|no_opinion|declined|unsure|cannot"
# Two rounded parts and a rounded total differ by at most one and a half.
ROUNDED_TOTAL = 1.5
# Of groups, whose parts are weighted, such a total may be two points off.
USUAL_TOTAL_OFF = 2.0
# Sums that a house can have printed itself; what is further from 100 was misread.
ODD_SUM = 3.0
NON_ANSWER_POLES = ["undecided", "refused", "total_no_answer"]
# No question that takes one answer leaves more than a quarter without a side.
MOST_UNSAID = 25.0
ASKED = ["question_id", "option"]
# Of two answers that are alike neither is the total of the other.
FEWEST_SUMMED = 3


def mark_repeats(frames: Frames) -> pd.Series:
    """Which rows of answers repeat parts that were printed beside them, by line."""
    answers, options = frames["answers"], frames["options"]
    known = options.drop_duplicates(["question_id", "option"])
    poles = known.set_index(["question_id", "option"])["pole"]
    keys = pd.MultiIndex.from_frame(answers[["question_id", "option"]])
    pole = pd.Series(poles.reindex(keys).to_numpy(), index=answers.index)
    named = answers["option"].str.endswith("_total").fillna(False)
    total = pole.isin(TOTALS) | (named & pole.isna())
    # A total without its parts stands for them; one whose side is not known may repeat any.
    side = pole.str.removeprefix("total_").replace(
        {"undecided": "no_answer", "refused": "no_answer"}
    )
    rows = answers[KEYS].assign(side=side)
    part = ~total & ~answers["option"].str.contains(NON_ANSWER).fillna(False)
    beside = pd.MultiIndex.from_frame(rows.loc[side.notna() & ~total].drop_duplicates())
    any_part = pd.MultiIndex.from_frame(rows.loc[part, KEYS].drop_duplicates())
    repeats = pd.MultiIndex.from_frame(rows).isin(beside)
    repeats |= side.isna().to_numpy() & pd.MultiIndex.from_frame(rows[KEYS]).isin(any_part)
    return total & repeats


def check_sum(frames: Frames) -> Iterator[Finding]:
    """Single answers add up to 100; where some were not printed or nothing is known, to no more."""
    answers, questions = frames["answers"], frames["questions"]
    choice = questions.drop_duplicates("question_id").set_index("question_id")["single_choice"]
    single = look_up(answers["question_id"], choice.astype("boolean"))
    # A question takes one answer unless it says that it takes several.
    rows = answers[single.fillna(True) & ~mark_repeats(frames)].assign(single=single)
    options = frames["options"].dropna(subset=["question_id", "option"])
    total = options["pole"].isin(TOTALS) | options["option"].str.endswith("_total").fillna(False)
    whole = ~total.groupby(options["question_id"]).transform("any")
    # With totals among the options nothing says which parts there are; check_sides does.
    parts = options[whole]
    offered = parts.groupby("question_id").size()
    silent = parts["option"].str.contains(NON_ANSWER).groupby(parts["question_id"]).any()
    for column in WEIGHTINGS:
        mine = rows[rows[column].notna()]
        if mine.empty:
            continue
        sums = mine.groupby(KEYS, sort=False).agg(
            total=(column, "sum"),
            n=(column, "size"),
            digits=("decimals", "min"),
            origin=("origin", "first"),
            single=("single", "first"),
            largest=(column, "max"),
        )
        question = sums.index.get_level_values("question_id")
        complete = (sums["n"].to_numpy() == offered.reindex(question).to_numpy()) & (
            silent.reindex(question).fillna(False).to_numpy(dtype=bool)
        )
        digits = sums["digits"].astype("float64").fillna(0) if column == "share_pct" else 2.0
        # Each rounded part is off by up to half a unit of its last digit.
        slack = (sums["n"] * 0.5 * 10.0**-digits).clip(0.03, 2.5) + 1e-6
        short = (complete | (sums["origin"] == "recomputed")) & sums["single"].fillna(False)
        off = (sums["total"] > 100 + slack) | (short & (sums["total"] < 100 - slack))
        # Where little is known, a share that is all the others together may be their total.
        summed = (2 * sums["largest"] - sums["total"]).abs() <= ROUNDED_TOTAL
        off &= sums["single"].notna() | ~summed | (sums["n"] < FEWEST_SUMMED)
        if off.any():
            keys = pd.MultiIndex.from_frame(mine[KEYS])
            suspects = mine[keys.isin(sums.index[off])]
            for _, group in suspects.groupby(KEYS, sort=False):
                yield _blame(group, column)


def _blame(group: pd.DataFrame, column: str) -> Finding:
    """Name the answer of a wrong sum that explains it best, else its first row."""
    total = group[column].sum()
    others = group[[name for name in WEIGHTINGS if name != column]].mean(axis=1)
    known = group["single"].notna().all()
    line, level = group.index[0], "error" if known and abs(total - 100) > ODD_SUM else "review"
    if (group["origin"] == "recomputed").all() and others.notna().any():
        # The cell that the correction brings nearest to its other weightings is the slip.
        gain = (group[column] - others).abs() - (group[column] + 100 - total - others).abs()
        line, level = gain.idxmax(), "error"
    lines = f"{group.index.min()} to {group.index.max()}"
    message = f"the answers in lines {lines} add up to {total:.1f}."
    cure = "read them again; a sum that is printed so is named in reviewed.csv."
    if not known:
        cure = "read them again, or say in questions that one may give several answers."
    return Finding("answers", int(line), column, "sum", message, cure, level)


def check_totals(frames: Frames) -> Iterator[Finding]:
    """A printed total is the sum of its printed parts, and not below some of them."""
    answers, options = frames["answers"], frames["options"]
    keys = ["question_id", "option"]
    poles = options[[*keys, "pole"]].dropna().drop_duplicates(keys)
    rows = answers.reset_index(names="line").merge(poles, on=keys)
    # Only groups with a printed total are of interest, and those are few.
    rows["side"] = rows["pole"].str.removeprefix("total_")
    total = rows[rows["pole"].isin(TOTALS[:2])].drop_duplicates([*KEYS, "side"])
    parts = rows[rows["pole"].isin(["for", "against"])]
    sums = parts.groupby([*KEYS, "side"])["share_pct"].agg(["sum", "size"]).reset_index()
    offered = poles.groupby(["question_id", "pole"]).size().rename("offered").reset_index()
    both = total.merge(sums, on=[*KEYS, "side"]).merge(
        offered.rename(columns={"pole": "side"}), on=["question_id", "side"]
    )
    over = both["sum"] - both["share_pct"]
    # A side of which only the strong part is known is not the sum of it.
    graded = options[options["strength"].notna()].groupby(["question_id", "pole"])["strength"]
    one = graded.nunique().eq(1).reindex(pd.MultiIndex.from_frame(both[["question_id", "side"]]))
    complete = (both["size"] == both["offered"]) & ~one.fillna(False).to_numpy(dtype=bool)
    wrong = (over > ROUNDED_TOTAL) | (complete & (over < -ROUNDED_TOTAL))
    for row in both[wrong].itertuples():
        message = f"a total {row.side} of {row.share_pct:g}, its parts add up to {row.sum:g}."
        cure = "read them again; a difference that is printed so is named in reviewed.csv."
        line = int(str(row.line))
        yield Finding("answers", line, "share_pct", "total", message, cure, "review")


def check_lone_part(frames: Frames) -> Iterator[Finding]:
    """A part beside the total of its side is not just what the other side lacks."""
    answers, options = frames["answers"], frames["options"]
    asked = ["question_id", "option"]
    known = options.drop_duplicates(asked).set_index(asked)[["pole", "strength"]]
    printed = answers[answers["origin"] == "printed"].reset_index(names="line")
    rows = printed.join(known, on=asked)
    rows["side"] = rows["pole"].str.removeprefix("total_")
    total = rows[rows["pole"].isin(TOTALS[:2])].groupby([*KEYS, "side"])["share_pct"].first()
    parts = rows[rows["pole"].isin(["for", "against"]) & rows["strength"].notna()]
    by_side = parts.groupby([*KEYS, "side"])["share_pct"].agg(["sum", "size"])
    # What a total leaves to the one part of its side that was not printed.
    alone = by_side.loc[by_side["size"] == 1, "sum"]
    lacks = (total.reindex(alone.index) - alone).rename("lacks").dropna().reset_index()
    mine = parts[pd.MultiIndex.from_frame(parts[[*KEYS, "side"]]).isin(alone.index)]
    pairs = mine.merge(lacks, on=KEYS, suffixes=("", "_other"))
    pairs = pairs[(pairs["share_pct"] > 0) & (pairs["side"] != pairs["side_other"])]
    for row in pairs[(pairs["lacks"] - pairs["share_pct"]).abs() <= ROUNDED_TOTAL].itertuples():
        message = f"{row.share_pct:g}, which is just what the side {row.side_other} lacks."
        cure = "read the option again; one that is printed so is named in reviewed.csv."
        yield Finding("answers", int(str(row.line)), "option", "lone_part", message, cure, "review")


def check_sides(frames: Frames) -> Iterator[Finding]:
    """The sides and the non-answers of one question are 100 together, or less if some lack."""
    answers, options = frames["answers"], frames["options"]
    shares = derive_shares(answers, options)
    first = answers.reset_index(names="line").groupby(KEYS)["line"].first()
    lines = first.reindex(pd.MultiIndex.from_frame(shares[KEYS])).to_numpy()
    poles = pd.crosstab(options["question_id"], options["pole"])
    poles = poles.reindex(shares["question_id"]).reset_index(drop=True)
    none = shares["no_answer_pct"].fillna(shares[["undecided_pct", "refused_pct"]].sum(axis=1))
    total = shares["for_pct"] + shares["against_pct"] + none
    closed = poles.get("other", 0) == 0
    for pole in ("undecided", "refused"):
        asked = poles.get(pole, pd.Series(0, index=poles.index)) > 0
        closed &= ~asked | shares[f"{pole}_pct"].notna() | shares["no_answer_pct"].notna()
    closed &= none > 0
    # Two rounded totals and two rounded non-answers are at most two points off.
    wrong = (total > 102) | (closed & (total < 98))
    cure = "read the shares again, or mend the poles of the options."
    for place in shares.index[wrong.fillna(False)]:
        message = f"for, against and no answer add up to {total[place]:g}."
        line = int(lines[place])
        yield Finding("answers", line, "share_pct", "sides", message, cure, "review")


def check_usual_total(frames: Frames) -> Iterator[Finding]:
    """A total that is elsewhere the sum of two answers of its question is so everywhere."""
    answers = frames["answers"]
    printed = answers[(answers["origin"] == "printed") & answers["share_pct"].notna()]
    rows = printed[[*KEYS, "option", "share_pct"]].dropna().reset_index(names="line")
    named = rows["option"].str.endswith("_total")
    parts = rows.loc[~named & rows["question_id"].isin(rows.loc[named, "question_id"])]
    pairs = parts.merge(parts.drop(columns="line"), on=KEYS, suffixes=("", "_other"))
    pairs = pairs[pairs["option"] < pairs["option_other"]].drop(columns="line")
    sums = rows[named].merge(pairs, on=KEYS, suffixes=("", "_part"))
    parts_sum = sums["share_pct_part"] + sums["share_pct_other"]
    gap = (sums["share_pct"] - parts_sum).abs()
    alike = [sums[name] for name in ("question_id", "option", "option_part", "option_other")]
    fits = (gap <= USUAL_TOTAL_OFF).groupby(alike)
    others = fits.transform("size") - 1
    # One that does not fit is looked at where all others do.
    usual = (fits.transform("sum") == others) & (others >= FEWEST_SUMMED)
    wrong = usual & (gap > USUAL_TOTAL_OFF)
    for row in sums.assign(parts=parts_sum)[wrong].itertuples():
        message = (
            f"{row.option} of {row.share_pct:g}; {row.option_part} and {row.option_other}, "
            f"which it usually sums, add up to {row.parts:g}."
        )
        cure = "read them again; a difference that is printed so is named in reviewed.csv."
        line = int(str(row.line))
        yield Finding("answers", line, "share_pct", "usual_total", message, cure, "review")


def check_unsaid(frames: Frames) -> Iterator[Finding]:
    """Where the two sides of a question were printed, not many are left for those who say none."""
    answers, options, questions = frames["answers"], frames["options"], frames["questions"]
    choice = questions.drop_duplicates("question_id").set_index("question_id")["single_choice"]
    printed = answers[(answers["origin"] == "printed") & ~mark_repeats(frames)]
    named = options.dropna(subset=ASKED).drop_duplicates(ASKED)
    none = named["option"].str.contains(NON_ANSWER) | named["pole"].isin(NON_ANSWER_POLES)
    total = named["pole"].isin(TOTALS) | named["option"].str.endswith("_total")
    named = named.assign(what=total.map({True: "total", False: "part"}).mask(none, "none"))
    # Two options that are all there are, or all totals there are, are the sides.
    said = named[~none]
    offered = said.groupby(["question_id", "what"]).size()
    of_all = said.groupby("question_id").size()
    other = named.loc[named["pole"] == "other", "question_id"]
    rows = printed.reset_index(names="line").merge(named[[*ASKED, "what", "pole"]], on=ASKED)
    sums = rows.groupby(KEYS, sort=False).agg(
        line=("line", "min"),
        total=("share_pct", "sum"),
        n=("option", "size"),
        what=("what", "first"),
        mixed=("what", "nunique"),
        poles=("pole", "nunique"),
        known=("pole", "count"),
    )
    sums = sums.reset_index()
    keys = pd.MultiIndex.from_frame(sums[["question_id", "what"]])
    single = look_up(sums["question_id"], choice.astype("boolean")).fillna(False)
    of_kind = pd.Series(offered.reindex(keys).array, index=sums.index)
    only = look_up(sums["question_id"], of_all).eq(2)
    two = (sums["n"] == 2) & (sums["mixed"] == 1) & of_kind.eq(2)
    two &= only | (sums["what"] == "total")
    two &= ((sums["known"] == 0) | (sums["poles"] == 2)) & ~is_among(sums["question_id"], other)
    for row in sums[single & two & (sums["total"] < 100 - MOST_UNSAID)].itertuples():
        message = f"the two sides add up to {row.total:g}."
        cure = "read them again; a rest that is so large is named in reviewed.csv."
        line = int(str(row.line))
        yield Finding("answers", line, "share_pct", "unsaid", message, cure, "review")


def check_weightings(frames: Frames) -> Iterator[Finding]:
    """The three weightings of a recomputed share stay near each other."""
    answers = frames["answers"]
    mine = answers[answers[WEIGHTINGS].notna().all(axis=1) & answers["base_n"].notna()]
    plain = mine["share_unweighted_pct"]
    # Weights move a share by its sampling error times the spread of the weights;
    # four such errors and a point hold for every value of the open microdata.
    error = (plain.clip(1, 99) * (100 - plain.clip(1, 99))) ** 0.5
    limit = 1 + 4 * error / mine["base_n"].astype("float64") ** 0.5
    for column in WEIGHTINGS[:2]:

        def say(line: int, column: str = column) -> str:
            return f"{cell(mine, line, column):g}, unweighted {plain[line]:g}."

        wrong = (mine[column] - plain).abs() > limit
        cure = "recompute both from the microdata."
        yield from find("answers", wrong, column, "weighting", say, cure, "review")


def check_fraction(frames: Frames) -> Iterator[Finding]:
    """Shares are percentages, not fractions: printed answers that add up to about 1 are a slip."""
    answers = frames["answers"]
    printed = answers[answers["origin"] == "printed"]
    by_group = printed.groupby(KEYS)["share_pct"]
    sums, several = by_group.transform("sum"), by_group.transform("size") >= 2
    yield from find(
        "answers",
        several & sums.between(0.9, 1.1),
        "share_pct",
        "fraction",
        lambda line: f"{cell(printed, line, 'share_pct'):g}, all answers add up to {sums[line]:g}.",
        "multiply by 100.",
    )


SUM_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("answers", "options", "questions"), check_sum),
    (("answers", "options"), check_totals),
    (("answers", "options"), check_lone_part),
    (("answers", "options"), check_sides),
    (("answers",), check_usual_total),
    (("answers", "options", "questions"), check_unsaid),
    (("answers",), check_weightings),
    (("answers",), check_fraction),
]

"""Rules on single percentages: digits, bases, design effects, second readings, derived values."""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among, look_up, without_dust
from polls.tables import Finding, cell, find
from polls.tidy import KEYS

# "computed: 1374 consents of 540687 numbers", as the notes of derived values say.
QUOTIENT = r"computed: ([\d,]+)(?: \w+)? of ([\d,]+)"
SMALL_BASE = 100
READ = ["poll_id", "question_id", "subgroup", "option"]


def check_decimals(frames: Frames) -> Iterator[Finding]:
    """A share has at most as many digits as its column `decimals` says, and so has its question."""
    answers = frames["answers"]
    digits = answers["decimals"].fillna(3).astype("int64")
    scaled = answers["share_pct"] * 10.0**digits
    yield from find(
        "answers",
        without_dust(scaled - scaled.round()).abs() > 0,
        "share_pct+decimals",
        "decimals",
        lambda line: f"{cell(answers, line, 'share_pct'):g} with decimals = {digits[line]}.",
        "read the share again, or mend decimals.",
    )


def check_same_in_group(frames: Frames) -> Iterator[Finding]:
    """Recomputed answers of one question to one group share base, design effect, digits, source."""
    answers = frames["answers"]
    mine = answers[answers["origin"] == "recomputed"]
    group = mine.groupby(KEYS, sort=False).ngroup()
    for column in ("base_n", "design_effect", "decimals", "source_id", "base"):
        values = mine[column].astype("str").fillna("")
        mixed = group[values.groupby(group).transform("nunique") > 1]
        # Most groups are of one mind; only the others are worth a closer look.
        usual = values[mixed.index].groupby(mixed).agg(lambda several: several.mode().iloc[0])
        expected = mixed.map(usual)

        def say(line: int, values: pd.Series = values, expected: pd.Series = expected) -> str:
            return f"{values[line] or 'nothing'}; the answers beside it: {expected[line] or '-'}."

        cure = "all answers of one question to one group have the same one."
        wrong = values[mixed.index] != expected
        yield from find("answers", wrong, column, "same_in_group", say, cure)


def check_instrument(frames: Frames) -> Iterator[Finding]:
    """All answers of one question to one group were read with one instrument."""
    answers = frames["answers"]
    named = answers["instrument"].fillna("")
    mixed = named.groupby([answers[key] for key in KEYS], sort=False).transform("nunique") > 1
    yield from find(
        "answers",
        mixed,
        "instrument",
        "one_instrument",
        lambda line: f"{named[line] or 'nothing'}, and not so in the answers beside it.",
        "place, wording, menu and mode belong to the question: all its answers share them.",
    )


def check_complete(frames: Frames) -> Iterator[Finding]:
    """Recomputed answers carry their base, design effect and all three weightings; no others do."""
    answers = frames["answers"]
    recomputed = answers["origin"] == "recomputed"
    for column in ("base_n", "design_effect", "share_raked_pct", "share_unweighted_pct"):
        wrong = recomputed & answers[column].isna()
        message = "a recomputed answer lacks it."
        cure = "recompute it from the microdata."
        yield from find("answers", wrong, column, "complete", message, cure)
    printed = answers["origin"].isin(["printed", "derived"])
    for column in ("share_raked_pct", "share_unweighted_pct"):
        wrong = printed & answers[column].notna()
        message = "only recomputed answers have it."
        cure = "empty it, or mend origin."
        yield from find("answers", wrong, column, "only_recomputed", message, cure)


def check_base(frames: Frames) -> Iterator[Finding]:
    """No base is larger than its wave; of recomputed waves the largest is the wave."""
    answers, waves = frames["answers"], frames["polls"]
    polls = waves.drop_duplicates("poll_id").set_index("poll_id")
    size = look_up(answers["poll_id"], polls["sample_size"].astype("float64"))
    base = answers["base_n"].astype("float64")
    recomputed = answers["origin"] == "recomputed"
    of_wave = base[recomputed].groupby(answers["poll_id"]).max()
    largest = look_up(waves["poll_id"], of_wave)
    printed = waves["sample_size"].astype("float64")
    # A wave smaller than all of a question's bases has a wrong size itself.
    wrong = largest.notna() & (largest != printed)
    yield from find(
        "polls",
        wrong,
        "sample_size",
        "sample_size",
        lambda line: f"{printed[line]:.0f} interviews, the largest base is {largest[line]:.0f}.",
        "give the number of interviews in the file, or mend the base.",
    )
    yield from find(
        "answers",
        base > size,
        "base_n",
        "base",
        lambda line: f"{base[line]:.0f} interviews of a wave of {size[line]:.0f}.",
        "read base and sample size again.",
    )


def check_small_base(frames: Frames) -> Iterator[Finding]:
    """A recomputed share of fewer than 100 interviews is marked, and only such a share."""
    answers = frames["answers"]
    mine = answers[(answers["origin"] == "recomputed") & answers["base_n"].notna()]
    marked = (mine["doubt"] == "small_base").fillna(False)
    doubt = mine["doubt"].fillna("empty")
    yield from find(
        "answers",
        (mine["base_n"] < SMALL_BASE) != marked,
        "base_n+doubt",
        "small_base",
        lambda line: f"base_n {cell(mine, line, 'base_n')}, doubt {doubt[line]}.",
        f"mark a base under {SMALL_BASE} as small_base, and no other.",
    )


def check_derived(frames: Frames) -> Iterator[Finding]:
    """A derived share is the quotient that its notes give."""
    answers = frames["answers"]
    mine = answers[answers["origin"] == "derived"]
    counts = mine["notes"].str.extract(QUOTIENT)
    part, whole = (counts[side].str.replace(",", "").astype("float64") for side in (0, 1))
    share = 100 * part / whole
    digits = mine["decimals"].fillna(3).astype("float64")
    yield from find(
        "answers",
        without_dust((share - mine["share_pct"]).abs() - 0.5 * 10.0**-digits) > 0,
        "share_pct+notes",
        "derived",
        lambda line: (
            f"{cell(mine, line, 'share_pct'):g}, the counts in notes give {share[line]:.3f}."
        ),
        "compute it again.",
    )
    message = "a derived share without the counts that it comes from."
    cure = 'write "computed: A of B" into notes, or mend origin.'
    yield from find("answers", share.isna(), "origin+notes", "derived_from", message, cure)


def check_confirmations(frames: Frames) -> Iterator[Finding]:
    """A second reading that agrees is within rounding, one that does not differs."""
    answers = frames["answers"]
    entered = answers.reset_index(names="answer_line")[[*READ, "share_pct", "answer_line"]]
    both = frames["confirmations"].reset_index(names="line").merge(entered, on=READ, how="left")
    for row in both[both["answer_line"].isna()].itertuples():
        group = "" if row.subgroup == "all" else f" of {row.subgroup}"
        message = f"{row.poll_id} {row.question_id} {row.option} has no answer{group} to confirm."
        cure = "mend the key, or enter the answer."
        column, line = "poll_id+question_id+option", int(str(row.line))
        yield Finding("confirmations", line, column, "nothing_seen", message, cure)
    gap = without_dust(both["seen_pct"] - both["share_pct"]).abs()
    agrees = both["agrees"].astype("boolean")
    # A second source may round; half a point is the most that rounding hides.
    far = agrees.fillna(False) & (gap > 0.5)
    same = ~agrees.fillna(True) & (gap == 0)
    for row in both[far | same].itertuples():
        message = f"{row.seen_pct:g} was seen, {row.share_pct:g} stands in answers.csv."
        cure = "read both sources again; agrees says whether they are within half a point."
        line = int(str(row.line))
        yield Finding("confirmations", line, "seen_pct+agrees", "agrees", message, cure)
    for row in both[far].itertuples():
        message = f"{row.share_pct:g}, a second source prints {row.seen_pct:g}."
        cure = f"read the source again; see confirmations.csv:{row.line}."
        line = int(float(str(row.answer_line)))
        yield Finding("answers", line, "share_pct", "confirmed", message, cure)


def check_disagreement_marked(frames: Frames) -> Iterator[Finding]:
    """A value on which sources disagree says so in `doubt`."""
    answers, seen = frames["answers"], frames["confirmations"]
    disputed = seen[~seen["agrees"].astype("boolean").fillna(True)]
    mine = answers[is_among(answers["poll_id"], disputed["poll_id"])]
    marked = pd.MultiIndex.from_frame(mine[READ]).isin(pd.MultiIndex.from_frame(disputed[READ]))
    message = "a second source prints another value and `doubt` does not say so."
    cure = "write disagreement, and both values into notes."
    wrong = pd.Series(marked, index=mine.index) & mine["doubt"].isna()
    yield from find("answers", wrong, "doubt", "disagreement", message, cure)


ANSWER_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("answers",), check_decimals),
    (("answers",), check_same_in_group),
    (("answers",), check_instrument),
    (("answers",), check_complete),
    (("answers", "polls"), check_base),
    (("answers",), check_small_base),
    (("answers",), check_derived),
    (("answers", "confirmations"), check_confirmations),
    (("answers", "confirmations"), check_disagreement_marked),
]

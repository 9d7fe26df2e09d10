"""Rules on habits: what differs from the other waves of its house is looked at again.

Days, mode and size of a wave; what `houses` calls usual.
"""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, look_up
from polls.tables import Finding, cell, find

DAYS = ["field_start", "field_end"]
# A habit needs waves to be seen in. With five, one odd wave cannot shift the median.
FEWEST_WAVES = 5
# The share of a house's waves that end on one day of the week, from which on it is a habit.
WEEKDAY_SHARE = 0.8
# 1.4826 median deviations estimate a standard deviation; five of them are no chance.
FAR = 5 * 1.4826
# No house with so few waves has sizes that differ more, nor longer and shorter fieldwork
# (where eight times the least gap counts as the shortest).
FEW_RATIO = 2.1
# A house with as many known sizes, of which at most one in ten stands alone, has fixed ones; at
# a house of which at most one in ten is a round number, that one may be another's or rounded.
SIZES_KNOWN = 10
FEW_OF_TEN = 0.1
# No house has a wave of three times as many interviews as the largest of its others.
MOST_TIMES_OTHERS = 3
# A question that was asked so long before all its other waves, and so many times as long as any
# pause between those, has probably another year.
LONG_BEFORE_DAYS, TIMES_THE_PAUSES = 366, 2
# At a house of which half the sizes stand alone, two waves in a row hardly ever have the same.
HALF_ALONE = 0.5


def check_length(frames: Frames) -> Iterator[Finding]:
    """Fieldwork is about as long as in the house's other waves, publication about as late."""
    polls = frames["polls"]
    length = (polls["field_end"] - polls["field_start"]).dt.days
    far, usual = _far_from_usual(length, _kind(polls), least=2)
    yield from find(
        "polls",
        far,
        "field_start+field_end",
        "field_length",
        lambda line: f"{length[line]:.0f} days after the first, usual is {usual[line]:.0f}.",
        "read the days in the source again.",
        "review",
    )
    # The day a data file was uploaded follows no rhythm (check_waves compares it instead),
    # nor does a day that is only a bound.
    delay = (polls["published"] - polls["field_end"]).dt.days
    delay = delay.where(~polls["published_kind"].isin(["upload", "inferred"]))
    far, wait = _far_from_usual(delay, polls["house_id"], least=5)
    yield from find(
        "polls",
        far,
        "field_end+published",
        "publication_delay",
        lambda line: f"published after {delay[line]:.0f} days, usual is {wait[line]:.0f}.",
        "read the days in the source again.",
        "review",
    )


def check_weekday(frames: Frames) -> Iterator[Finding]:
    """Fieldwork starts and ends on the house's usual days of the week."""
    polls = frames["polls"]
    # A poll of one day has no rhythm of its own.
    longer = polls["field_end"] > polls["field_start"]
    several = polls[longer | polls["field_start"].isna()]
    for column in ("field_start", "field_end"):
        day = several[column].dt.day_name().dropna()
        houses = several["house_id"][day.index]
        counts = day.groupby([houses, day]).transform("size")
        known = day.groupby(houses).transform("size")
        usual = day[counts / known >= WEEKDAY_SHARE].groupby(houses).first()
        expected = houses.map(usual)
        wrong = (day != expected) & expected.notna() & (known >= 2 * FEWEST_WAVES)

        def say(line: int, day: pd.Series = day, expected: pd.Series = expected) -> str:
            return f"a {day[line]}, where this house has a {expected[line]}."

        cure = "read the day in the source again."
        yield from find("polls", wrong, column, "weekday", say, cure, "review")


def check_usual(frames: Frames) -> Iterator[Finding]:
    """Mode and sample size are those of the house's other waves."""
    polls = frames["polls"]
    size = polls["sample_size"].astype("float64")
    far, usual = _far_from_usual(size, _kind(polls), ratio=0.03)
    yield from find(
        "polls",
        far & ~_has_size_of_other_kind(polls),
        "sample_size",
        "usual_size",
        lambda line: f"{size[line]:.0f} interviews, this house usually has {usual[line]:.0f}.",
        "read the sample size again.",
        "review",
    )
    known = polls.dropna(subset=["house_id", "mode"])
    counts = known.groupby(["house_id", "mode"]).size().sort_values()
    usual_mode = counts.reset_index(name="n").drop_duplicates("house_id", keep="last")
    expected = known["house_id"].map(usual_mode.set_index("house_id")["mode"])
    waves = known.groupby("house_id")["mode"].transform("size")
    yield from find(
        "polls",
        (known["mode"] != expected) & (waves >= FEWEST_WAVES),
        "mode",
        "usual_mode",
        lambda line: f"{cell(known, line, 'mode')}, this house usually asks by {expected[line]}.",
        "read the mode again.",
        "review",
    )


def check_known_size(frames: Frames) -> Iterator[Finding]:
    """A house of fixed sizes has one of them, and one that counts exactly prints no round one."""
    polls = frames["polls"]
    known = polls.dropna(subset=["house_id", "sample_size"])
    size = known["sample_size"].astype("int64")
    by_house = size.groupby(known["house_id"])
    waves = by_house.transform("size")
    alone = size.groupby([known["house_id"], size]).transform("size") == 1
    rounded = size % 100 == 0
    # Of fewer waves all others have to agree.
    only = alone & (by_house.transform("nunique") == 2) & (waves >= FEWEST_WAVES)
    for odd, also, words in (
        (alone, only, "no other wave of this house has"),
        (rounded, False, "a round number, and the other waves of this house have none"),
    ):
        rare = odd.groupby(known["house_id"]).transform("mean") <= FEW_OF_TEN

        def say(line: int, words: str = words) -> str:
            return f"{size[line]} interviews, {words}."

        cure = "read the sample size again."
        wrong = (odd & rare & (waves >= SIZES_KNOWN)) | also
        yield from find("polls", wrong, "sample_size", "known_size", say, cure, "review")


def check_size_of_other_house(frames: Frames) -> Iterator[Finding]:
    """A size that one other house has again and again, and nobody else, is that of its waves."""
    polls = frames["polls"]
    known = polls.dropna(subset=["house_id", "sample_size"])
    size = known["sample_size"].astype("int64")
    times = size.groupby([size.rename("size"), known["house_id"]]).size()
    waves = times.groupby("size").agg(["max", "sum"])
    most, all_waves = size.map(waves["max"]), size.map(waves["sum"])
    house = times.groupby("size").idxmax().map(lambda key: key[1])
    alone = (size.map(house) != known["house_id"]) & (all_waves == most + 1)
    yield from find(
        "polls",
        alone & (most >= SIZES_KNOWN),
        "sample_size",
        "size_of_other_house",
        lambda line: (
            f"{size[line]} interviews, as {most[line]} waves of {house[size[line]]} have, and no "
            "other."
        ),
        "read the sample size again.",
        "review",
    )


def check_size_beside_others(frames: Frames) -> Iterator[Finding]:
    """A size is not several times those of its house's other waves, nor that of the wave before."""
    polls = frames["polls"]
    known = polls.dropna(subset=["house_id", "sample_size"]).sort_values("latest", kind="stable")
    size = known["sample_size"].astype("int64")
    by_house = size.groupby(known["house_id"])
    # Where the largest stands at two waves, each of them is the other's largest.
    largest, next_largest = by_house.transform("max"), by_house.transform(_take_second, False)
    smallest, next_smallest = by_house.transform("min"), by_house.transform(_take_second, True)
    far = (size == largest) & (size > MOST_TIMES_OTHERS * next_largest)
    far |= (size == smallest) & (MOST_TIMES_OTHERS * size < next_smallest)
    cure = "read the sample size again."
    yield from find(
        "polls",
        far,
        "sample_size",
        "size_of_others",
        lambda line: (
            f"{size[line]} interviews, the other waves of this house have "
            f"{(next_smallest if size[line] == smallest[line] else smallest)[line]:.0f} to "
            f"{(next_largest if size[line] == largest[line] else largest)[line]:.0f}."
        ),
        cure,
        "review",
    )
    alone = size.groupby([known["house_id"], size]).transform("size") == 1
    exact = alone.groupby(known["house_id"]).transform("mean") >= HALF_ALONE
    exact &= by_house.transform("size") >= SIZES_KNOWN
    before = by_house.shift(1)
    yield from find(
        "polls",
        exact & (size == before),
        "sample_size",
        "size_of_wave_before",
        lambda line: f"{size[line]} interviews, as many as the wave before.",
        cure,
        "review",
    )


def _take_second(sizes: pd.Series, from_smallest: bool) -> float:
    """The size after the smallest or the largest one; nothing where there is no other wave."""
    ordered = sizes.sort_values(ascending=from_smallest)
    return float(ordered.iloc[1]) if len(ordered) > 1 else float("nan")


def check_same_time(frames: Frames) -> Iterator[Finding]:
    """Waves of one house do not overlap in time unless `overlaps` or reviewed.csv says so."""
    polls = frames["polls"].dropna(subset=DAYS)
    pairs = frames["overlaps"][["poll_id", "other_poll_id"]].dropna()
    shared = {frozenset(pair) for pair in pairs.itertuples(index=False, name=None)}
    waves = polls.sort_values(["house_id", "field_start", "field_end"])
    column, cure = "field_start+field_end", "read the days again, or name the pair in overlaps.csv."
    for _, mine in waves.groupby("house_id"):
        last = None  # of the waves so far the one that was in the field longest
        for line, poll, start, end in mine[["poll_id", *DAYS]].itertuples(name=None):
            if last is not None and start <= last[1] and frozenset((poll, last[0])) not in shared:
                message = f"in the field at the same time as {last[0]}."
                yield Finding("polls", int(line), column, "same_time", message, cure, "review")
            if last is None or end >= last[1]:
                last = poll, end


def check_early_wave(frames: Frames) -> Iterator[Finding]:
    """No wave has a question much earlier than all others that have it."""
    polls = frames["polls"].drop_duplicates("poll_id")
    asked = frames["answers"][["poll_id", "question_id"]].dropna().drop_duplicates()
    asked = asked.merge(polls[["poll_id", "latest"]], on="poll_id").dropna()
    asked = asked.sort_values("latest", kind="stable")
    question = asked["question_id"]
    pause = asked["latest"].groupby(question).diff().dt.days
    place = question.groupby(question).cumcount()
    usual = pause.where(place > 1).groupby(question).transform("max")
    many = question.groupby(question).transform("size") >= FEWEST_WAVES
    long = many & (pause >= (TIMES_THE_PAUSES * usual).clip(lower=LONG_BEFORE_DAYS))
    first = asked[place == 0].set_index("question_id")["poll_id"]
    found: dict[str, str] = {}
    second = asked.assign(pause=pause)[long & (place == 1)]
    for row in second.sort_values("question_id").itertuples():
        day = f"{row.latest:%Y-%m-%d}"
        message = f"{row.question_id} asked {row.pause:.0f} days before its next wave of {day}"
        found.setdefault(first[row.question_id], message)
    early = polls["poll_id"].map(found)
    yield from find(
        "polls",
        early.notna(),
        "earliest+latest",
        "early_wave",
        lambda line: f"{early[line]}; no other pause is more than half as long.",
        "read the year in the source again.",
        "review",
    )


def check_house_habits(frames: Frames) -> Iterator[Finding]:
    """What `houses` calls usual is usual in the house's waves."""
    houses = frames["houses"].dropna(subset="house_id").drop_duplicates("house_id")
    polls = frames["polls"]
    usual = look_up(houses["house_id"], usual_delay(polls))
    stated = houses["publication_delay_days"].astype("float64")
    yield from find(
        "houses",
        # The median of an even number of waves is cut to whole days.
        (stated - usual).abs() >= 1,
        "publication_delay_days",
        "usual_delay",
        lambda line: f"{stated[line]:.0f} days, the median of its waves is {usual[line]:g}.",
        "give the median of published - field_end, or read the days of its waves again.",
    )
    sizes = polls["sample_size"].astype("float64").groupby(polls["house_id"])
    size = houses["usual_sample_size"].astype("float64")
    low = look_up(houses["house_id"], sizes.min())
    high = look_up(houses["house_id"], sizes.max())
    # Of many waves some may be larger or smaller; of a few each has the usual size, and of a
    # single one the usual size is its own.
    waves = look_up(houses["house_id"], sizes.count())
    few = waves < FEWEST_WAVES
    largest, smallest = high.where(~few, low), low.where(~few, high)
    yield from find(
        "houses",
        (size > 1.05 * largest)
        | (size < 0.95 * smallest)
        | ((waves == 1) & ((size - low).abs() > 0)),
        "usual_sample_size",
        "usual_range",
        lambda line: f"{size[line]:.0f}; its waves have {low[line]:.0f} to {high[line]:.0f}.",
        "read the usual size again.",
        "review",
    )
    # The largest error of a simple random sample of n is 98 / sqrt(n) points; weights and
    # clusters only add to it, and to more than twice as much at no house.
    simple = 98 / size.fillna(look_up(houses["house_id"], sizes.median())) ** 0.5
    margin = houses["stated_margin_pct"]
    yield from find(
        "houses",
        (margin < 0.95 * simple) | (margin > 2 * simple),
        "stated_margin_pct",
        "margin",
        lambda line: f"{margin[line]:g} points, by the sample size at least {simple[line]:.1f}.",
        "read the margin again.",
        "review",
    )


def usual_delay(polls: pd.DataFrame) -> pd.Series:
    """Median days from the end of fieldwork to publication, by house; inferred days are bounds."""
    delay = (polls["published"] - polls["field_end"]).dt.days
    delay = delay.where(polls["published_kind"] != "inferred")
    of_all = delay.groupby(polls["house_id"]).median()
    # Extra arms and unplaced figures are no waves of their own, unless there is nothing else.
    of_used = delay[polls["quality"] == "use"].groupby(polls["house_id"]).median()
    return of_used.combine_first(of_all)


def _kind(polls: pd.DataFrame) -> pd.Series:
    """House, told apart by polls of one day and longer ones: VCIOM has both kinds."""
    one_day = (polls["field_start"] == polls["field_end"]).map({True: " in a day", False: ""})
    return polls["house_id"] + one_day


def _has_size_of_other_kind(polls: pd.DataFrame) -> pd.Series:
    """Waves of no usual length that have a size which is usual at their house.

    VCIOM's weeks are means of seven days of 1,600 interviews; a survey of another length has 1,600.
    """
    length = (polls["field_end"] - polls["field_start"]).dt.days
    shares = length.groupby([_kind(polls), length]).transform("size")
    usual = shares == shares.groupby(_kind(polls)).transform("max")
    alike = polls.groupby(["house_id", "sample_size"])["poll_id"].transform("size")
    return length.notna() & ~usual & (alike > FEWEST_WAVES)


def _far_from_usual(
    values: pd.Series, groups: pd.Series, *, least: float = 0.0, ratio: float = 0.0
) -> tuple[pd.Series, pd.Series]:
    """Which values lie far from the median of their group, and that median.

    Far is more than `least`, more than `ratio` of the median, and more than five
    standard deviations (estimated from the median deviation). A group of two to
    four waves has a median without a spread: all of it is far where its largest
    is more than FEW_RATIO times its smallest.
    """
    by_group = values.groupby(groups)
    usual, known = by_group.transform("median"), by_group.transform("count")
    gap = (values - usual).abs()
    spread = gap.groupby(groups).transform("median")
    limit = (FAR * spread).clip(lower=least).combine(ratio * usual, max)
    far = (gap > limit) & (known >= FEWEST_WAVES)
    low, high = by_group.transform("min"), by_group.transform("max")
    few = known.between(2, FEWEST_WAVES - 1) & (high > FEW_RATIO * low.clip(lower=8 * least))
    return far | (few & values.notna()), usual


HABIT_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("polls",), check_length),
    (("polls",), check_weekday),
    (("polls",), check_usual),
    (("polls",), check_known_size),
    (("polls",), check_size_beside_others),
    (("polls",), check_size_of_other_house),
    (("polls", "overlaps"), check_same_time),
    (("answers", "polls"), check_early_wave),
    (("houses", "polls"), check_house_habits),
]

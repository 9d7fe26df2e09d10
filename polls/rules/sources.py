"""Rules on sources and on pairs of waves: used, not older than what they report, not strayed."""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among, look_up
from polls.tables import Finding, cell, find, tables

URL_DAY = r"(20[12]\d)[/-]?([01]\d)[/-]?([0-3]\d)(?!\d)"
# Two waves a month apart are often reported together; a table of a series reports many.
SAME_REPORT_DAYS = 62
FEW_WAVES = 2
# A report looks back at the waves of some months; one value of an earlier wave is a comparison.
LOOK_BACK_DAYS = 150
STUDIES = ("indirect", "participation")
# Without one of the tables that cite sources, nothing can be said to be unused.
CITING = tuple(name for name, table in tables().items() if "source_id" in table.names)


def check_sources(frames: Frames) -> Iterator[Finding]:
    """Every source is used and has an address, which stands once for each kind of use."""
    sources = frames["sources"]
    used: set[object] = set()
    for name, frame in frames.items():
        if name != "sources":
            used |= set(frame["source_id"].unique())
    # A text that is quoted has no row that refers to it, and may be known by its words only.
    quoted = (sources["kind"] == "quoted").fillna(False)
    yield from find(
        "sources",
        ~is_among(sources["source_id"], used) & ~quoted,
        "source_id",
        "unused",
        lambda line: f"no row refers to {cell(sources, line, 'source_id')}.",
        "remove it, or mend the reference that meant it.",
    )
    wrong = sources.duplicated(["url", "kind"], keep=False) & sources["url"].notna()
    message = "the address stands twice for the same kind of use."
    yield from find("sources", wrong, "url+kind", "source_twice", message, "keep one row.")
    message = "a source without its address."
    cure = "give the address; only a text that is quoted (kind) may lack it."
    wrong = sources["url"].isna() & ~quoted
    yield from find("sources", wrong, "url+kind", "no_address", message, cure)
    secondary = sources["source_id"].str.endswith("-s")
    wrong = sources["kind"].notna() & ((sources["kind"] == "secondary") != secondary)
    message = "the id of a secondary source ends in -s, that of a primary one does not."
    yield from find("sources", wrong, "source_id+kind", "source_kind", message, "mend the kind.")


def check_source_day(frames: Frames) -> Iterator[Finding]:
    """No source is older than what it reports, by the day in its address."""
    sources = frames["sources"].drop_duplicates("source_id").set_index("source_id")
    parts = sources["url"].str.extract(URL_DAY)
    text = parts[0] + "-" + parts[1] + "-" + parts[2]
    written = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    yield from _find_reported_before(frames, written)
    begun = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")["earliest"]
    for name, day in (("polls", "earliest"), ("events", "date"), ("answers", "poll_id")):
        frame = frames[name]
        told = look_up(frame["source_id"], written)
        happened = look_up(frame[day], begun) if day == "poll_id" else frame[day]

        def say(line: int, told: pd.Series = told, happened: pd.Series = happened) -> str:
            return f"written {told[line]:%Y-%m-%d}, of what began {happened[line]:%Y-%m-%d}."

        # An address can carry the day before, by the clock of another continent.
        wrong = told + pd.Timedelta(days=1) < happened
        cure = "mend the source or the day; a plan that was reported is named in reviewed.csv."
        yield from find(name, wrong, f"source_id+{day}", "source_day", say, cure, "review")


def _find_reported_before(frames: Frames, written: pd.Series) -> Iterator[Finding]:
    """Waves of which a source was written before they are said to have been published."""
    polls = frames["polls"]
    uses = pd.concat(
        [frames[name][["poll_id", "source_id"]] for name in ("polls", "answers", "confirmations")]
    ).dropna()
    first = look_up(uses["source_id"], written).groupby(uses["poll_id"]).min()
    told = look_up(polls["poll_id"], first)
    # A data file may be uploaded long after the report on it.
    told = told.where(polls["published_kind"] != "upload")
    yield from find(
        "polls",
        told + pd.Timedelta(days=1) < polls["published"],
        "published+source_id",
        "reported_before",
        lambda line: (
            f"published {polls['published'][line]:%Y-%m-%d}, in a source of {told[line]:%Y-%m-%d}."
        ),
        "mend the source, or give the day on which the figures were first seen.",
        "review",
    )


def check_wave_source(frames: Frames) -> Iterator[Finding]:
    """A source that reports one or two waves reports waves of one house and time."""
    answers = frames["answers"]
    waves = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")
    mine = answers[["poll_id", "source_id"]].dropna()
    pairs = mine.groupby(["source_id", "poll_id"]).size().reset_index(name="rows")
    pairs["house"] = look_up(pairs["poll_id"], waves["house_id"])
    pairs["day"] = look_up(pairs["poll_id"], waves["latest"])
    by_source = pairs.groupby("source_id")
    few = by_source["poll_id"].transform("size") == FEW_WAVES
    apart = by_source["day"].transform("max") - by_source["day"].transform("min")
    strange = (apart.dt.days > SAME_REPORT_DAYS) | (by_source["house"].transform("nunique") > 1)
    # The wave with fewer rows from this source is the one that strayed, unless the
    # wave itself was read there.
    fewest = pairs["rows"] == by_source["rows"].transform("min")
    elsewhere = pairs["source_id"] != look_up(pairs["poll_id"], waves["source_id"])
    strayed = pairs.loc[few & strange & fewest & elsewhere, ["source_id", "poll_id"]]
    mine = mine[is_among(mine["source_id"], strayed["source_id"])]
    keys = pd.MultiIndex.from_frame(mine[["source_id", "poll_id"]])
    two = pd.Series(keys.isin(pd.MultiIndex.from_frame(strayed)), index=mine.index)
    two &= ~mine.duplicated(["source_id", "poll_id"])
    wrong = pd.Series(False, index=answers.index)
    wrong.loc[two.index[two]] = True
    wrong |= _read_alone(frames)
    # A single answer from a source that was otherwise a second one, of waves of other houses.
    seen = frames["confirmations"][["poll_id", "source_id"]].dropna()
    house = look_up(seen["poll_id"], waves["house_id"])
    single = answers.drop_duplicates("source_id", keep=False).dropna(subset="source_id")
    others = house.groupby(seen["source_id"]).agg(set)
    asked = look_up(single["poll_id"], waves["house_id"])
    known = single["source_id"].map(others)
    foreign = [isinstance(k, set) and h not in k for k, h in zip(known, asked, strict=True)]
    wrong.loc[single.index[foreign]] = True
    message = "the source is otherwise used for a wave of another house or time."
    cure = "mend the source; one that reports both is named in reviewed.csv."
    yield from find("answers", wrong, "source_id", "strayed_source", message, cure, "review")


def _read_alone(frames: Frames) -> pd.Series:
    """Answers whose source names nothing else of their wave, and else what is far from it."""
    answers = frames["answers"]
    waves = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")
    uses = pd.concat(
        [frames[name][["source_id", "poll_id"]] for name in ("answers", "confirmations", "polls")]
    ).dropna()
    counts = uses.groupby(["source_id", "poll_id"]).size()
    mine = answers.loc[answers["origin"] == "printed", ["source_id", "poll_id"]].dropna()
    mine = mine[counts.reindex(pd.MultiIndex.from_frame(mine)).eq(1).array]
    elsewhere = mine.reset_index(names="line").merge(
        uses.drop_duplicates(), on="source_id", suffixes=("", "_other")
    )
    elsewhere = elsewhere[elsewhere["poll_id"] != elsewhere["poll_id_other"]]
    one, other = (waves.reindex(elsewhere[side]) for side in ("poll_id", "poll_id_other"))
    days = pd.Series(one["latest"].array - other["latest"].array, index=elsewhere.index)
    near = (days.abs().dt.days <= LOOK_BACK_DAYS) & (
        one["house_id"].array == other["house_id"].array
    )
    alone = ~near.groupby(elsewhere["line"]).any()
    # A source of studies alone is one of its house.
    studies = pd.concat([frames[name][["source_id", "house_id"]] for name in STUDIES])
    houses = studies.groupby("source_id")["house_id"].agg(set)
    rest = mine[~mine.index.isin(elsewhere["line"])]
    asked = look_up(rest["poll_id"], waves["house_id"])
    known = rest["source_id"].map(houses)
    foreign = [isinstance(k, set) and h not in k for k, h in zip(known, asked, strict=True)]
    lines = [*alone.index[alone], *rest.index[foreign]]
    return pd.Series(answers.index.isin(lines), index=answers.index)


def check_reading_source(frames: Frames) -> Iterator[Finding]:
    """A source that is a second one for one answer of a wave tells of nothing but its house."""
    houses = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")["house_id"]
    uses = []
    for name in CITING:
        table = frames[name]
        # A row of no wave is told apart from those of all waves, one of no house from all houses.
        wave = table["poll_id"] if "poll_id" in table else pd.Series(name, index=table.index)
        house = table["house_id"] if "house_id" in table else look_up(wave, houses)
        use = {"source_id": table["source_id"], "poll_id": wave, "house_id": house}
        # A correction tells of the row that it names, which is a use of its own.
        uses += [pd.DataFrame(use)] if name not in ("sources", "corrections") else []
    used = pd.concat(uses, ignore_index=True).dropna(subset="source_id")
    seen = frames["confirmations"]
    once = used.groupby(["source_id", "poll_id"]).size() == 1
    pairs = pd.MultiIndex.from_frame(seen[["source_id", "poll_id"]])
    single = seen[once.reindex(pairs, fill_value=False).array]
    mine = single[["source_id", "poll_id"]].assign(house_id=look_up(single["poll_id"], houses))
    both = mine.reset_index(names="line").merge(used, on="source_id", suffixes=("", "_other"))
    both = both[both["poll_id"] != both["poll_id_other"]]
    at_home = (both["house_id"] == both["house_id_other"]).fillna(False)
    at_home = at_home.groupby(both["line"]).any()
    wrong = pd.Series(seen.index.isin(at_home.index[~at_home]), index=seen.index)
    message = "the source is otherwise used for other houses, or for no poll."
    cure = "mend the source; one that reports both is named in reviewed.csv."
    yield from find("confirmations", wrong, "source_id", "strayed_source", message, cure, "review")


def check_poll_source(frames: Frames) -> Iterator[Finding]:
    """The source of a wave is one of its answers' sources, or of no other wave's answers."""
    polls, answers = frames["polls"], frames["answers"]
    own = answers[["poll_id", "source_id"]].drop_duplicates()
    keys = pd.MultiIndex.from_frame(polls[["poll_id", "source_id"]])
    mine = pd.Series(keys.isin(pd.MultiIndex.from_frame(own)), index=polls.index)
    elsewhere = is_among(polls["source_id"], own["source_id"])
    # So is a source of second readings of other waves only, or of what is no wave.
    seen = frames["confirmations"]
    keys = pd.MultiIndex.from_frame(seen[["poll_id", "source_id"]])
    reread = pd.MultiIndex.from_frame(polls[["poll_id", "source_id"]]).isin(keys)
    elsewhere |= is_among(polls["source_id"], seen["source_id"]) & ~reread
    for name in ("events", "indirect"):
        elsewhere |= is_among(polls["source_id"], frames[name]["source_id"])
    houses = polls.groupby("source_id")["house_id"].transform("nunique")
    elsewhere |= houses > 1
    wrong = is_among(polls["poll_id"], own["poll_id"]) & ~mine & elsewhere
    message = "the source is used for something else, and for none of this wave's answers."
    cure = "mend the source; one that also describes this wave is named in reviewed.csv."
    yield from find("polls", wrong, "source_id", "poll_source", message, cure, "review")
    twice = (
        frames["confirmations"]
        .reset_index(names="line")
        .merge(
            answers[["poll_id", "question_id", "subgroup", "option", "source_id"]],
            on=["poll_id", "question_id", "subgroup", "option", "source_id"],
        )
    )
    for line in twice["line"]:
        message = "the second source is the one the answer was read from."
        cure = "give another source, or remove the confirmation."
        yield Finding("confirmations", int(line), "source_id", "same_source", message, cure)


def check_event_sources(frames: Frames) -> Iterator[Finding]:
    """What an event was read from is not where a wave was read."""
    events = frames["events"]
    read = pd.concat([frames["polls"]["source_id"], frames["answers"]["source_id"]])
    shared = events["source_id"][is_among(events["source_id"], read)]
    message = "the source of an event is that of a wave, too."
    cure = "mend the source; one that reports both is named in reviewed.csv."
    for name in ("events", "polls", "answers"):
        frame = frames[name]
        wrong = is_among(frame["source_id"], shared)
        # A slip is one row; where a source has more rows they are not at fault.
        wrong &= ~frame["source_id"].duplicated(keep=False)
        yield from find(name, wrong, "source_id", "event_source", message, cure, "review")


def check_overlaps(frames: Frames) -> Iterator[Finding]:
    """A pair of waves is two waves that can share interviews, is named once, and keeps one."""
    pairs, polls = frames["overlaps"], frames["polls"]
    ends = pairs[["poll_id", "other_poll_id"]]
    same = ends["poll_id"] == ends["other_poll_id"]
    kept = (pairs["keep"] == ends["poll_id"]) | (pairs["keep"] == ends["other_poll_id"])

    def say(line: int) -> str:
        one, other, keep = pairs.loc[line, ["poll_id", "other_poll_id", "keep"]]
        return f"{one} and {other}, keep {keep}."

    cure = "name two waves, and keep one of them."
    yield from find("overlaps", same | ~kept, "keep", "pair", say, cure)
    filled = ends.fillna("")
    names = filled.min(axis=1) + "|" + filled.max(axis=1) + "|" + pairs["construct_id"].fillna("")
    message = "the pair is already named."
    cure = "keep one row of it."
    column = "poll_id+other_poll_id"
    yield from find("overlaps", names.duplicated(), column, "pair_twice", message, cure)
    days = polls.drop_duplicates("poll_id").set_index("poll_id")[["earliest", "latest"]]
    one, other = days.reindex(ends["poll_id"]), days.reindex(ends["other_poll_id"])
    one.index = other.index = pairs.index
    wrong = (one["earliest"] > other["latest"]) | (other["earliest"] > one["latest"])
    message = "the two waves were not in the field at the same time."
    cure = "name the waves that share interviews, or read their days again."
    yield from find("overlaps", wrong, column, "pair_apart", message, cure, "review")


def check_overlap_construct(frames: Frames) -> Iterator[Finding]:
    """The construct for which a pair is named was asked in the wave that stays."""
    pairs, answers = frames["overlaps"], frames["answers"]
    questions = frames["questions"].drop_duplicates("question_id").set_index("question_id")
    asked = answers[["poll_id"]].assign(
        construct_id=answers["question_id"].map(questions["construct_id"])
    )
    known = pd.MultiIndex.from_frame(asked.drop_duplicates())
    keys = pd.MultiIndex.from_frame(pairs[["keep", "construct_id"]])
    wrong = pairs["construct_id"].notna() & ~pd.Series(keys.isin(known), index=pairs.index)
    message = "the wave that stays has no answer on this construct."
    cure = "mend the construct, or keep the other wave."
    column = "construct_id+keep"
    yield from find("overlaps", wrong, column, "pair_construct", message, cure, "review")


SOURCE_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (CITING, check_sources),
    (("sources", "polls", "events", "answers", "confirmations"), check_source_day),
    (("polls", "answers", "confirmations", *STUDIES), check_wave_source),
    (CITING, check_reading_source),
    (("polls", "answers", "confirmations", "events", "indirect"), check_poll_source),
    (("events", "polls", "answers"), check_event_sources),
    (("overlaps", "polls"), check_overlaps),
    (("overlaps", "answers", "questions"), check_overlap_construct),
]

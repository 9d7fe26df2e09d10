"""Rules on studies: arms of experiments, response rates, list experiments.

A study compares (the table experiments), counts who took part (participation), or measures
an opinion in a roundabout way (indirect).
"""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, look_up
from polls.tables import Finding, cell, find

ARM = ["poll_id", "question_id", "subgroup"]
STATUS = "disposition_"
# Statuses that are part of others, and the numbers that all of them are part of.
AGREED, PARTS, TRIED = "consent_status", ["interrupted", "complete"], "starting_numbers"


def check_arms(frames: Frames) -> Iterator[Finding]:
    """Each arm has answers, and is not the other one."""
    table = frames["experiments"]
    asked = pd.MultiIndex.from_frame(frames["answers"][ARM].drop_duplicates())
    for arm in ("a", "b"):
        mine = table[[f"{column}_{arm}" for column in ARM]]
        lost = ~pd.Series(pd.MultiIndex.from_frame(mine).isin(asked), index=table.index)
        yield from find(
            "experiments",
            lost & mine.notna().all(axis=1),
            "+".join(mine.columns),
            "arm",
            "no answers of this wave, question and subgroup.",
            "mend the spelling, or add the answers of the arm.",
        )
    pairs = zip(*([f"{column}_{arm}" for column in ARM] for arm in ("a", "b")), strict=True)
    same = pd.concat([table[one] == table[other] for one, other in pairs], axis=1).all(axis=1)
    message = "both arms are the same."
    cure = "read wave, question and subgroup of the second arm again."
    column = "+".join(f"{name}_b" for name in ARM)
    yield from find("experiments", same, column, "same_arm", message, cure)


def check_repeats(frames: Frames) -> Iterator[Finding]:
    """Waves that repeat an experiment have its title, construct, kind and assignment."""
    table = frames["experiments"]
    for column in ("title", "construct_id", "kind", "assignment"):
        first = table.groupby("experiment_id")[column].transform("first")
        yield from find(
            "experiments",
            (table[column] != first) & table["experiment_id"].notna() & table[column].notna(),
            column,
            "one_experiment",
            "another wave of the experiment says otherwise.",
            "read it again, or give this comparison an experiment_id of its own.",
        )


def check_participation(frames: Frames) -> Iterator[Finding]:
    """Percentages are at most 100, counts are whole, and a study has one house, time and mode."""
    table = frames["participation"]
    change = table["measure"].str.contains("change").fillna(False)
    over = (table["unit"] == "percent") & (table["value"] > 100) & ~change
    broken = (table["unit"] == "count") & (table["value"] % 1 != 0)
    yield from find(
        "participation",
        over | (broken & table["value"].notna()),
        "value+unit",
        "value",
        lambda line: f"{cell(table, line, 'value'):g} as {cell(table, line, 'unit')}.",
        "read value and unit again.",
    )
    text = table[["house_id", "field_start", "field_end", "mode"]].astype("str").fillna("")
    row = text["house_id"] + ", " + text["field_start"] + ", " + text["field_end"]
    row = row + ", " + text["mode"]
    counts = row.groupby([table["study"], row]).transform("size")
    most = counts.groupby(table["study"]).transform("max")
    yield from find(
        "participation",
        counts < most,
        "house_id+field_start+field_end+mode",
        "one_study",
        lambda line: f"{row[line]}; most rows of the study say otherwise.",
        "read house, days and mode of the study again.",
    )


def check_dispositions(frames: Frames) -> Iterator[Finding]:
    """Statuses of dialled numbers fit: those who agreed broke off or completed, of all numbers."""
    table = frames["participation"]
    mine = table[table["measure"].str.startswith(STATUS).fillna(False)].drop_duplicates(
        ["study", "measure"]
    )
    status = mine["measure"].str.removeprefix(STATUS)
    wide = mine.assign(status=status).pivot_table("value", index="study", columns="status")
    wide = wide.reindex(columns=[AGREED, *PARTS, TRIED])
    gap = wide[AGREED] - wide[PARTS].sum(axis=1, min_count=len(PARTS))
    wrong = status.isin([AGREED, *PARTS]) & look_up(mine["study"], gap).fillna(0).ne(0)
    message = "consents are not the interviews broken off and completed together."
    cure = "read the three again."
    yield from find("participation", wrong, "value", "consents", message, cure, "review")
    limit = look_up(mine["study"], wide[TRIED])
    yield from find(
        "participation",
        mine["value"] > limit,
        "value",
        "disposition",
        lambda line: f"{cell(mine, line, 'value'):.0f} of {limit[line]:.0f} numbers.",
        "read the table of statuses again.",
    )


def check_completes(frames: Frames) -> Iterator[Finding]:
    """Completed interviews of a study are about the sample of its wave."""
    table, polls = frames["participation"], frames["polls"]
    mine = table[table["measure"] == STATUS + "complete"].dropna(subset=["field_end"])
    keys = ["house_id", "field_start", "field_end"]
    waves = polls.dropna(subset=[*keys, "sample_size"])
    both = mine.reset_index(names="line").merge(waves[[*keys, "sample_size"]], on=keys)
    # A file may lack a few interviews that a report counts; the arms of one wave differ more.
    size = both["sample_size"].astype("float64")
    near = (both["value"] - size).abs() < 0.03 * size
    seen = set(both.loc[near, "line"])
    for line in mine.index[mine.index.isin(both["line"]) & ~mine.index.isin(seen)]:
        message = (
            f"{cell(mine, line, 'value'):g} interviews; no wave of these days has about as many."
        )
        cure = "read the count again, or the sample size in polls.csv."
        yield Finding("participation", int(line), "value", "completes", message, cure, "review")


def check_counted(frames: Frames) -> Iterator[Finding]:
    """Counts from which a derived share was computed are those of the study."""
    table, answers = frames["participation"], frames["answers"]
    notes = answers.loc[answers["origin"] == "derived", "notes"].dropna()
    told = notes.str.extract(r"computed: (\d+) (consent|complete)s of (\d+) numbers").dropna()
    tried = told[2].astype("float64")
    parts = pd.concat([told[0].astype("float64"), tried])
    mine = table[table["measure"].isin([STATUS + AGREED, STATUS + "complete", STATUS + TRIED])]
    wrong = ~mine["value"].isin(parts)
    message = "no derived share in answers.csv was computed from this count."
    cure = "read the count again, here and in the notes of answers.csv."
    yield from find("participation", wrong, "value", "counted", message, cure, "review")


def check_indirect(frames: Frames) -> Iterator[Finding]:
    """The gap is the direct share minus the indirect one, inside its interval."""
    table = frames["indirect"]
    gap = table["direct_pct"] - table["indirect_pct"]
    yield from find(
        "indirect",
        (gap - table["gap_points"]).abs() > 0.6,
        "direct_pct+indirect_pct+gap_points",
        "gap",
        lambda line: (
            f"{gap[line]:g} by the shares, {cell(table, line, 'gap_points'):g} as the gap."
        ),
        "read the three again; a gap that is printed so is named in reviewed.csv.",
        "review",
    )
    three = table[["direct_pct", "indirect_pct", "gap_points"]].notna().sum(axis=1)
    message = "two of the two shares and their gap stand there, the third lacks."
    cure = "read the third; one that is not printed is named in reviewed.csv."
    column = "direct_pct+indirect_pct+gap_points"
    yield from find("indirect", three == 2, column, "gap_third", message, cure, "review")
    points, low, high = table["gap_points"], table["gap_low"], table["gap_high"]
    wrong = (low > points) | (high < points) | (low > high) | (low.isna() != high.isna())
    message = "the gap lies outside its interval, or one end of it lacks."
    column = "gap_points+gap_low+gap_high"
    yield from find("indirect", wrong, column, "gap_interval", message, "read it again.")


def check_superseded(frames: Frames) -> Iterator[Finding]:
    """A study that stands for the record only names the one with the final figures."""
    table = frames["indirect"]
    later = table["superseded_by"]
    unknown = later.notna() & (~later.isin(table["study"]) | (later == table["study"]))
    message = "the study named is not another one of this table."
    cure = "name the study with the final figures, or leave it empty."
    yield from find("indirect", unknown, "superseded_by", "superseded", message, cure)


def check_indirect_size(frames: Frames) -> Iterator[Finding]:
    """A study with the days of a wave has no more interviews than that wave."""
    table, polls = frames["indirect"], frames["polls"]
    keys = ["house_id", "field_start", "field_end"]
    size = polls.dropna(subset=keys).groupby(keys)["sample_size"].max().astype("float64")
    rows = pd.MultiIndex.from_frame(table[keys])
    limit = pd.Series(size.reindex(rows).to_numpy(), index=table.index)
    yield from find(
        "indirect",
        table["n"].astype("float64") > limit,
        "n",
        "indirect_size",
        lambda line: f"{cell(table, line, 'n')} interviews of a wave of {limit[line]:.0f}.",
        "read n again.",
        "review",
    )


STUDY_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("experiments", "answers"), check_arms),
    (("experiments",), check_repeats),
    (("participation",), check_participation),
    (("participation",), check_dispositions),
    (("participation", "polls"), check_completes),
    (("participation", "answers"), check_counted),
    (("indirect",), check_indirect),
    (("indirect",), check_superseded),
    (("indirect", "polls"), check_indirect_size),
]

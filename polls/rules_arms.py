"""Rules on experiments: both arms were asked, they differ, and the waves are of one kind."""

from collections.abc import Iterator

import pandas as pd

from polls.findings import Finding, find
from polls.rules_keys import Frames, Rule

ARM = ["poll_id", "question_id", "subgroup"]


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


def check_waves(frames: Frames) -> Iterator[Finding]:
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


ARM_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("experiments", "answers"), check_arms),
    (("experiments",), check_waves),
]

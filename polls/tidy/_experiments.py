"""From the table of experiments to one tidy row per pair of arms and answer."""

from pathlib import Path

import pandas as pd

from polls.tables import load
from polls.tidy._series import fill_size
from polls.tidy._shares import KEYS, SIDES, derive_shares

ARMS = ("a", "b")
ARM_KEYS = ["poll_id", "question_id", "subgroup"]
# What an answer is called here, and the column of derive_shares that holds its share.
POLES = {column.removesuffix("_pct"): column for column in SIDES}
COLUMNS = [
    "experiment_id",
    "title",
    "construct_id",
    "kind",
    "assignment",
    "poll_id",
    "house_id",
    "mid_date",
    "answer",
    "arm_a",
    "arm_b",
    "share_a_pct",
    "share_b_pct",
    "n_a",
    "n_b",
    "design_effect_a",
    "design_effect_b",
    "decimals_a",
    "decimals_b",
    "n_parts_a",
    "n_parts_b",
    "source_url",
    "notes",
    "end_date",
    "available_from",
]


def experiments(data: str | Path | None = None) -> pd.DataFrame:
    """Comparisons of two arms of one survey, one row per pair and answer.

    Parameters
    ----------
    data : path-like, optional
        Folder with the tables; the package's own by default.

    Returns
    -------
    DataFrame
        experiment_id, title, construct_id, kind, assignment, poll_id (of arm a),
        house_id, mid_date (middle of the bounds of fieldwork), answer, arm_a and
        arm_b in words, and for each arm share_*_pct (percent, published weight),
        n_* (interviews: the base, else half or all of the wave; missing where
        neither was printed), design_effect_*, decimals_*, n_parts_*; source_url,
        notes; end_date (latest day of fieldwork) and available_from (publication, else
        the end plus the house's usual delay). An answer is a pole (for, against,
        undecided, refused, no_answer) where the options of the question have poles,
        else an option that both questions have. An answer that one arm does not offer
        has no row.

    Raises
    ------
    DataError
        The tables cannot be read.

    See Also
    --------
    polls.series : one row per poll for a construct.

    Examples
    --------
    >>> arms = experiments()
    >>> chosen = arms[(arms["experiment_id"] == "goals_not_reached") & (arms["answer"] == "for")]
    >>> chosen[["share_a_pct", "share_b_pct"]].iloc[0].tolist()
    [61.6, 50.4]
    """
    frames = load(data)
    pairs = frames["experiments"]
    shares = _arm_shares(frames, pairs)
    for arm in ARMS:
        mine = shares.add_suffix(f"_{arm}").rename(columns={f"answer_{arm}": "answer"})
        keys = [f"{key}_{arm}" for key in ARM_KEYS]
        pairs = pairs.merge(mine, on=keys if arm == "a" else [*keys, "answer"])
    polls = frames["polls"].set_index("poll_id")
    wave = polls.loc[pairs["poll_id_a"]].reset_index()
    pairs["mid_date"] = wave["earliest"] + (wave["latest"] - wave["earliest"]) // 2
    pairs["mid_date"] = pairs["mid_date"].dt.floor("D").astype("datetime64[us]")
    pairs["house_id"] = wave["house_id"]
    pairs["end_date"] = wave["latest"].astype("datetime64[us]")
    delays = frames["houses"].set_index("house_id")["publication_delay_days"].fillna(0)
    delay = pd.to_timedelta(pairs["house_id"].map(delays).astype("int64"), unit="D")
    pairs["available_from"] = wave["published"].fillna(wave["latest"] + delay)
    pairs["source_url"] = pairs["source_id"].map(frames["sources"].set_index("source_id")["url"])
    pairs = pairs.rename(
        columns={"poll_id_a": "poll_id"}
        | {f"{name}_{arm}": f"{new}_{arm}" for arm in ARMS for name, new in _RENAMED.items()}
        | {f"share_pct_{arm}": f"share_{arm}_pct" for arm in ARMS}
    )
    return pairs[COLUMNS]


_RENAMED = {"sample_size": "n"}


def _arm_shares(frames: dict[str, pd.DataFrame], pairs: pd.DataFrame) -> pd.DataFrame:
    """Share of each answer in each arm, with its size, design effect and digits."""
    arms = pd.concat(
        [pairs[[f"{key}_{arm}" for key in ARM_KEYS]].set_axis(ARM_KEYS, axis=1) for arm in ARMS]
    ).drop_duplicates()
    answers = frames["answers"].merge(arms, on=ARM_KEYS)
    printed = _describe_arms(answers, frames)
    both = pd.concat([_by_pole(answers, frames["options"]), _by_option(answers, frames["options"])])
    return both.merge(printed, on=KEYS)


def _by_pole(answers: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Shares of the sides, where the options of a question have poles."""
    wide = derive_shares(answers, options)
    parts = {"for": wide["n_parts"]}
    rows = [
        wide[KEYS].assign(answer=answer, share_pct=wide[column], n_parts=parts.get(answer, 1))
        for answer, column in POLES.items()
    ]
    return pd.concat(rows).dropna(subset="share_pct")


def _by_option(answers: pd.DataFrame, options: pd.DataFrame) -> pd.DataFrame:
    """Shares of the options of questions without poles, under the options' own names."""
    sided = set(options.loc[options["pole"].notna(), "question_id"])
    rows = answers[~answers["question_id"].isin(sided)]
    return (
        rows[[*KEYS, "option", "share_pct"]].rename(columns={"option": "answer"}).assign(n_parts=1)
    )


def _describe_arms(answers: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Interviews, design effect and digits of each arm."""
    arms = answers.groupby(KEYS, as_index=False).agg(
        base_n=("base_n", "first"),
        answer_deff=("design_effect", "first"),
        decimals=("decimals", "min"),
    )
    houses = frames["houses"][["house_id", "usual_sample_size", "stated_margin_pct"]]
    polls = frames["polls"][["poll_id", "house_id", "sample_size"]]
    questions = frames["questions"][["question_id", "half_sample"]]
    rows = arms.merge(questions, on="question_id").merge(polls, on="poll_id")
    rows = fill_size(rows.merge(houses, on="house_id"))
    return rows[[*KEYS, "sample_size", "design_effect", "decimals"]]

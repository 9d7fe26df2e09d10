"""One wave in words: what was asked, what was answered, where it was read."""

from pathlib import Path

import pandas as pd

from polls.names import name_alike
from polls.tables._load import load
from polls.tables.row_names import say

# Waves named where several begin alike.
MOST_NAMED = 12


def show(poll_id: str, *, data: str | Path | None = None) -> str:
    """Describe one wave with all its published percentages and their sources.

    Parameters
    ----------
    poll_id : str
        The wave, or how its name begins if no other begins so.
    data : path-like, optional
        Folder with the tables; the package's own by default.

    Returns
    -------
    str
        Plain text.

    Raises
    ------
    ValueError
        There is no such wave, or several begin so; the message names the nearest.

    Examples
    --------
    >>> print(show("levada-2022-04-27").splitlines()[0])
    levada-2022-04-27 (Levada Center, independent)
    >>> print(show("levada-2023-11").splitlines()[0])
    levada-2023-11-29 (Levada Center, independent)
    """
    frames = load(data)
    polls = frames["polls"]
    wave = polls[polls["poll_id"] == poll_id]
    begins = [name for name in polls["poll_id"] if poll_id and name.startswith(poll_id)]
    if wave.empty and len(begins) == 1:
        wave = polls[polls["poll_id"] == begins[0]]
    elif wave.empty and begins:
        more = f" and {len(begins) - MOST_NAMED} more" if len(begins) > MOST_NAMED else ""
        named = ", ".join(begins[:MOST_NAMED])
        raise ValueError(f"{len(begins)} waves begin with {poll_id!r}: {named}{more}.")
    if wave.empty:
        raise ValueError(
            f"There is no wave {poll_id!r}. {_nearest(poll_id, list(polls['poll_id']))}"
        )
    return "\n".join(_describe_wave(wave.iloc[0], frames)) + "\n"


def _nearest(poll_id: str, known: list[str]) -> str:
    from difflib import get_close_matches  # only an error needs it

    if alike := name_alike(poll_id, known):
        return f"It is {alike}."
    near = get_close_matches(poll_id.lower(), known, n=3)
    return f"Nearest: {', '.join(near)}." if near else f"There are {len(known)}, see polls.csv."


def _describe_wave(poll: pd.Series, frames: dict[str, pd.DataFrame]) -> list[str]:
    poll_id = str(poll["poll_id"])
    house = frames["houses"].set_index("house_id").loc[poll["house_id"]]
    sources = frames["sources"].set_index("source_id")
    urls = sources["url"] + " (" + sources["kind"] + ")"
    lines = [f"{poll_id} ({house['name']}, {house['sector']})"]
    for label, column in (
        ("fieldwork printed", ["field_start", "field_end"]),
        ("fieldwork within", ["earliest", "latest"]),
        ("published", ["published"]),
        ("mode", ["mode"]),
        ("interviews", ["sample_size"]),
        ("population", ["population"]),
        ("sponsor", ["sponsor"]),
        ("quality", ["quality", "quality_reason"]),
        ("notes", ["notes"]),
    ):
        words = [say(poll[name]) for name in column if pd.notna(poll[name])]
        if words:
            lines.append(
                f"  {label}: {' to '.join(words) if 'field' in label else ', '.join(words)}"
            )
    lines.append(f"  source: {urls[poll['source_id']]}")
    shared = frames["overlaps"]
    mine = shared[(shared[["poll_id", "other_poll_id"]] == poll_id).any(axis=1)]
    for one, other, reason in mine[["poll_id", "other_poll_id", "reason"]].to_numpy():
        lines.append(f"  shares interviews with {other if one == poll_id else one}: {reason}")
    return lines + _describe_answers(poll_id, frames, urls)


def _describe_answers(poll_id: str, frames: dict[str, pd.DataFrame], urls: pd.Series) -> list[str]:
    answers = frames["answers"].drop(columns="notes")
    answers = answers[(answers["poll_id"] == poll_id) & (answers["subgroup"] == "all")]
    rows = answers.merge(frames["options"], on=["question_id", "option"], how="left")
    rows = rows.merge(frames["questions"].drop(columns="notes"), on="question_id", how="left")
    confirmed = frames["confirmations"]
    confirmed = confirmed[(confirmed["poll_id"] == poll_id) & (confirmed["subgroup"] == "all")]
    lines: list[str] = []
    question = ""
    for row in rows.to_dict("records"):
        if row["question_id"] != question:
            question = str(row["question_id"])
            lines += ["", f"{question} ({row['construct_id']}): {row['wording_en']}"]
        pole = f" [{row['pole']}]" if pd.notna(row["pole"]) else ""
        doubt = f" ({row['doubt']})" if pd.notna(row["doubt"]) else ""
        share = f"{row['share_pct']:.{row['decimals']}f}%"
        lines.append(f"  {share:>7}  {row['label']}{pole}{doubt}  {urls[row['source_id']]}")
        asked = confirmed["question_id"] == row["question_id"]
        again = confirmed[asked & (confirmed["option"] == row["option"])]
        for seen, source in again[["seen_pct", "source_id"]].itertuples(index=False):
            lines.append(f"{'':9}  read a second time as {seen:g}%: {urls[source]}")
    return lines

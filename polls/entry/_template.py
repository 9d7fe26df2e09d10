"""A flat CSV to fill in with a new wave of a house."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from polls.entry.flat import LAYOUT
from polls.names import name_alike, name_nearest
from polls.tables import load


def template(
    house_id: str, questions: Sequence[str] = (), *, data: str | Path | None = None
) -> str:
    """Flat CSV for a new wave of a house: one row per answer option of its series questions.

    Parameters
    ----------
    house_id : str
        The house.
    questions : sequence of str
        Further questions of the house that the release prints.
    data : path-like, optional
        Folder with the tables; the package's own by default.

    Returns
    -------
    str
        CSV text as `python -m polls add` takes it. What the house always does is filled
        in (mode of its last wave); days, sample size, shares and sources are left to be read
        from the release. Rows of answers that it does not print are to be removed.

    Raises
    ------
    ValueError
        There is no such house, or it has no such question.

    Examples
    --------
    >>> template("levada").splitlines()[0].split(",")[:3]
    ['house_id', 'question_id', 'field_start']
    """
    frames = load(data)
    its_own = frames["questions"].loc[frames["questions"]["house_id"] == house_id]
    if its_own.empty:
        known = sorted(frames["questions"]["house_id"].unique())
        alike = name_alike(house_id, known)
        more = f"It is {alike}." if alike else f"There are: {', '.join(known)}."
        raise ValueError(f"There is no house {house_id!r} with questions. {more}")
    # A house without a series question still has questions worth a row each.
    series = its_own["in_series"].astype(bool)
    unknown = sorted(set(questions) - set(its_own["question_id"]))
    if unknown:
        near = name_nearest(unknown[0], its_own["question_id"])
        raise ValueError(f"{house_id} has no question {unknown[0]!r}: {near}")
    asked = its_own[series | its_own["question_id"].isin(questions)] if series.any() else its_own
    waves = frames["polls"][frames["polls"]["house_id"] == house_id].sort_values("latest")
    mode = waves["mode"].iloc[-1] if len(waves) else ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(LAYOUT), restval="", lineterminator="\n")
    writer.writeheader()
    for row in asked[["question_id"]].merge(frames["options"], on="question_id").itertuples():
        cells = {"house_id": house_id, "question_id": row.question_id, "option": row.option}
        writer.writerow(cells | {"mode": mode})
    return text.getvalue()

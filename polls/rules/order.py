"""Rules on the order of rows, by which a strayed key or day shows."""

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np
import pandas as pd

from polls.rules.rule import Frames, Rule
from polls.tables import Finding, find


def check_order(frames: Frames) -> Iterator[Finding]:
    """Waves stand by house and last day of fieldwork, events by day."""
    polls = frames["polls"]
    # What is missing has its own finding, and must not push others out of place.
    known = polls.dropna(subset=["house_id", "latest", "poll_id"])
    wrong = _out_of_place(known, ["house_id", "latest", "poll_id"])
    message = "the wave stands out of the order of houses and days."
    cure = "read house and latest again, or move the row."
    yield from find("polls", wrong, "house_id+latest", "poll_order", message, cure)
    events = frames["events"].dropna(subset=["date"])
    message = "the event stands out of the order of days."
    cure = "read the day again, or move the row."
    wrong = _out_of_place(events, ["date"])
    yield from find("events", wrong, "date", "event_order", message, cure)


def check_answer_order(frames: Frames) -> Iterator[Finding]:
    """Answers stand in the order of waves and questions, options in that of questions."""
    polls, questions, options = frames["polls"], frames["questions"], frames["options"]
    wave = {poll: place for place, poll in enumerate(polls["poll_id"])}
    asked = {question: place for place, question in enumerate(questions["question_id"])}
    places = pd.DataFrame({"question": options["question_id"].map(asked)}).dropna()
    message = "the option stands apart from its question's place in questions.csv."
    cure = "mend question_id, or move the row."
    wrong = _out_of_place(places, ["question"])
    yield from find("options", wrong, "question_id", "option_order", message, cure)
    answers = frames["answers"]
    places = pd.DataFrame(
        {
            "wave": answers["poll_id"].map(wave),
            "question": answers["question_id"].map(asked),
            "split": (answers["subgroup"] != "all").astype("int64"),
        }
    ).dropna()
    wrong = _out_of_place(places, ["wave", "question", "split"])
    message = "the answer stands apart from its wave's and question's other answers."
    cure = "mend the key, or move the row: by wave, question, then all before the groups."
    column = "poll_id+question_id+subgroup"
    yield from find("answers", wrong, column, "answer_order", message, cure)


def check_together(frames: Frames) -> Iterator[Finding]:
    """Answers of one group to one question stand together, in the order of the options."""
    answers, options = frames["answers"], frames["options"]
    keys = pd.MultiIndex.from_frame(answers[["question_id", "option"]])
    known = options[["question_id", "option"]].dropna().drop_duplicates()
    place = pd.Series(range(len(known)), index=pd.MultiIndex.from_frame(known))
    codes = answers.groupby(["poll_id", "question_id", "subgroup"], sort=False).ngroup()
    rows = pd.DataFrame(
        # Groups are numbered as they first appear, so that a strayed row is out of order.
        {"group": codes, "option": place.reindex(keys).to_numpy()},
        index=answers.index,
    ).dropna()
    wrong = _out_of_place(rows, ["group", "option"])
    message = "the answer stands out of the order of its group and of options.csv."
    cure = "mend the key, or move the row."
    column = "poll_id+question_id+subgroup+option"
    yield from find("answers", wrong, column, "strayed", message, cure)


def _out_of_place(frame: pd.DataFrame, by: list[str]) -> pd.Series:
    """Rows to be moved so that the rest ascends: all but a longest ascending subsequence."""
    codes = frame.groupby(by, sort=True).ngroup().to_numpy()
    if (np.diff(codes) >= 0).all():
        return pd.Series(False, index=frame.index)
    tails: list[int] = []  # smallest last code of an ascending run of each length
    ends: list[int] = []  # where that run ends
    before = np.full(len(codes), -1)
    for position, code in enumerate(codes.tolist()):
        length = bisect_right(tails, code)
        before[position] = ends[length - 1] if length else -1
        if length == len(tails):
            tails.append(code)
            ends.append(position)
        else:
            tails[length], ends[length] = code, position
    kept, position = np.zeros(len(codes), dtype=bool), ends[-1]
    while position >= 0:
        kept[position] = True
        position = int(before[position])
    return pd.Series(~kept, index=frame.index)


ORDER_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("polls", "events"), check_order),
    (("polls", "questions", "options", "answers"), check_answer_order),
    (("answers", "options"), check_together),
]

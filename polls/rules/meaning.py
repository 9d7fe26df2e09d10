"""Rules on meaning: poles, series questions, quality, and who asked what."""

from collections.abc import Iterator

import pandas as pd

from polls.rules.rule import Frames, Rule, is_among
from polls.tables import Finding, cell, find

SIDES = ["for", "against", "total_for", "total_against"]


def graded_constructs(frames: Frames) -> pd.Series:
    """Constructs with a for and an against: those for which constructs.csv says what they mean."""
    constructs = frames["constructs"]
    both = constructs["for_means"].notna() & constructs["against_means"].notna()
    return constructs.loc[both, "construct_id"]


def _construct_of(frames: Frames) -> pd.Series:
    """Construct of each option, by line."""
    questions = frames["questions"].drop_duplicates("question_id").set_index("question_id")
    return frames["options"]["question_id"].map(questions["construct_id"])


def check_constructs(frames: Frames) -> Iterator[Finding]:
    """A construct says what both sides mean or neither, and some question measures it."""
    constructs = frames["constructs"]
    wrong = constructs["for_means"].isna() != constructs["against_means"].isna()
    message = "for_means and against_means are not both filled or both empty."
    column = "for_means+against_means"
    yield from find("constructs", wrong, column, "half_meant", message, "fill or empty both.")
    wrong = ~is_among(constructs["construct_id"], frames["questions"]["construct_id"])
    message = "no question measures it."
    cure = "mend the spelling, or remove the construct."
    yield from find("constructs", wrong, "construct_id", "not_measured", message, cure)


def check_poles(frames: Frames) -> Iterator[Finding]:
    """Every option of a graded construct has a pole, and no other option has one."""
    options = frames["options"]
    construct = _construct_of(frames)
    graded = construct.isin(graded_constructs(frames))
    yield from _check_question_sides(frames, graded)
    yield from find(
        "options",
        graded & options["pole"].isna(),
        "pole",
        "pole",
        lambda line: f"an option of the construct {construct[line]} has no pole.",
        "read the question and say on which side the option stands.",
    )
    yield from find(
        "options",
        ~graded & construct.notna() & options["pole"].notna(),
        "pole",
        "pole_without_sides",
        lambda line: f"{cell(options, line, 'pole')}, but {construct[line]} has no sides.",
        "empty the pole, or mend the construct of the question.",
    )
    sided = options["pole"].isin(["for", "against"])
    message = "a strength belongs to a part of a side."
    cure = "empty the strength, or mend the pole."
    wrong = graded & options["strength"].notna() & ~sided
    yield from find("options", wrong, "pole+strength", "strength", message, cure)


def _check_question_sides(frames: Frames, graded: pd.Series) -> Iterator[Finding]:
    """A question of a graded construct has options with poles, another has none."""
    questions, options = frames["questions"], frames["options"]
    by_question = options["pole"].notna().groupby(options["question_id"])
    expected = graded.groupby(options["question_id"]).any()
    wrong = expected != by_question.any()
    # Where only one of several options differs, the option is at fault.
    wrong &= (by_question.sum() != 1) | (by_question.size() == 1)
    message = "the construct has sides and no option has a pole, or the other way round."
    cure = "mend construct_id, or the poles."
    found = questions["question_id"].isin(list(wrong.index[wrong]))
    column = "construct_id"
    yield from find("questions", found, column, "construct_sides", message, cure)


def check_same_pole(frames: Frames) -> Iterator[Finding]:
    """The same option word never stands on both sides of one construct."""
    options = frames["options"].assign(construct=_construct_of(frames))
    sided = options[options["pole"].isin(SIDES)].dropna(subset=["construct", "option"])
    side = sided["pole"].str.removeprefix("total_")
    words = [sided["construct"], sided["option"]]
    mixed = side.groupby(words).transform("nunique") > 1
    yield from find(
        "options",
        mixed,
        "pole",
        "same_pole",
        lambda line: f"{cell(sided, line, 'option')!r} is {side[line]} here and not so elsewhere.",
        "read the questions again: the word cannot stand on both sides of one construct.",
        "review",
    )


def check_scale(frames: Frames) -> Iterator[Finding]:
    """A side has one strong and one weak part, or one answer, and at most one total."""
    options = frames["options"]
    sided = options[options["pole"].isin(SIDES)]
    strength = sided["strength"].fillna("no")
    by_part = [sided["question_id"], sided["pole"], strength]
    size = strength.groupby(by_part).transform("size")
    yield from find(
        "options",
        size > 1,
        "pole+strength",
        "scale",
        lambda line: (
            f"{size[line]} options are {cell(sided, line, 'pole')} with {strength[line]} strength."
        ),
        "give each part of a side its own strength, or mend the poles.",
        "review",
    )


def check_two_sides(frames: Frames) -> Iterator[Finding]:
    """A question with two or more sided answers has both sides."""
    options = frames["options"]
    sided = options[options["pole"].isin(SIDES)]
    side = sided["pole"].str.removeprefix("total_")
    by_question = side.groupby(sided["question_id"])
    wrong = (by_question.transform("nunique") == 1) & (by_question.transform("size") > 1)
    yield from find(
        "options",
        wrong,
        "pole",
        "two_sides",
        lambda line: f"all sided answers of {cell(sided, line, 'question_id')} are {side[line]}.",
        "read the question again; one that has no other side is named in reviewed.csv.",
        "review",
    )


def check_series(frames: Frames) -> Iterator[Finding]:
    """A wave has at most one series question per construct, and a series question has sides."""
    questions = frames["questions"]
    series = questions[questions["in_series"].astype("boolean").fillna(False)]
    asked = frames["answers"].loc[frames["answers"]["subgroup"] == "all"]
    asked = asked[["poll_id", "question_id"]].drop_duplicates()
    mine = series.reset_index(names="line")[["question_id", "construct_id", "line"]]
    both = asked.merge(mine, on="question_id")
    double = both[both.duplicated(["poll_id", "construct_id"], keep=False)]
    for row in double.drop_duplicates("line").itertuples():
        message = f"two series questions of {row.construct_id} in {row.poll_id}."
        cure = "keep in_series = yes for one of them."
        yield Finding("questions", int(str(row.line)), "in_series", "one_series", message, cure)
    poles = frames["options"].groupby("question_id")["pole"].count()
    wrong = ~series["question_id"].map(poles).gt(0)
    message = "a series question without a sided answer."
    cure = "set in_series = no, or give its options their poles."
    yield from find("questions", wrong, "in_series", "series_without_sides", message, cure)


def check_quality(frames: Frames) -> Iterator[Finding]:
    """A wave that may not be used says why, and one without a percentage is not for use."""
    polls = frames["polls"]
    usable = polls["quality"] == "use"
    yield from find(
        "polls",
        (usable != polls["quality_reason"].isna()) & polls["quality"].notna(),
        "quality+quality_reason",
        "quality_reason",
        lambda line: f"quality {cell(polls, line, 'quality')} and quality_reason do not fit.",
        "give a reason unless the wave is for use.",
    )
    wrong = usable & ~is_among(polls["poll_id"], frames["answers"]["poll_id"])
    message = "no percentage of this wave was seen."
    cure = "make it context with that reason, or enter its answers."
    yield from find("polls", wrong, "quality", "no_answers", message, cure)


def check_id_prefix(frames: Frames) -> Iterator[Finding]:
    """poll_id and question_id begin with the house that they belong to."""
    for name, column, mark in (("polls", "poll_id", "-"), ("questions", "question_id", ".")):
        frame = frames[name].dropna(subset=[column, "house_id"])

        def say(line: int, frame: pd.DataFrame = frame, column: str = column) -> str:
            return f"{cell(frame, line, column)} of the house {cell(frame, line, 'house_id')}."

        wrong = frame[column].str.split(mark).str[0] != frame["house_id"]
        cure = "mend the house; an id that must stay is named in reviewed.csv."
        yield from find(name, wrong, f"{column}+house_id", "prefix", say, cure, "review")


def check_asked_by(frames: Frames) -> Iterator[Finding]:
    """A wave answers questions of its own house, and every question has options."""
    answers, questions = frames["answers"], frames["questions"]
    house = frames["polls"].drop_duplicates("poll_id").set_index("poll_id")["house_id"]
    asks = questions.drop_duplicates("question_id").set_index("question_id")["house_id"]
    of_wave, of_question = answers["poll_id"].map(house), answers["question_id"].map(asks)
    yield from find(
        "answers",
        (of_wave != of_question) & of_wave.notna() & of_question.notna(),
        "poll_id+question_id",
        "asked_by",
        lambda line: f"a question of {of_question[line]} in a wave of {of_wave[line]}.",
        "mend the key.",
    )
    wrong = ~is_among(questions["question_id"], frames["options"]["question_id"])
    message = "the question has no options."
    cure = "enter its options, or mend the spelling."
    yield from find("questions", wrong, "question_id", "no_options", message, cure)


MEANING_RULES: list[tuple[tuple[str, ...], Rule]] = [
    (("constructs", "questions"), check_constructs),
    (("options", "questions", "constructs"), check_poles),
    (("options", "questions"), check_same_pole),
    (("options",), check_scale),
    (("options",), check_two_sides),
    (("questions", "answers", "options"), check_series),
    (("polls", "answers"), check_quality),
    (("polls", "questions"), check_id_prefix),
    (("answers", "polls", "questions", "options"), check_asked_by),
]

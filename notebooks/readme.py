"""The headline of the README: sentences made of the findings, none of them typed."""

import re
from pathlib import Path

import pandas as pd

import polls
from analysis.claims import Window, main_windows
from analysis.findings import findings, judge_other_answer, name_span, signed, whole
from figures import FittedPolls

README = Path(__file__).resolve().parents[1] / "README.md"
OPEN, CLOSE = "<!-- headline: made by `make refresh` -->", "<!-- end of the headline -->"
BLOCK = re.compile(re.escape(OPEN) + ".*?" + re.escape(CLOSE), re.DOTALL)
# Of the command that gives the change of the headline: whose mean, from when to when.
COMMAND = re.compile(r"--reference houses:\S+ --change \S+ [^\s`]+")
TOPICS = ("claim", "support", "questions")
# How the wish to fight on moved beside support.
OTHER_ANSWER = {
    "alone": "What moved is another answer.",
    "more": "What moved more is another answer.",
    "too": "Another answer moved, too.",
    "unclear": "Another answer has not clearly changed.",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def rewrite_readme(text: str) -> str:
    """Put the headline of today's tables, and the command that gives it, in place of the old ones.

    Raises
    ------
    ValueError
        When the marks of the headline are missing.
    """
    if not BLOCK.search(text):
        raise ValueError(f"the marks {OPEN!r} and {CLOSE!r} are missing.")
    tables = polls.load()
    names = tables["houses"].set_index("house_id")["name"].to_dict()
    words = write_headline(findings(FittedPolls(tables, polls.series), TOPICS), names)
    text = BLOCK.sub(lambda _: f"{OPEN}\n{words}\n{CLOSE}", text)
    windows = main_windows(polls.series("support"))
    return text if windows is None else COMMAND.sub(lambda _: name_command(*windows), text)


def name_command(first: Window, last: Window, panel: str) -> str:
    """Write the options that give the change of the headline on the command line."""
    spans = " ".join(f"{span.start:%Y-%m-%d}:{span.end:%Y-%m-%d}" for span in (first, last))
    return f"--reference {panel} --change {spans}"


def write_headline(found: pd.DataFrame, names: dict[str, str]) -> str:
    """Write the findings as three paragraphs of Markdown.

    Parameters
    ----------
    found : DataFrame
        As from :func:`analysis.findings.findings`, of `TOPICS`.
    names : dict of str
        Names of the houses by house_id.
    """
    rows = {row["finding"]: row for row in found.to_dict("records")}
    main, still, fight_on = rows["support.panel"], rows["support.static"], rows["fight_on.panel"]
    houses = [row for name, row in rows.items() if name.startswith("support.house.")]
    each = "; ".join(f"{names[row['house_id']]} {change(row)}" for row in houses)
    polled = asked_in_both(main, names[houses[0]["house_id"]])
    asked = asked_in_both(fight_on, names.get(fight_on["house_id"], ""))
    weeks, autumn = rows["support.first_weeks"], rows["support.autumn"]
    first = (
        f"**{verdict(main, weeks, autumn)} Between {start(main)} and {end(main)} declared support "
        f"changed by {points(main)} points (95% interval {interval(main)}), {polled}.** "
        f"Counted from {start(weeks)}, before the rally of that March, the change is "
        f"{change(weeks)}; counted from {start(autumn)}, {change(autumn)}. "
        f"Pollster by pollster, from {start(main)}: {each}. If each pollster’s lean were "
        f"constant, the mean would have changed by {change(still)}; another pollster like these "
        "would measure "
        f"{change(rows['support.typical'])}. "
        "[The trend notebook](notebooks/02_support_trend.ipynb) takes the numbers apart."
    )
    second = (
        f"**{OTHER_ANSWER[judge_other_answer(rows)]}** "
        f"Between {start(fight_on)} and {end(fight_on)} the share that would go on with the "
        f"fighting changed by {points(fight_on)} points (95% interval {interval(fight_on)}) "
        f"{asked}; [the other questions](notebooks/06_other_questions.ipynb) "
        "stand side by side there."
    )
    return f"{claim(rows)}\n\n{first}\n\n{second}"


def claim(rows: dict[str, dict]) -> str:
    """Answer what the press wrote in April 2022."""
    state, independent = (rows[f"claim.level.{sector}"] for sector in ("state", "independent"))
    return (
        "**In April 2022 the press wrote that “both state-run and independent polls” put approval "
        "of the invasion “well above fifty percent”. Of what people told interviewers "
        f"{verdict_on_claim(state, independent)}: as of {start(state)} the mean of state-run "
        f"pollsters stood at {level(state)}, that of independent ones at {level(independent)}.** "
        "They answered under wartime censorship; what they thought is another question, and "
        "“approval of the invasion” was not what pollsters asked about: "
        "[the claim](notebooks/04_the_claim.ipynb)."
    )


def verdict_on_claim(*levels: dict) -> str:
    """Say whether both means lie clearly above fifty percent, or well above."""
    least = min(row["lower"] for row in levels)
    if least > 55:
        return "that was so"
    return "it was above fifty" if least > 50 else "that was not clear of both"


def level(row: dict) -> str:
    """Mean and interval of a level."""
    ends = " to ".join(whole(row[end]) for end in ("lower", "upper"))
    return f"{whole(row['mean'])} percent (95% interval {ends})"


def asked_in_both(row: dict, only: str) -> str:
    """Say whose mean a change is; `only` is the name of the pollster where it is one."""
    if row["n_houses"] == 1:
        return f"at {only}, the one pollster that asked in both"
    return f"in the mean of the {count(int(row['n_houses']))} pollsters that asked in both"


def verdict(main: dict, *others: dict) -> str:
    """Say of declared support what the intervals from all bases allow to be said."""
    found = {direction(row) for row in (main, *others)}
    if found == {"fallen"}:
        return "Declared support has fallen."
    if found == {"risen"}:
        return "Declared support has risen."
    if found == {"unclear"}:
        return "Declared support has not clearly changed."
    return "Whether declared support has changed hangs on where one begins."


def direction(row: dict) -> str:
    """Direction of a change whose interval leaves no other."""
    return "fallen" if row["upper"] < 0 else "risen" if row["lower"] > 0 else "unclear"


def points(row: dict) -> str:
    """Mean of a change with its sign."""
    return signed(row["mean"])


def interval(row: dict) -> str:
    """Ends of the interval of a change."""
    return f"{signed(row['lower'])} to {signed(row['upper'])}"


def change(row: dict) -> str:
    """Mean and interval of a change."""
    return f"{points(row)} ({interval(row)})"


def count(number: int) -> str:
    """Write a small number in words."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def start(row: dict) -> str:
    """Name the window that a change begins with."""
    return name_span(row["start"], row["start_until"])


def end(row: dict) -> str:
    """Name the last twelve months by the last of them."""
    return f"the twelve months to {row['end_until']:%B %Y}"

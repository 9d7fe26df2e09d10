"""What Shirani-Mehr and others (2018) found of past polls, computed again from their data.

Their table is not part of this project: `git clone` of stanford-policylab/polling-errors on GitHub
brings it, and POLLING_ERRORS names the file data/polls_main_dataset.tsv of it.
"""

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.sensitivity import past_errors

TITLE = "Errors of past polls, as Shirani-Mehr and others found them"
VARIABLE = "POLLING_ERRORS"
DAYS = 21
KINDS = {"Sen": "senatorial", "Gov": "gubernatorial", "Pres": "presidential"}
# Of the paper (DOI 10.1080/01621459.2018.1448823; the authors' results/logged_results.tsv):
# polls, elections, root mean square error, mean absolute bias of an election (of the whole three
# weeks, of election day), mean sd of a poll, percentage points.
PAPER = {
    "senatorial": (1646, 241, 3.7, 2.1, 2.0, 2.8),
    "gubernatorial": (1079, 188, 3.9, 2.3, 2.2, 2.7),
    "presidential": (1496, 179, 2.5, 1.2, 1.2, 2.2),
}


def read(path: Path) -> pd.DataFrame:
    """Polls of the last three weeks as shares of both parties, beside the results.

    Sizes are those who named one of the two; national and House elections are left out, and polls
    that lack a number or end on election day, as in the paper.
    """
    raw = pd.read_csv(path, sep="\t", quoting=3, parse_dates=["endDate", "electionDate"])
    both = raw["democratic"] + raw["republican"]
    polls = pd.DataFrame({
        "kind": raw["election"].map(KINDS),
        "election": raw["state"] + " " + raw["election"] + " " + raw["electionDate"].astype(str),
        "house_id": raw["pollName"],
        "share_pct": 100 * raw["republican"] / both,
        "sample_size": (raw["numberOfRespondents"] * both / 100).round(),
        "end_date": raw["endDate"],
        "date": raw["electionDate"],
        "result_pct": raw["finalTwoPartyVSRepublican"],
    })  # fmt: skip
    before = (polls["date"] - polls["end_date"]).dt.days
    polls = polls[before.between(1, DAYS) & (raw["state"] != "USA")]
    return polls.dropna().reset_index(drop=True)


def compare(polls: pd.DataFrame) -> dict[str, float]:
    """Numbers of one kind of election."""
    results = polls.groupby("election").first()[["result_pct", "date"]].reset_index()
    found = past_errors(polls, results)
    error = polls["share_pct"] - polls["result_pct"]
    elections, scales = found.elections, found.scales.set_index("scale")["mean"]
    p = elections["result_pct"].to_numpy()
    unit = np.sqrt(p * (100 - p)) / 50
    size = polls.groupby("election")["sample_size"].agg(lambda n: (1 / n).mean()).to_numpy()
    # What is left of a poll when its election's error is taken away: house, excess and sampling.
    own = unit * np.sqrt(scales["houses"] ** 2 + scales["excess"] ** 2 + 2500 * size)
    return {
        "polls": len(polls),
        "elections": len(elections),
        "rmse": float(np.sqrt((error**2).mean())),
        "bias": float(scales["mean absolute shared"]),
        "sd": float(own.mean()),
        "common_error": found.common_error,
        "ratio": float(scales["error to sampling"]),
    }


def report() -> str:
    """Table in Markdown."""
    path = os.environ.get(VARIABLE)
    if not path:
        raise SystemExit(f"Name the table in {VARIABLE}: {__doc__}")
    begin = time.process_time()
    polls = read(Path(path))
    intro = (
        f"{len(polls):,} polls of the last {DAYS} days before "
        f"{polls['election'].nunique()} elections in states of the United States, 1998 to 2014, "
        "two-party shares, from data/polls_main_dataset.tsv of stanford-policylab/polling-errors "
        "(FiveThirtyEight, Pollster.com). In brackets what the paper has (Shirani-Mehr, "
        "Rothschild, Goel and Gelman 2018, JASA 113(522)). Bias: mean over elections of the "
        "absolute error that all polls of it share; sd: of a poll around that. Percentage points. "
        "Their model lets the error of an election move within the three weeks and gives each "
        "election an excess of its own; this one gives houses an error of their own instead, and "
        "is fitted by `analysis.sensitivity.past_errors`, as `python -m analysis bias` does. Two "
        "elections of one state and year are told apart here."
    )
    lines = [
        intro,
        "",
        "| elections | polls | races | rmse | bias | sd of poll | common_error | rmse / sampling |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, group in [*((kind, polls[polls["kind"] == kind]) for kind in PAPER), ("all", polls)]:
        found = compare(group.reset_index(drop=True))
        paper = [f" ({value})" for value in PAPER[name]] if name in PAPER else [""] * 6
        lines.append(
            f"| {name} | {found['polls']}{paper[0]} | {found['elections']}{paper[1]} | "
            f"{found['rmse']:.1f}{paper[2]} | {found['bias']:.1f}{paper[3]} | "
            f"{found['sd']:.1f}{paper[5]} | {found['common_error']:.1f} | {found['ratio']:.1f} |"
        )
    seconds = time.process_time() - begin
    return "\n".join([*lines, "", f"Seconds of CPU for all: {seconds:.0f}."])


if __name__ == "__main__":
    print(report())

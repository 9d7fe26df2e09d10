"""Coverage and ranks over simulated data sets with anchors, and with errors that slip."""

import time

import pandas as pd

import polls
from analysis import PollTrend
from analysis.evaluate.calibration import check_calibration

TITLE = "Calibration of anchors and of Student's errors"
SEED, CONSTRUCT = 20220225, "support"
# Elections 300 and 900 days after the first poll, as exact as a count of all votes is.
ANCHOR_DAYS, ANCHOR_SD = (300, 900), 0.05
# Each fit with Student's errors draws by Markov chains and takes seconds.
N_ANCHORED, N_STUDENT = 1000, 100
KINDS = ("level", "change", "house", "gap")


def make_models(obs: pd.DataFrame) -> dict[str, tuple[PollTrend, int]]:
    """Models by name, with the number of data sets for each."""
    first = obs["mid_date"].min()
    dates = [first + pd.Timedelta(days=day) for day in ANCHOR_DAYS]
    # Values are drawn anew for each data set: these only say that there are two.
    anchors = pd.DataFrame({"date": dates, "value": 50.0, "sd": ANCHOR_SD})
    return {
        "Two elections, houses with a shared bias": (PollTrend(obs, anchors=anchors), N_ANCHORED),
        "Student's errors": (PollTrend(obs.iloc[::2], errors="student"), N_STUDENT),
    }


def list_kinds(found: pd.DataFrame) -> list[str]:
    """Rows of a table: mean coverage of each kind of estimand, and the smallest p."""
    kind = found["estimand"].str.split(" ").str[0].str.rstrip(",")
    kind = kind.where(kind.isin(KINDS), "hyperparameter")
    rows = []
    for name, part in found[~found["estimand"].str.contains("turned")].groupby(kind, sort=False):
        smallest = part[["coverage_p", "rank_p"]].min()
        rows.append(
            f"| {name} | {len(part)} | {part['coverage_pct'].mean():.1f} | "
            f"{part['coverage_pct'].min():.1f} to {part['coverage_pct'].max():.1f} | "
            f"{smallest['coverage_p']:.3f} | {smallest['rank_p']:.3f} |"
        )
    return rows


def report() -> str:
    """Sentences and tables in Markdown."""
    obs = polls.series(CONSTRUCT)
    intro = (
        "Truths from the prior, polls from the model, all scales integrated out; coverage of 95% "
        "intervals. With anchors levels are those that elections measure, house effects are raw, "
        "and the bias that all houses share is drawn with sd "
        f"{PollTrend(obs).options.common_error:g}. Dates, houses and sampling variances are those "
        f"of the {CONSTRUCT} series (with Student's errors: of every second poll); seed {SEED}."
    )
    lines = [intro]
    for name, (model, n_sets) in make_models(obs).items():
        begin = time.process_time()
        found = check_calibration(model, n_sets, SEED)
        seconds = (time.process_time() - begin) / n_sets
        failed = found.loc[~found["passes"], "estimand"].tolist()
        verdict = f"fail: {', '.join(failed)}" if failed else "all pass"
        told = (
            f"{name}, {n_sets:,} data sets ({seconds:.2f} s of CPU each), {len(found)} estimands "
            f"tested at 1% together: {verdict}."
        )
        lines += [
            "",
            told,
            "",
            "| estimands | number | coverage, mean | from, to | smallest p | of ranks |",
            "|---|---:|---:|---:|---:|---:|",
            *list_kinds(found),
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())

"""Coverage and ranks over 1,000 simulated data sets, and what the normal approximation costs."""

import time
from functools import partial

import pandas as pd

import polls
from analysis import PollTrend
from analysis.evaluate.calibration import check_calibration
from analysis.evaluate.simulation import INSIDE, simulate_answers

TITLE = "Calibration of the posterior"
N_SETS, SEED = 1000, 20220224
# With an excess error for each house a fit takes thirty times as long.
N_SLOW = 100
CONSTRUCT = "support"


def simulate(model: PollTrend, n_sets: int = N_SETS, **options) -> tuple[pd.DataFrame, float]:
    """Check one model, with the seconds of CPU that a data set took."""
    begin = time.process_time()
    found = check_calibration(model, n_sets, SEED, **options)
    return found, (time.process_time() - begin) / n_sets


def tell(name: str, found: pd.DataFrame, seconds: float) -> str:
    """One model in a sentence."""
    failed = found.loc[~found["passes"], "estimand"].tolist()
    verdict = f"fail: {', '.join(failed)}" if failed else "all pass"
    return (
        f"{name}, {found['n_sets'].iloc[0]:,} data sets ({seconds:.2f} s of CPU each): "
        f"{len(found)} estimands; coverage of the 95% intervals "
        f"{found['coverage_pct'].min():.1f} to {found['coverage_pct'].max():.1f} percent, "
        f"on average {found['coverage_pct'].mean():.1f}; smallest p of a coverage "
        f"{found['coverage_p'].min():.4f}, of ranks {found['rank_p'].min():.4f}; {verdict}."
    )


def list_coverage(found: pd.DataFrame) -> list[str]:
    """Table of all estimands."""
    lines = [
        f"| estimand | covered of {found['n_sets'].iloc[0]:,} | p | p of ranks |",
        "|---|---:|---:|---:|",
    ]
    for row in found.itertuples():
        lines.append(
            f"| {row.estimand} | {row.covered} | {row.coverage_p:.3f} | {row.rank_p:.3f} |"
        )
    return lines


def compare_answers(model: PollTrend) -> list[str]:
    """Coverage with printed answers beside that with normal errors, for the same truths."""
    answers, _ = simulate(model, draw=simulate_answers)
    normal, _ = simulate(model, draw=partial(simulate_answers, normal=True))
    table = answers.set_index("estimand")[["coverage_pct"]].rename(
        columns={"coverage_pct": "answers"}
    )
    table["normal"] = normal.set_index("estimand")["coverage_pct"]
    # Estimands that turn with the data cover as the ones that do not.
    table = table[~table.index.str.contains("turned")]
    cost = table["normal"] - table["answers"]
    scales = ", ".join(
        f"{name} {table.loc[name, 'answers']:.1f} ({table.loc[name, 'normal']:.1f})"
        for name in model.param_names
    )
    return [
        (
            "What the normal approximation costs: the same truths, held where all levels lie "
            f"between {INSIDE[0]:g} and {INSIDE[1]:g} percent, once with multinomial answers that "
            "are rounded as each house rounds, once with the model's own normal errors. Coverage "
            f"of the 95% intervals is {table['answers'].mean():.2f} percent on average with "
            f"answers ({table['answers'].min():.1f} to {table['answers'].max():.1f}) and "
            f"{table['normal'].mean():.2f} with normal errors "
            f"({table['normal'].min():.1f} to {table['normal'].max():.1f}), a difference of "
            f"{-cost.mean():+.2f} points; the largest loss is {cost.max():.1f} points "
            f"({cost.idxmax()}). Scales, with normal errors in brackets: {scales}."
        ),
    ]


def report() -> str:
    """Sentences and tables in Markdown."""
    obs = polls.series(CONSTRUCT)
    static, seconds = simulate(PollTrend(obs))
    drift, drift_seconds = simulate(PollTrend(obs, drift=True))
    by_house, house_seconds = simulate(PollTrend(obs, house_variance="by_house"), N_SLOW)
    level = f"{0.01 / (2 * len(static)):.1e}"
    intro = (
        "Truths from the prior, polls from the model, at the dates, houses, sectors and sampling "
        f"variances of the {len(obs)} polls of the {CONSTRUCT} series; seed {SEED}. Two tests for "
        "each estimand, an exact binomial one of the coverage and a Kolmogorov-Smirnov one of the "
        f"ranks, each at the level that keeps the family at 1% ({level} in the first table)."
    )
    return "\n".join(
        [
            intro,
            "",
            f"- {tell('Static houses', static, seconds)}",
            f"- {tell('Drifting houses', drift, drift_seconds)}",
            f"- {tell('An excess error for each house', by_house, house_seconds)}",
            "",
            *compare_answers(PollTrend(obs)),
            "",
            "Static houses, normal errors:",
            "",
            *list_coverage(static),
        ]
    )


if __name__ == "__main__":
    print(report())

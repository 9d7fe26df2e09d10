"""Errors of differences between arms, from the open interviews of the Chronicles themselves.

    python tests/reference/arms_resampled.py microdata.csv.gz

Writes arms_resampled.json: the difference of the weighted shares (arm b less arm a, points) and
its standard error twice, by resampling interviews within each arm, and by linearising the
weighted mean.  The interviews are not kept here: they are the harmonised data of
github.com/dorussianswantwar/research1 (one row each: wave, main_sample, design_arm,
withdraw_variant, weight, support, withdraw).
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
SEED = 20220313
DRAWS = 4000
# Experiment and answer: wave, column of the arms, the two arms, question, answer.
ARMS = {
    "opt_out.for": (
        "02",
        "design_arm",
        "binary_at_start",
        "extended_at_start",
        "support",
        "support",
    ),
    "opt_out.against": (
        "02",
        "design_arm",
        "binary_at_start",
        "extended_at_start",
        "support",
        "oppose",
    ),
    "place_in_interview.for": (
        "02",
        "design_arm",
        "binary_at_start",
        "binary_at_end",
        "support",
        "support",
    ),
    "goals_not_reached.for": (
        "13",
        "withdraw_variant",
        "goals_not_mentioned",
        "goals_not_reached",
        "withdraw",
        "support",
    ),
    "order_2025_support.for": ("15", "design_arm", "priming1", "priming2", "support", "support"),
}


def describe(people: pd.DataFrame, question: str, answer: str, rng: np.random.Generator) -> dict:
    """Weighted share of an answer in an arm (points), and its variance in two ways."""
    weight = people["weight"].to_numpy(float)
    said = 100.0 * (people[question] == answer).to_numpy(float)
    share = weight @ said / weight.sum()
    residual = weight * (said - share)
    linear = len(weight) / (len(weight) - 1) * (residual**2).sum() / weight.sum() ** 2
    picks = rng.integers(0, len(weight), (DRAWS, len(weight)))
    draws = (weight * said)[picks].sum(axis=1) / weight[picks].sum(axis=1)
    return {"share": share, "linear": linear, "resampled": draws.var(ddof=1)}


def main() -> None:
    """Read the interviews and store the reference numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("microdata", type=Path)
    people = pd.read_csv(parser.parse_args().microdata, dtype={"wave": str}, low_memory=False)
    people = people[(people["main_sample"] == 1) & (people["weight"] > 0)]
    rng = np.random.default_rng(SEED)
    found = {}
    for name, (wave, column, first, second, question, answer) in ARMS.items():
        mine = people[people["wave"] == wave]
        a, b = (
            describe(mine[mine[column] == arm], question, answer, rng) for arm in (first, second)
        )
        found[name] = {
            "difference": round(b["share"] - a["share"], 3),
            "se_linear": round((a["linear"] + b["linear"]) ** 0.5, 4),
            "se_resampled": round((a["resampled"] + b["resampled"]) ** 0.5, 4),
        }
    made_by = {"python": platform.python_version()}
    made_by |= {name: version(name) for name in ("numpy", "pandas")}
    text = json.dumps({"made_by": made_by, "arms": found}, indent=1)
    (HERE / "arms_resampled.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

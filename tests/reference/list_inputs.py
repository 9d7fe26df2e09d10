"""Invent the respondents of list experiments that other programs analyse too.

    python tests/reference/list_inputs.py

Writes list_plain.csv (a clean experiment: age and sex matter to the item and to the control
items, which hang together a little) and list_broken.csv (the sensitive item makes people
deny other items). Nobody is real.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit

HERE = Path(__file__).parent


def make(seed: int, n: int, level: float, broken: float) -> pd.DataFrame:
    """Respondents whose item depends on age and sex."""
    rng = np.random.default_rng(seed)
    age = np.round(rng.normal(0, 1, n), 3)
    female = rng.integers(0, 2, n)
    treatment = rng.permutation(np.arange(n) % 2)
    truth = rng.random(n) < expit(level + 0.7 * age - 0.5 * female)
    mood = rng.beta(6, 8, n)
    control = rng.binomial(3, expit(np.log(mood / (1 - mood)) + 0.3 * age + 0.2 * female))
    shy = (treatment == 1) & (rng.random(n) < broken)
    count = np.maximum(control - shy, 0) + treatment * truth
    direct = truth | (rng.random(n) < 0.3)
    weight = np.round(np.exp(rng.normal(0, 0.4, n)), 3)
    columns = {"count": count, "treatment": treatment, "direct": direct.astype(int)}
    return pd.DataFrame(columns | {"age": age, "female": female, "weight": weight})


if __name__ == "__main__":
    make(11, 900, 0.4, 0.0).to_csv(HERE / "list_plain.csv", index=False, lineterminator="\n")
    make(12, 900, -2.5, 0.3).to_csv(HERE / "list_broken.csv", index=False, lineterminator="\n")

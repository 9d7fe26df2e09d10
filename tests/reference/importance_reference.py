"""Pareto-smoothed weights by ArviZ, stored as reference numbers.

    python tests/reference/importance_reference.py

Writes importance_arviz.json: for each set of log ratios (drawn here from a seed and stored
with the result) the shape of the tail and the smoothed, normalised log weights.
"""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import arviz as az
import numpy as np

HERE = Path(__file__).resolve().parent
SEED = 20240701
PACKAGES = ("arviz", "numpy", "scipy")
# Name: how heavy the tail of the ratios is (the Pareto shape of exp(shape * exponential)).
SHAPES = {"light": 0.2, "heavy": 0.6, "too heavy": 1.2}
N_RATIOS = 200


def main():
    """Draw ratios, smooth them, write both."""
    rng = np.random.default_rng(SEED)
    cases = {}
    for name, shape in SHAPES.items():
        log_ratios = np.round(shape * rng.exponential(size=N_RATIOS) + 5.0, 9)
        smoothed, k = az.psislw(log_ratios)
        cases[name] = {
            "log_ratios": log_ratios.tolist(),
            "pareto_k": float(k),
            "log_weights": [float(v) for v in np.asarray(smoothed)],
        }
    result = {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "seed": SEED,
        "cases": cases,
    }
    text = json.dumps(result, indent=1) + "\n"
    (HERE / "importance_arviz.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

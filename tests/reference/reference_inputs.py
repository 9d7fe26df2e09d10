"""Write the polls that the reference programs are run on.

Two real series, frozen so that the reference numbers stay valid when the
tables grow, and three invented ones drawn from the model itself (levels held
inside 0 to 100, shares rounded as houses print them).

    python tests/reference/reference_inputs.py           # the invented ones
    python tests/reference/reference_inputs.py support   # freeze a real one anew
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
INPUTS = HERE / "inputs"
COLUMNS = [
    "poll_id",
    "house_id",
    "sector",
    "start_date",
    "end_date",
    "sample_size",
    "share_pct",
    "decimals",
    "design_effect",
    "n_parts",
]
# Number of polls, houses, days, sectors; tau, omega, sigma_h; seed.
SIMULATED = {
    "sim_40": (40, 4, 400, ("state", "independent"), (0.15, 1.0, 4.0), 20220224),
    "sim_150": (150, 8, 900, ("state", "independent", "foreign"), (0.3, 2.5, 7.0), 20220301),
    "sim_300": (300, 12, 1300, ("state", "independent"), (0.05, 1.5, 5.0), 20220401),
}


def simulate(n_polls, n_houses, n_days, sectors, scales, seed):
    """Draw polls from the model at given scales (tau, omega, sigma_h)."""
    rng = np.random.default_rng(seed)
    tau, omega, sigma_h = scales
    level = 62 + np.cumsum(rng.normal(0, tau, n_days))
    houses = draw_houses(rng, n_houses, sectors, sigma_h)
    # A few houses do most of the polls, as in life; each has one at least.
    house = rng.choice(n_houses, n_polls, p=rng.dirichlet(np.ones(n_houses)))
    house[:n_houses] = np.arange(n_houses)
    mid = np.sort(rng.integers(3, n_days, n_polls))
    half = rng.integers(0, 4, n_polls)
    frame = houses.iloc[house].reset_index(drop=True)
    frame["sample_size"] = rng.integers(500, 2500, n_polls)
    true = level[mid] + frame["effect"]
    if true.min() < 5 or true.max() > 95:
        raise ValueError(f"seed {seed}: levels leave 5 to 95 percent, choose another")
    variance = frame["design_effect"] * true * (100 - true) / frame["sample_size"] + omega**2
    share = true + rng.normal(0, np.sqrt(variance))
    printed = zip(share, frame["decimals"], strict=True)
    first = pd.Timestamp("2022-02-25")
    return frame.assign(
        poll_id=[f"{h}-{i:03d}" for i, h in enumerate(frame["house_id"])],
        start_date=first + pd.to_timedelta(mid - half, unit="D"),
        end_date=first + pd.to_timedelta(mid + half + rng.integers(0, 2, n_polls), unit="D"),
        share_pct=[round(float(value), int(decimals)) for value, decimals in printed],
    )


def draw_houses(rng, n_houses, sectors, sigma_h):
    """Houses with their sector, effect, design effect and manner of rounding."""
    sector = [sectors[i % len(sectors)] for i in range(n_houses)]
    sector_effect = dict(zip(sectors, rng.normal(0, 5, len(sectors)), strict=True))
    effect = np.array([sector_effect[s] for s in sector]) + rng.normal(0, sigma_h, n_houses)
    return pd.DataFrame(
        {
            "house_id": [f"house_{i:02d}" for i in range(n_houses)],
            "sector": sector,
            "effect": effect,
            "design_effect": rng.choice([1.0, 1.4, 1.9], n_houses),
            "decimals": rng.choice([0, 0, 1], n_houses),
            "n_parts": rng.choice([1, 1, 2], n_houses),
        }
    )


def write(case, frame):
    """Write the columns that enter the model."""
    INPUTS.mkdir(exist_ok=True)
    frame[COLUMNS].to_csv(
        INPUTS / f"{case}.csv", index=False, date_format="%Y-%m-%d", lineterminator="\n"
    )


def main(constructs):
    """Freeze the real series that are named; without names, draw the invented ones."""
    if not constructs:
        for case, settings in SIMULATED.items():
            write(case, simulate(*settings))
    for construct in constructs:
        import polls  # only the real series need the tables

        write(construct, polls.series(construct))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Simulated polls of two parts for the tests of the composition, with edge cases by name."""

import numpy as np
from reference.simulated_polls import make_polls, simulate_polls

NAN = float("nan")


def simulate_composition(rng, n_missing=0, **settings):
    """Polls of `simulate_polls` with a share against that falls when for rises, rounded.

    The first `n_missing` polls of the last house print no share against, and one of the first
    house no share for.
    """
    frame = simulate_polls(rng, **settings).rename(columns={"share_pct": "for_pct"})
    house = frame["house_id"].map(
        dict(zip(sorted(set(frame["house_id"])), rng.normal(0, 3, 26), strict=False))
    )
    against = 42 - 0.4 * frame["for_pct"] + house + rng.normal(0, 1.5, len(frame))
    frame["against_pct"] = np.clip(against, 1, 99 - frame["for_pct"]).round(
        int(frame["decimals"].iloc[0])
    )
    if n_missing:
        last = frame.index[frame["house_id"] == frame["house_id"].max()]
        frame.loc[last[:n_missing], "against_pct"] = np.nan
        first = frame.index[frame["house_id"] == frame["house_id"].min()]
        frame.loc[first[-1], "for_pct"] = np.nan
    return frame


def make_composition(rows, **columns):
    """Polls from (house, day of fieldwork, for, against); 1,000 interviews each."""
    house, day, first, second = zip(*rows, strict=True)
    polls = make_polls([(h, d, 0) for h, d in zip(house, day, strict=True)], **columns)
    numbers = {"for_pct": first, "against_pct": second}
    numbers = {name: np.array(values, dtype=float) for name, values in numbers.items()}
    return polls.drop(columns="share_pct").assign(**numbers, decimals=0)


EDGE_CASES = {
    "one house only": make_composition(
        [("a", "2022-03-01", 60, 30), ("a", "2022-03-11", 66, 25), ("a", "2022-04-01", 63, 28)]
    ),
    "one poll only": make_composition([("a", "2022-03-01", 60, 25)]),
    "two polls on one day": make_composition(
        [("a", "2022-03-01", 60, 25), ("b", "2022-03-01", 70, 20), ("a", "2022-03-09", 61, 24)]
    ),
    "nobody undecided": make_composition(
        [("a", "2022-03-01", 60, 40), ("b", "2022-03-05", 66, 34), ("a", "2022-03-09", 59, 42)]
    ),
    "never both in one poll": make_composition(
        [("a", "2022-03-01", 60, NAN), ("a", "2022-03-05", NAN, 30), ("b", "2022-03-09", 66, 20)]
    ),
    "duplicate rows": make_composition([("a", "2022-03-01", 60, 25)] * 3),
    "four-year gap": make_composition(
        [("a", "2018-03-01", 60, 25), ("b", "2018-03-20", 61, 20), ("a", "2022-03-20", 72, 11)]
    ),
}
SECTORS = {"a": "state", "b": "state", "c": "independent", "d": "independent", "e": "leaked"}
PARAMS = {
    "tau": {"for": 0.3, "against": 0.2},
    "omega": {"for": 2.0, "against": 1.2},
    "sigma_h": {"for": 5.0, "against": 3.5},
    "kappa": {"for": 0.2, "against": 0.1},
    "shock": {"for": 1.5, "against": 0.9},
    "rho_x": -0.6,
    "rho_h": 0.3,
}
SMALL = {
    "tau": {"for": 0.001, "against": 0.4},
    "omega": {"for": 0.01, "against": 4.0},
    "sigma_h": {"for": 12.0, "against": 0.1},
    "kappa": {"for": 0.5, "against": 0.001},
    "shock": {"for": 2.5, "against": 0.01},
    "rho_x": 0.99,
    "rho_h": -0.95,
}
POLLS = simulate_composition(
    np.random.default_rng(31), n_missing=3, n_polls=30, houses="abcde", sectors=SECTORS
)

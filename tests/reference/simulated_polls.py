"""Simulated polls for the tests of the trend: seeded, with edge cases by name."""

import numpy as np
import pandas as pd


def simulate_polls(rng, n_polls=30, n_days=120, houses="abcd", sectors=None, decimals=0):
    """Polls of a random walk (0.3 a day) with houses (sd 5) and excess error (sd 2), rounded.

    `sectors` maps each house to its sector; None leaves the column out.
    """
    level = 60 + np.cumsum(rng.normal(0, 0.3, n_days))
    effect = dict(zip(houses, rng.normal(0, 5, len(houses)), strict=True))
    house = rng.choice(list(houses), n_polls)
    house[: len(houses)] = list(houses)  # each house has a poll
    mid = np.sort(rng.integers(3, n_days, n_polls))
    half = rng.integers(0, 4, n_polls)
    size = rng.integers(400, 3000, n_polls)
    design_effect = rng.choice([1.0, 1.9], n_polls)
    share = level[mid] + np.array([effect[h] for h in house])
    share = share + rng.normal(0, np.sqrt(design_effect * share * (100 - share) / size + 2.0**2))
    first = pd.Timestamp("2022-02-25")
    frame = pd.DataFrame(
        {
            "poll_id": [f"{h}-{i}" for i, h in enumerate(house)],
            "house_id": house,
            "start_date": first + pd.to_timedelta(mid - half, unit="D"),
            "end_date": first + pd.to_timedelta(mid + half + rng.integers(0, 2, n_polls), unit="D"),
            "sample_size": size,
            "share_pct": np.clip(share, 0, 100).round(decimals),
            "decimals": decimals,
            "design_effect": design_effect,
        }
    )
    if sectors is not None:
        frame["sector"] = frame["house_id"].map(sectors)
    return frame


def make_polls(rows, **columns):
    """Polls from (house, day of fieldwork, share); 1,000 interviews each."""
    house, day, share = zip(*rows, strict=True)
    frame = pd.DataFrame({"house_id": house, "start_date": day, "end_date": day})
    return frame.assign(sample_size=1000, share_pct=[float(s) for s in share], **columns)


EDGE_CASES = {
    "two polls on one day": make_polls(
        [("a", "2022-03-01", 60), ("b", "2022-03-01", 70), ("a", "2022-03-09", 61)]
    ),
    "one house only": make_polls(
        [("a", "2022-03-01", 60), ("a", "2022-03-11", 66), ("a", "2022-04-01", 63)]
    ),
    "one poll only": make_polls([("a", "2022-03-01", 60)]),
    "0 and 100 percent": make_polls(
        [("a", "2022-03-01", 0), ("b", "2022-03-05", 100), ("a", "2022-03-09", 100)]
    ),
    "constant series": make_polls(
        [(h, f"2022-0{m}-01", 55) for m in (3, 4, 5, 6) for h in ("a", "b")]
    ),
    "houses never together in time": make_polls(
        [
            ("a", "2022-03-01", 60),
            ("a", "2022-03-20", 61),
            ("b", "2023-03-01", 70),
            ("b", "2023-03-20", 72),
        ]
    ),
    "ten-year gap": make_polls(
        [("a", "2012-03-01", 60), ("b", "2012-03-20", 61), ("a", "2022-03-20", 72)]
    ),
    "duplicate rows": make_polls([("a", "2022-03-01", 60)] * 3 + [("b", "2022-03-04", 64)] * 2),
    "one house in each sector": make_polls(
        [("a", "2022-03-01", 60), ("b", "2022-03-20", 61), ("a", "2022-04-20", 72)]
    ).assign(sector=["state", "independent", "state"]),
}
SECTORS = {"a": "state", "b": "state", "c": "independent", "d": "independent", "e": "leaked"}

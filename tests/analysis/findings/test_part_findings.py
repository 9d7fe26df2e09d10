"""How the parts of an answer moved: between which windows, and within which houses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.claims import windows
from analysis.findings.parts import PARTS, find_panel, part_findings

# Houses a and b polled in the first window and in the last, c in the last only.
DAYS = {"a": ["2022-04-05", "2024-06-10"], "b": ["2022-04-20", "2024-06-20"], "c": ["2024-06-21"]}
POLLS = pd.DataFrame([(house, day) for house, days in DAYS.items() for day in days])
POLLS = POLLS.set_axis(["house_id", "mid_date"], axis=1).astype({"mid_date": "datetime64[us]"})
WINDOWS = windows(POLLS["mid_date"].max())


def make_source(complete):
    """A series, and a fit of its parts in which some houses print both answers."""

    def change(start, end, *, of, reference):
        assert (start, end) == (WINDOWS["base"], WINDOWS["last"])
        mean = {"for": 2.0, "against": -3.0, "undecided": 1.0}[of]
        return {"mean": mean, "lower": mean - 1, "upper": mean + 1, "reference": reference}

    results = SimpleNamespace(
        observations=SimpleNamespace(houses=tuple(DAYS)),
        composition=SimpleNamespace(is_complete_house=np.isin(list(DAYS), complete)),
        change=change,
    )
    return SimpleNamespace(obs=lambda construct: POLLS, keep=lambda name, make: results)


def test_a_change_of_parts_names_the_window_that_it_begins_with():
    found = part_findings(make_source(["a", "b", "c"])).set_index("finding")
    assert list(found.index) == [f"parts.{c}.{p}" for c in ("support", "talks") for p in PARTS]
    for _, row in found.iterrows():
        assert (row["base"], row["panel"], row["n_houses"]) == ("base", "a,b", 2)
        assert (row["start"], row["start_until"]) == WINDOWS["base"]
        assert (row["end"], row["end_until"]) == WINDOWS["last"]
    assert found["mean"].tolist() == [2.0, -3.0, 1.0] * 2


def test_houses_that_print_one_answer_are_left_out():
    spans, houses = find_panel(make_source(["b", "c"]))
    assert (spans, houses) == ((WINDOWS["base"], WINDOWS["last"]), ("b",))
    assert find_panel(make_source(["c"])) is None

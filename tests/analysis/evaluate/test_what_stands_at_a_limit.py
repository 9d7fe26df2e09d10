"""Verdicts of the evaluation just below, at and above the limit at which they turn."""

from types import SimpleNamespace
from typing import Any

import distributed
import numpy as np
import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis.evaluate import dispersion, priors
from analysis.evaluate.calibration import tabulate
from analysis.evaluate.comparison import choose_model
from analysis.evaluate.forecasts import _find_wave
from analysis.evaluate.runner import RunError, cluster

TINY = 1e-9


@pytest.mark.parametrize(
    ("below", "covered"),
    [(0.025, 1), (0.025 - TINY, 0), (0.025 + TINY, 1), (0.975, 1), (0.975 + TINY, 0)],
)
def test_a_truth_at_the_end_of_its_interval_is_covered(below: float, covered: int) -> None:
    table = tabulate(pd.DataFrame({"level": [0.5, below]}), 0.05, 0.05)
    assert table["covered"].tolist() == [1 + covered]


@pytest.mark.parametrize(("times", "passes"), [(0.99, True), (1.0, True), (1.01, False)])
def test_an_estimand_passes_that_is_as_unlikely_as_is_allowed(times: float, passes: bool) -> None:
    """One estimand has half of the family-wise level for each of its two tests."""
    ranks = pd.DataFrame({"level": [0.01] * 3 + [0.5] * 7})
    row = tabulate(ranks, 0.05, 0.05).iloc[0]
    least = min(row["coverage_p"], row["rank_p"])
    assert tabulate(ranks, 0.05, 2 * least * times)["passes"].tolist() == [passes]


@pytest.mark.parametrize(("first", "chosen"), [(0.1, "rich"), (0.0, "plain"), (-0.1, "plain")])
def test_the_plain_model_may_be_one_standard_error_worse(first: float, chosen: str) -> None:
    """Differences of 0 and 2 have a mean of 1 and a standard error of 1."""
    rows = pd.DataFrame({"series": "s", "horizon": "next", "is_new": False, "poll": [0, 1] * 2})
    rows["model"] = ["plain"] * 2 + ["rich"] * 2
    rows["crps"] = [1 + first, 3.0, 1.0, 1.0]
    assert choose_model(rows, ["plain", "rich"]) == chosen


class Told:
    """A runner that gives what it is told, and lists what it was asked for."""

    def __init__(self, told: list[tuple[float, float]] | None = None) -> None:
        self.told = told
        self.tasks: list[Any] = []

    def run(self, function: object, tasks: list[Any], what: str) -> list[tuple[float, float]]:
        del function, what
        self.tasks = tasks
        if self.told is None:
            raise LookupError("asked")
        return self.told


def make_polls_of(n: int, house: str = "a") -> list[tuple[str, str, int]]:
    return [(house, f"2022-{month:02d}-01", 60) for month in range(3, 3 + n)]


@pytest.mark.parametrize(("polls", "houses"), [(3, ["b"]), (4, ["a", "b"]), (5, ["a", "b"])])
def test_the_scatter_of_four_polls_is_tested(
    polls: int, houses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispersion, "plug_in", lambda model: [])
    runner: Any = Told([(0.5, 0.5)] * len(houses))
    obs = make_polls([*make_polls_of(polls), *make_polls_of(6, "b")])
    table = dispersion.check_dispersion(obs, n_sets=1, runner=runner)
    assert table["house_id"].tolist() == houses


@pytest.mark.parametrize(("p", "rate"), [(0.025 - TINY, 100.0), (0.025, 0.0), (0.025 + TINY, 0.0)])
def test_a_false_finding_has_less_than_a_fortieth(
    p: float, rate: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispersion, "plug_in", lambda model: [])
    runner: Any = Told([(p, 0.5)])
    table = dispersion.check_dispersion(make_polls(make_polls_of(4)), n_sets=1, runner=runner)
    assert table[["false_under_pct", "false_over_pct"]].to_numpy().tolist() == [[rate, 0.0]]


@pytest.mark.parametrize(("day", "is_found"), [(17, False), (18, False), (19, True)])
def test_a_forecast_is_of_a_wave_that_begins_after_it(day: int, is_found: bool) -> None:
    polls = pd.DataFrame({"house_id": ["a"], "start_date": [pd.Timestamp(2022, 4, day)]})
    polls = polls.assign(poll_id="p", share_pct=60.0)
    row = pd.Series({"house_id": "a", "as_of": "2022-04-18", "registered": "2022-04-18"})
    row = pd.concat([row, pd.Series({"construct": "support", "wave": 1, "mean": 60.0, "sd": 2.0})])
    assert (_find_wave(row, polls) is not None) is is_found


@pytest.mark.parametrize(
    ("sectors", "is_there"), [(["state"], False), (["state", "foreign"], True)]
)
def test_the_prior_of_sectors_is_doubted_where_there_are_two(
    sectors: list[str], is_there: bool
) -> None:
    obs = make_polls([*make_polls_of(3), *make_polls_of(3, "b")])
    obs["sector"] = np.where(obs["house_id"] == "a", sectors[0], sectors[-1])
    runner: Any = Told()
    with pytest.raises(LookupError, match="asked"):
        priors.prior_sensitivity(obs, runner=runner)
    assert ("sector_sd" in {task.prior for task in runner.tasks}) is is_there


@pytest.mark.parametrize(("workers", "n_looks"), [([0, 0, 0], 3), ([0, 1, 0, 0, 0], 5)])
def test_a_cluster_without_workers_is_looked_at_three_times(
    workers: list[int], n_looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a row: a worker that came in between begins the count anew."""
    looks = []

    def wait(calls: list[Any], **options: object) -> None:
        looks.append(options)
        raise TimeoutError

    def nthreads() -> dict[str, int]:
        return {"one": 1} if workers[len(looks) - 1] else {}

    monkeypatch.setattr(distributed, "wait", wait)
    client = SimpleNamespace(status="running", nthreads=nthreads)
    with pytest.raises(RunError, match="the cluster has no worker any more"):
        cluster._wait(client, [])
    assert len(looks) == n_looks


class Scatter(dispersion._House):
    """A house of whose statistic all draws are known: 1 to 41, of which 2 to 40 are central."""

    def simulate(self, ratio: float) -> np.ndarray:
        """Around either end where the test is asked what it would see."""
        around = {dispersion.UNDER: [1.0, 2.0, 3.0], dispersion.OVER: [39.0, 40.0, 41.0]}
        return np.array(around.get(ratio, np.arange(1.0, 42.0)))

    @property
    def seen(self) -> float:
        return float(self.residual[0])


@pytest.mark.parametrize(
    ("seen", "under", "over", "is_held"),
    [(1.0, 1, 41, False), (1.9, 1, 40, False), (2.0, 2, 40, True), (2.1, 2, 39, True),
     (40.0, 40, 2, True), (40.1, 40, 1, False)],
)  # fmt: skip
def test_draws_equal_to_what_was_seen_count_on_both_sides(
    seen: float, under: int, over: int, is_held: bool
) -> None:
    house = Scatter(np.array([seen]), np.ones(1), np.eye(1), np.eye(1))
    told = house.test()
    assert [told[f"p_{side}"] for side in ("under", "over")] == [under / 41, over / 41]
    powers = [told[f"power_{side}_pct"] for side in ("under", "over")]
    assert powers == pytest.approx([100 / 3] * 2)
    assert house._holds(1.0) is is_held

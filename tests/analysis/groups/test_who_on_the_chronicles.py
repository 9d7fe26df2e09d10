"""The interviews of the Chronicles: all of them enter, quickly, and the estimates are sane."""

import time
import tracemalloc
from functools import cache

import pytest

import polls
from analysis.groups import fit_who

pytestmark = pytest.mark.long("all interviews of the Chronicles are fitted")

TABLES = polls.load()
LIMIT_SECONDS, LIMIT_BYTES = 60, 1e9


@cache
def fit():
    """Results, processor seconds and the most memory taken."""
    tracemalloc.start()
    started = time.process_time()
    results = fit_who(TABLES["cells"], TABLES["population"], TABLES["polls"])
    results.share("age_group")
    seconds, peak = time.process_time() - started, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return results, seconds, peak


def test_all_waves_are_fitted_within_a_minute_and_a_gigabyte() -> None:
    _, seconds, peak = fit()
    assert seconds < LIMIT_SECONDS
    assert peak < LIMIT_BYTES


def test_every_interview_enters() -> None:
    found = fit()[0].diagnostics()
    assert found["n_interviews"] == TABLES["cells"]["n"].sum()
    assert found["n_waves"] == TABLES["cells"]["wave"].nunique()
    assert found["warnings"] == []


def test_levels_are_near_the_weighted_shares() -> None:
    """Raking by the house uses the same sex and age, so only small differences are left."""
    found = fit()[0].compare_weighted()
    assert (found.loc[found["n"] > 500, "difference"].abs() < 1.5).all()


def test_published_shares_of_men_and_women_are_near() -> None:
    """Shares with raked weights as counted from single interviews, not from cells."""
    printed = polls.splits("support", weight="raked").query(
        "house_id == 'chronicles' and dimension == 'sex'"
    )
    polls_of = TABLES["cells"].drop_duplicates("wave").set_index("wave")["poll_id"]
    ours = fit()[0].share("sex").query("is_comparable")
    ours = ours.assign(poll_id=ours["wave"].map(polls_of), level=ours["group"])
    both = ours.merge(printed, on=["poll_id", "level"])
    assert len(both) == 2 * 14
    error = (both["mean"] - both["for_pct"]) / both["sd"]
    assert error.abs().mean() < 1.0
    assert error.abs().max() < 3.0


@pytest.mark.parametrize(("wave", "least"), [("05", 20), ("14", 10)])
def test_viewers_support_more_also_at_the_same_age(wave, least) -> None:
    plain, same = (
        fit()[0].gap("tv_source", "yes", "no", standardised=flag).set_index("wave")
        for flag in (False, True)
    )
    assert plain.loc[wave, "mean"] > same.loc[wave, "mean"] > least


def test_wordings_of_the_second_wave_are_apart() -> None:
    """The opt-out took open support too: the binary wording at the end found most."""
    found = fit()[0].poststratified().query("wave == '02'").set_index("wording_variant")
    assert not found.loc["svo_binary_end", "is_comparable"]
    assert found.loc["svo_binary_end", "lower"] > found.loc["svo_extended", "upper"]

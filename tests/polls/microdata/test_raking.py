"""Raked weights meet every margin of the population and leave unknown levels alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.microdata.harmonise import DECIMALS, RAKED, find_margins
from polls.microdata.raking import rake
from polls.tables import read_table

MARGINS = {
    "sex": pd.Series({"male": 45.2, "female": 54.8}),
    "place": pd.Series({"urban": 0.75, "rural": 0.25}),
}


@pytest.mark.long("hypothesis makes samples to be raked")
@given(st.lists(st.integers(1, 40), min_size=4, max_size=4))
def test_weighted_shares_meet_every_margin(sizes: list[int]) -> None:
    pairs = [(sex, place) for sex in MARGINS["sex"].index for place in MARGINS["place"].index]
    rows = [pair for pair, n in zip(pairs, sizes, strict=True) for _ in range(n)]
    sample = pd.DataFrame(rows, columns=["sex", "place"])
    weights = rake(sample, MARGINS)
    assert weights.mean() == pytest.approx(1)
    for margin, shares in MARGINS.items():
        found = weights.groupby(sample[margin]).sum() / weights.sum()
        pd.testing.assert_series_equal(
            found.sort_index(), (shares / shares.sum()).sort_index(), check_names=False, rtol=1e-9
        )


def test_a_missing_level_leaves_that_margin_alone() -> None:
    sample = pd.DataFrame({"sex": ["male", "male", "female", None]})
    weights = rake(sample, {"sex": MARGINS["sex"]})
    assert weights[3] == pytest.approx(1)
    assert weights[:3].sum() == pytest.approx(3)


@pytest.mark.parametrize(
    ("levels", "message"),
    [(["male", "other"], "'other' of sex has no"), (["male", "male"], "level 'female' of sex")],
)
def test_levels_that_do_not_fit_the_margin_are_an_error(levels: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rake(pd.DataFrame({"sex": levels}), {"sex": MARGINS["sex"]})


def test_margins_that_contradict_are_an_error() -> None:
    """Who is a man is also rural here, so both shares cannot hold."""
    sample = pd.DataFrame({"sex": ["male", "female"], "place": ["rural", "urban"]})
    with pytest.raises(ValueError, match="sex, place contradict"):
        rake(sample, MARGINS)


def test_the_weights_of_the_real_interviews_can_be_made_again(real: pd.DataFrame) -> None:
    """From the margins of population.csv, every weight of every wave to its last decimal."""
    codebook = read_table("microdata_codebook")
    years = codebook[codebook["harmonised_column"] == "weight_raked"].set_index("wave")["mapping"]
    population = read_table("population")
    for (wave, _), part in real.groupby(["wave", "sample"]):
        year = RAKED.fullmatch(str(years[wave]))
        assert year is not None
        made = rake(part, find_margins(population, f"Rosstat 1 Jan {year[1]}")).round(DECIMALS)
        np.testing.assert_array_equal(made, part["weight_raked"])

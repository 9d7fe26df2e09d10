"""A cell in two rows and a wave without interviews are refused; one wave by sex alone is fitted."""

import numpy as np
import pandas as pd
import pytest

from analysis import PollInputError, fit_who
from analysis.groups import report
from analysis.groups.cells import read_cells, tell_waves
from analysis.groups.population import check_target, check_whole

CELLS = pd.DataFrame(
    {
        "wave": ["w0", "w0", "w1", "w1"],
        "date": ["2022-03-01", "2022-03-01", "2022-04-01", "2022-04-01"],
        "wording_variant": "v1",
        "sex": ["female", "male"] * 2,
        "age_group": "18+",
        "settlement": "urban",
        "tv_source": "not_asked",
        "n": 200,
        "n_for": [110, 130, 100, 120],
        "n_against": [90, 70, 100, 80],
        "n_undecided": 0,
        "n_refused": 0,
    }
)
POPULATION = pd.DataFrame(
    {"sex": ["female", "male"], "age_group": "18+", "settlement": "urban", "share_pct": [54, 46]}
)


def test_a_cell_in_two_rows_is_refused_with_both():
    twice = pd.concat([CELLS, CELLS.iloc[[1]]], ignore_index=True)
    with pytest.raises(PollInputError, match="row 4, column wave: the same cell as row 1; add"):
        fit_who(twice, POPULATION, n_points=64)


def test_a_wave_without_interviews_is_refused():
    counts = [name for name in CELLS if name.startswith("n")]
    empty = CELLS.copy()
    empty.loc[2:, counts] = 0
    with pytest.raises(PollInputError, match="row 2, column n: wave w1 has no interviews"):
        fit_who(empty, POPULATION, n_points=64)


@pytest.mark.parametrize(("n", "n_kept"), [(0, 3), (1, 4)])
def test_a_cell_without_interviews_is_left_out(n, n_kept):
    cells = CELLS.copy()
    cells.loc[1, ["n", "n_for", "n_against"]] = [n, n, 0]
    assert len(read_cells(cells, POPULATION).table) == n_kept


def test_of_two_waves_without_interviews_the_first_is_named():
    counts = [name for name in CELLS if name.startswith("n")]
    empty = CELLS.assign(**dict.fromkeys(counts, 0)).iloc[[0, 2, 1, 3]].reset_index(drop=True)
    told = r"row 0, column n: wave w0 has no interviews \(the same fault in 1, 2, 3\)"
    with pytest.raises(PollInputError, match=told):
        fit_who(empty, POPULATION, n_points=64)


@pytest.mark.parametrize(
    ("total", "is_whole"),
    [(100, True), (1, True), (101, True), (99, True), (101.1, False), (98.9, False), (1.1, False)],
)
def test_a_population_is_all_of_it_in_percent_or_as_fractions(total, is_whole):
    population = POPULATION.assign(share_pct=[0.54 * total, 0.46 * total])
    if is_whole:
        check_whole(population)
        assert check_target(population)["share_pct"].tolist() == pytest.approx([54, 46])
        return
    with pytest.raises(PollInputError, match=f"the shares add up to {total} percent; give shares"):
        check_whole(population)


@pytest.mark.long("each case is a fit of groups", quick=2)
@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("wave", "w0", None),
        ("wave", "W0", "waves that look alike count as different: 'W0' and 'w0' (first in row 1"),
        ("wave", "w\u200b0", "ZERO WIDTH SPACE); write the name in one way"),
        ("wording_variant", "V1", "wordings that look alike count as different: 'V1' and 'v1'"),
        ("date", "2022-04-10", None),
        ("date", "2022-04-11", "wave w0 has days from 2022-03-01 to 2022-04-11; correct one of"),
    ],
)
def test_a_wave_under_two_names_or_of_two_times_is_told(column, value, words):
    cells = CELLS.copy()
    cells.loc[1, column] = value
    notes = list(tell_waves(read_cells(cells, POPULATION)))
    assert len(notes) == (words is not None)
    assert all(words in note for note in notes)


def test_what_is_told_of_waves_stands_under_the_estimates():
    cells = CELLS.assign(wording_variant=["v1", "V1", "v1", "V1"])
    results = fit_who(cells, POPULATION, n_points=64)
    (told,) = (text for text in results.diagnostics()["warnings"] if "wordings" in text)
    assert f"Warning: {told}" in results.summary()


@pytest.mark.long("each case is a fit of groups", quick=1)
@pytest.mark.parametrize(("dispersion", "told"), [(1.49, False), (1.5, False), (1.51, True)])
def test_counts_may_scatter_half_as_much_again_as_binomial_ones(dispersion, told, monkeypatch):
    results = fit_who(CELLS.iloc[:2], POPULATION, n_points=64)
    monkeypatch.setattr(report, "_dispersion", lambda fitted: (dispersion, 1.0))
    found = results.diagnostics()["warnings"]
    assert any(f"counts scatter {dispersion:.2f} times as much" in text for text in found) is told


def test_one_wave_by_sex_alone_gives_the_shares_of_its_interviews():
    shares = fit_who(CELLS.iloc[:2], POPULATION, n_points=64).share(by="sex")
    # The prior of the difference draws both half a standard error together.
    np.testing.assert_allclose(shares["mean"], [55, 65], atol=1.75)
    np.testing.assert_allclose(shares["sd"], [3.5, 3.4], atol=0.4)  # sqrt(p (100 - p) / 200)


def test_a_fit_without_scales_says_so_in_the_place_of_an_endless_number():
    lines = fit_who(CELLS.iloc[:2], POPULATION, n_points=64).summary().splitlines()
    (fit,) = (line for line in lines if line.startswith("Fit "))
    assert "no standard deviation to average over; dispersion " in fit
    assert not any("inf" in line or "Empty" in line or "Standard dev" in line for line in lines)


def make_waves(n_waves, **changes):
    """Four groups in each of some waves, a month apart."""
    rows = []
    for k in range(n_waves):
        for i in range(4):
            count = {"n": 200 + 10 * i + k, "n_for": 110 + 9 * i + k, "n_against": 40 + i}
            rows.append({"wave": f"w{k}", "date": f"2022-{k + 1:02d}-01", "group": i} | count)
    waves = pd.DataFrame(rows).assign(**changes)
    waves["sex"] = waves["group"].map(lambda i: ("female", "male")[i % 2])
    waves["settlement"] = waves["group"].map(lambda i: ("urban", "rural")[i // 2])
    waves["n_undecided"] = waves["n"] - waves["n_for"] - waves["n_against"]
    return waves.assign(wording_variant="v1", age_group="18+", tv_source="not_asked", n_refused=0)


def tell(cells):
    four = [
        {"sex": sex, "age_group": "18+", "settlement": place, "share_pct": 25}
        for sex in ("female", "male")
        for place in ("urban", "rural")
    ]
    return list(tell_waves(read_cells(cells, pd.DataFrame(four))))


def test_good_waves_give_no_note():
    assert tell(make_waves(8)) == []


def test_days_of_waves_that_cannot_be_are_told():
    waves = make_waves(8)
    waves.loc[waves["wave"] == "w7", "date"] = "2099-08-01"
    late, far = sorted(tell(waves))
    assert late.startswith("the wave of 2099-08-01 in row 28 has not come yet; correct the year")
    assert far.startswith(
        "the wave of 2099-08-01 in row 28 lies 77 years from all other polls; cor"
    )


def test_percentages_in_the_place_of_counts_are_told():
    waves = make_waves(2, n=100, n_for=55, n_against=30)
    assert "each cell has 100 interviews: are these percentages?" in tell(waves)[0]
    assert tell(waves[:3]) == []


def test_a_wave_that_stands_there_under_two_names_is_told():
    waves = make_waves(3)
    twice = waves[waves["wave"] == "w1"].assign(wave="copy")
    assert tell(pd.concat([waves, twice], ignore_index=True)) == [
        "waves w1 and copy have the same counts in all cells; keep one of them"
    ]


def test_two_waves_of_one_cell_may_agree():
    waves = make_waves(2, n=200, n_for=110, n_against=40)
    told = [[t for t in tell(waves[waves["group"] <= n]) if "waves" in t] for n in (0, 1)]
    assert [len(texts) for texts in told] == [0, 1]


@pytest.mark.parametrize(("times", "told"), [(8, False), (9, True)])
def test_a_cell_with_a_digit_too_many_is_told(times, told):
    waves = make_waves(5)
    counts = ["n", "n_for", "n_against", "n_undecided"]
    waves.loc[9, counts] = waves.loc[1, counts].astype(int) * times
    found = tell(waves)
    assert len(found) == told
    assert all("interviews in row 9, where this group has 212 in other" in note for note in found)


def test_a_wave_with_exchanged_answers_is_told():
    waves = make_waves(4)
    second = waves["wave"] == "w2"
    waves.loc[second, ["n_for", "n_against"]] = waves.loc[second, ["n_against", "n_for"]].to_numpy()
    assert [note.partition(":")[0] for note in tell(waves)] == [
        "wave w2 has 19 percent for and 58 against, where others have 58 and 19"
    ]
    assert tell(waves[waves["wave"].isin(["w1", "w2"])]) == []


@pytest.mark.long("each case is a fit of groups", quick=1)
@pytest.mark.parametrize(
    ("usual", "odd", "told"),
    [
        ((60, 20), (26, 60), True),  # three points of 200 more than exchanged
        ((60, 20), (27, 60), False),
        ((60, 30), (30, 60), False),  # 15 points of 200 apart
        ((62, 30), (30, 62), True),
    ],
)
def test_exchanged_answers_are_far_from_the_others_and_near_to_what_they_lack(usual, odd, told):
    waves = make_waves(4, n=50)
    for wave, counts in zip(["w0", "w1", "w3", "w2"], [usual] * 3 + [odd], strict=True):
        for name, count in zip(["n_for", "n_against"], counts, strict=True):
            parts = [(count + i) // 4 for i in range(4)]
            waves.loc[waves["wave"] == wave, name] = parts
    waves["n_undecided"] = waves["n"] - waves["n_for"] - waves["n_against"]
    assert any("look for exchanged columns" in note for note in tell(waves)) is told


def test_a_group_that_nobody_was_asked_of_is_told_with_its_part_of_the_population():
    told = (
        "no interview is of sex male, 46 percent of the population: its share, and so much of "
        "everybody's, is what the priors make of it; give its interviews, or a population without "
        "it"
    )
    women = CELLS[CELLS["sex"] == "female"]
    empty = CELLS.copy()
    empty.loc[[1, 3], [name for name in CELLS if name.startswith("n")]] = 0
    for cells in (women, empty):
        assert list(tell_waves(read_cells(cells, POPULATION))) == [told]
    one_wave = pd.concat([women, CELLS.iloc[[3]]], ignore_index=True)
    anybody = pd.concat([women, CELLS.iloc[[3]].assign(sex="any")], ignore_index=True)
    for cells in (one_wave, anybody):
        assert list(tell_waves(read_cells(cells, POPULATION))) == []

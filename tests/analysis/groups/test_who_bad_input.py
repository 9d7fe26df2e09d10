"""Cells that cannot be used give one clear error: row, column, what was found, the cure."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from analysis.base.errors import PollInputError
from analysis.groups import fit_who, published_cells, simulate_who

WORLD = simulate_who(2, 300, rng=np.random.default_rng(3))


def fit(cells, population=WORLD.population, **options):
    return fit_who(cells, population, n_points=64, **options)


@cache
def fitted():
    """The good cells fitted once."""
    return fit(WORLD.cells)


def change(row, **values):
    cells = WORLD.cells.astype("object")
    for column, value in values.items():
        cells.loc[row, column] = value
    return cells


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (change(4, n=-2), r"row 4, column n: -2 is not at least 0; give whole numbers"),
        (change(4, n_for=2.5), r"row 4, column n_for: 2.5 is not whole"),
        (change(4, n_for=9999), r"row 4, column n: .* answers .* of .* interviews; each interview"),
        (change(4, n=None), r"row 4, column n: no value"),
        (change(4, age_group="15-17"), (r"row 4, column age_group: the population has no group for"
         r" '15-17'; add it to the population \(age_group: 18-29")),
        (change(4, settlement="moon"), r"row 4, column settlement: .*'moon'"),
        (change(4, tv_source="maybe"), r"row 4, column tv_source: 'maybe' is not known; use yes"),
        (change(4, date="18.04.2022"), r"row 4, column date: '18.04.2022' is not a date"),
        (WORLD.cells.drop(columns="n_against"), r"column n_against is missing; cells need wave"),
        (WORLD.cells.iloc[:0], r"there are no cells"),
        (WORLD.cells.drop(columns="date"), r"the cells have no date; give the table `polls`"),
        ([1, 2], r"cells came as list; pass a pandas DataFrame"),
    ],
)  # fmt: skip
def test_a_fault_of_the_cells_is_named_with_its_cure(cells, words) -> None:
    with pytest.raises(PollInputError, match=words):
        fit(cells)


def test_margins_that_do_not_cover_a_cell_are_named() -> None:
    lacking = WORLD.population[
        ~((WORLD.population["sex"] == "male") & (WORLD.population["age_group"] == "60+"))
    ]
    with pytest.raises(PollInputError, match=r"row \d+, .*the population has no male, 60\+"):
        fit(WORLD.cells, lacking)


def test_a_poll_without_dates_is_named() -> None:
    cells = WORLD.cells.drop(columns="date").assign(poll_id="p-" + WORLD.cells["wave"])
    dated = pd.DataFrame(
        {"poll_id": ["p-01"], "field_start": ["2022-03-01"], "field_end": ["2022-03-03"]}
    )
    with pytest.raises(PollInputError, match=r"\(p-02\).*'p-02' has no fieldwork dates"):
        fit(cells, polls=dated)


def test_an_outcome_that_is_not_known_is_refused() -> None:
    with pytest.raises(PollInputError, match=r"outcome 'love' is not known; use one of support"):
        fit(WORLD.cells, outcome="love")


def test_refusal_where_it_was_never_offered_is_refused() -> None:
    cells = WORLD.cells.assign(
        n_undecided=WORLD.cells["n_undecided"] + WORLD.cells["n_refused"], n_refused=None
    )
    with pytest.raises(PollInputError, match=r"refusal was offered in no cell"):
        fit(cells, outcome="refused")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda r: r.share("height"), r"by is 'height'; use one of sex, age_group"),
        (lambda r: r.gap("sex", "male", "men"), r"sex has no group 'men'; use one of female, male"),
        (lambda r: r.change("01", "99"), r"there is no wave '99'; use one of 01, 02"),
        (lambda r: r.change(by="sex"), r"by and a go together"),
        (lambda r: r.share(alpha=5), r"alpha is 5"),
    ],
)
def test_a_question_that_has_no_answer_says_which_have(ask, words) -> None:
    with pytest.raises(PollInputError, match=words):
        ask(fitted())


def test_support_is_not_what_a_fit_of_refusal_gives() -> None:
    with pytest.raises(PollInputError, match=r"the outcome of this fit is 'refused'; call share"):
        fit(WORLD.cells, outcome="refused").support()


def test_a_world_of_no_waves_is_refused() -> None:
    with pytest.raises(PollInputError, match=r"0 waves"):
        simulate_who(0, rng=np.random.default_rng(1))


def test_as_of_keeps_the_waves_published_by_then_and_refuses_a_day_before_all() -> None:
    cells = WORLD.cells.assign(poll_id="p-" + WORLD.cells["wave"])
    known = pd.DataFrame(
        {
            "poll_id": ["p-01", "p-02", "other"],
            "field_end": pd.to_datetime(["2022-03-03", "2022-07-01", "2022-01-01"]),
            "published": pd.to_datetime(["2022-03-09", None, "2022-01-02"]),
        }
    )
    assert set(published_cells(cells, known, "2022-04-18")["wave"]) == {"01"}
    # Without a day of publication the last day of fieldwork stands in.
    assert set(published_cells(cells, known, "2022-07-01")["wave"]) == {"01", "02"}
    with pytest.raises(PollInputError, match=r"no poll was published by 2022-03-01"):
        published_cells(cells, known, "2022-03-01")

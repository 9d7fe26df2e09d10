"""Interviews are counted in cells of at least three, whatever people answered."""

import io
import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polls.microdata.cells import AGE_GROUPS, COUNTS, KEYS, WITHOUT_REFUSAL, make_cells
from polls.tables import DATA, read_table, tables

TOP = ["wave", "wording_variant", "sex"]
ANSWERS = list(COUNTS.values())
WAVES = pd.DataFrame({"wave": ["01", "07a", "09"], "poll_id": ["first", "express", "ninth"]})
WORDINGS = [("01", "hostilities_binary"), ("07a", "svo_extended"), ("09", "svo_extended")]


def make_people(n: int = 1, **columns: object) -> list[dict[str, object]]:
    """Interviews that are alike; by default men over 60 in town who watch television."""
    person = {
        "main_sample": 1,
        "wave": "09",
        "wording_variant": "svo_extended",
        "sex": "male",
        "age_group": "60+",
        "settlement": "urban",
        "src_tv": 1,
        "support": "support",
        "weight_raked": 1.0,
    }
    assert set(columns) <= set(person), "a misspelt column would test nothing"
    return [person | columns for _ in range(n)]


def count(people: list[dict[str, object]]) -> dict[tuple[str, str, str], int]:
    """Interviews by age group, settlement and television."""
    table = make_cells(pd.DataFrame(people))
    return dict(zip(zip(*(table[key] for key in KEYS[3:]), strict=True), table["n"], strict=True))


@st.composite
def samples(draw: st.DrawFn) -> pd.DataFrame:
    """Interviews of a few waves, few enough that every kind of merging happens."""
    person = st.tuples(
        st.sampled_from(WORDINGS),
        st.sampled_from(["male", "female"]),
        st.sampled_from(AGE_GROUPS),
        st.sampled_from(["urban", "urban", "rural", None]),
        st.sampled_from([1, 0, None]),
        st.sampled_from(["support", "oppose", "hard_to_say"]),
        st.floats(0.1, 5),
        st.sampled_from([1, 1, 1, 0]),
    )
    rows = draw(st.lists(person, min_size=1, max_size=60))
    names = ["sex", "age_group", "settlement", "src_tv", "support", "weight_raked", "main_sample"]
    frame = pd.DataFrame([row[1:] for row in rows], columns=names)
    frame["src_tv"] = frame["src_tv"].astype("Int64")
    frame.insert(0, "wave", [row[0][0] for row in rows])
    frame.insert(1, "wording_variant", [row[0][1] for row in rows])
    return frame


@pytest.mark.long("all interviews are put into cells")
@settings(max_examples=30)
@given(samples())
def test_every_interview_of_the_main_sample_is_counted_once(interviews: pd.DataFrame) -> None:
    table = make_cells(interviews, WAVES)
    main = interviews[interviews["main_sample"] == 1]
    assert table.groupby(TOP)["n"].sum().to_dict() == main.groupby(TOP).size().to_dict()
    assert (table[ANSWERS].sum(axis=1) == table["n"]).all()
    for answer, column in COUNTS.items():
        assert table[column].sum() == (main["support"] == answer).sum()
    assert table["weight_sum"].sum() == pytest.approx(main["weight_raked"].sum(), abs=1e-3)


@pytest.mark.long("all interviews are put into cells")
@settings(max_examples=30)
@given(samples())
def test_a_cell_has_three_interviews_unless_there_are_no_more(interviews: pd.DataFrame) -> None:
    table = make_cells(interviews, WAVES)
    small = table[table["n"] < 3]
    assert not small.duplicated(TOP).any()
    whole = table.groupby(TOP)["n"].sum()
    assert all(whole[tuple(row)] == n for *row, n in small[[*TOP, "n"]].itertuples(index=False))
    assert not table.duplicated(KEYS).any()


@pytest.mark.long("all interviews are put into cells")
@settings(max_examples=30)
@given(samples(), st.randoms(use_true_random=False))
def test_answers_do_not_shape_the_cells(interviews: pd.DataFrame, chance: random.Random) -> None:
    answers = interviews["support"].tolist()
    chance.shuffle(answers)
    before, after = (
        make_cells(interviews, WAVES),
        make_cells(interviews.assign(support=answers), WAVES),
    )
    unmoved = [*KEYS, "n", "weight_sum", "poll_id"]
    pd.testing.assert_frame_equal(before[unmoved], after[unmoved])


@pytest.mark.long("all interviews are put into cells")
@settings(max_examples=30)
@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_interviews_does_not_matter(
    interviews: pd.DataFrame, chance: random.Random
) -> None:
    order = list(range(len(interviews)))
    chance.shuffle(order)
    untouched = interviews.copy()
    pd.testing.assert_frame_equal(
        make_cells(interviews, WAVES), make_cells(interviews.iloc[order], WAVES)
    )
    pd.testing.assert_frame_equal(interviews, untouched)


@pytest.mark.long("all interviews are put into cells")
@settings(max_examples=30)
@given(samples())
def test_a_named_level_holds_only_interviews_of_that_level(interviews: pd.DataFrame) -> None:
    """A cell named urban, yes and 60+ cannot hold more than there are such interviews."""
    main = interviews[interviews["main_sample"] == 1]
    settlement = main["settlement"].astype("object").where(main["settlement"].notna(), "unknown")
    television = main["src_tv"].map({1: "yes", 0: "no"}).fillna("not_asked")
    known = main.assign(settlement=settlement, tv_source=television)
    for row in make_cells(interviews, WAVES).to_dict("records"):
        fits = (known[TOP] == [row[key] for key in TOP]).all(axis=1)
        if row["age_group"] in AGE_GROUPS:
            fits &= known["age_group"] == row["age_group"]
        if row["settlement"] != "any":
            fits &= known["settlement"] == row["settlement"]
        if row["tv_source"] != "any":
            fits &= known["tv_source"].isin(row["tv_source"].split("+"))
        assert fits.sum() >= row["n"]


def test_small_cells_merge_over_television_first() -> None:
    people = make_people(2) + make_people(5, src_tv=0) + make_people(4, settlement="rural")
    assert count(people) == {("60+", "urban", "any"): 7, ("60+", "rural", "yes"): 4}


def test_two_small_siblings_make_a_cell_of_their_own() -> None:
    people = make_people(9) + make_people(2, src_tv=0) + make_people(1, src_tv=None)
    assert count(people) == {("60+", "urban", "yes"): 9, ("60+", "urban", "no+not_asked"): 3}


def test_a_remainder_joins_its_smallest_sibling() -> None:
    people = make_people(9) + make_people(8, src_tv=0) + make_people(2, src_tv=None)
    assert count(people) == {("60+", "urban", "yes"): 9, ("60+", "urban", "no+not_asked"): 10}


def test_what_television_leaves_small_merges_over_settlement() -> None:
    people = make_people(9) + make_people(4, src_tv=0) + make_people(2, settlement="rural")
    assert count(people) == {("60+", "urban", "yes"): 9, ("60+", "any", "any"): 6}


def test_what_settlement_leaves_small_merges_over_age() -> None:
    people = make_people(9) + make_people(2, age_group="18-29") + make_people(1, age_group="40-49")
    assert count(people) == {("60+", "urban", "yes"): 9, ("18-49", "urban", "yes"): 3}


@pytest.mark.parametrize(("youngest", "name"), [("18-29", "any"), ("50-59", "50+")])
def test_a_merged_age_group_is_a_range(youngest: str, name: str) -> None:
    people = make_people(2) + make_people(1, age_group=youngest)
    assert count(people) == {(name, "urban", "yes"): 3}


def test_unknown_settlement_is_pooled_before_the_rest() -> None:
    """Three without a type, of three ages, make a cell and leave the others alone."""
    ages = ("18-29", "40-49", "60+")
    unknown = [row for age in ages for row in make_people(settlement=None, age_group=age)]
    assert count(make_people(4) + unknown) == {
        ("60+", "urban", "yes"): 4,
        ("any", "unknown", "yes"): 3,
    }


def test_one_or_two_of_unknown_settlement_join_their_own_age() -> None:
    people = make_people(4) + make_people(3, age_group="18-29")
    people += make_people(1, settlement=None) + make_people(1, settlement=None, age_group="18-29")
    assert count(people) == {("60+", "any", "yes"): 5, ("18-29", "any", "yes"): 4}


def test_equally_small_siblings_are_taken_in_the_order_of_their_levels() -> None:
    people = make_people(4) + make_people(4, src_tv=0) + make_people(1, src_tv=None)
    assert count(people) == {("60+", "urban", "no+not_asked"): 5, ("60+", "urban", "yes"): 4}


def test_sexes_wordings_and_waves_are_never_merged() -> None:
    people = make_people(1) + make_people(1, sex="female") + make_people(5, wave="10")
    assert make_cells(pd.DataFrame(people))["n"].tolist() == [1, 1, 5]


def test_not_asked_about_television_is_a_level_of_its_own() -> None:
    assert count(make_people(3, src_tv=None)) == {("60+", "urban", "not_asked"): 3}


def test_refusals_are_empty_where_none_was_offered() -> None:
    people = make_people(3, wave="01", wording_variant="hostilities_binary") + make_people(3)
    refused = make_cells(pd.DataFrame(people))["n_refused"]
    assert refused.isna().tolist() == [True, False]
    assert refused.iloc[1] == 0


def test_a_refusal_where_none_was_offered_is_an_error() -> None:
    people = make_people(3, wording_variant="svo_binary_end", support="refuse")
    with pytest.raises(ValueError, match="offered none"):
        make_cells(pd.DataFrame(people))


@pytest.mark.parametrize("column", ["sex", "age_group", "support", "weight_raked"])
def test_an_interview_without_a_needed_value_is_an_error(column: str) -> None:
    people = make_people(3) + make_people(1, **{column: None})
    with pytest.raises(ValueError, match=f"1 interviews have no {column}, the first is row 3"):
        make_cells(pd.DataFrame(people))


@pytest.mark.parametrize(
    ("column", "value"), [("sex", "m"), ("age_group", "18-34"), ("settlement", "town")]
)
def test_an_unknown_level_is_an_error(column: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"'{value}' of {column} is not known. Known: "):
        make_cells(pd.DataFrame(make_people(3, **{column: value})))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="lack the columns src_tv"):
        make_cells(pd.DataFrame(make_people(3)).drop(columns="src_tv"))


def test_a_wave_without_a_poll_is_an_error() -> None:
    with pytest.raises(ValueError, match="no wave 99: add it"):
        make_cells(pd.DataFrame(make_people(3, wave="99")))


def test_committed_cells_hold_the_main_sample_of_every_wave() -> None:
    cells, waves = read_table("cells"), read_table("microdata_waves").set_index("wave")
    assert cells.groupby("wave")["n"].sum().to_dict() == waves["n_main"].to_dict()
    wordings = cells.groupby("wave")["wording_variant"].unique().map(lambda w: ";".join(sorted(w)))
    assert wordings.to_dict() == waves["wording"].to_dict()
    assert cells["poll_id"].tolist() == cells["wave"].map(waves["poll_id"]).tolist()


def test_committed_cells_are_at_least_three_and_add_up() -> None:
    cells = read_table("cells")
    assert cells["n"].min() >= 3
    assert (cells[ANSWERS].sum(axis=1) == cells["n"]).all()
    binary = cells["wording_variant"].isin(WITHOUT_REFUSAL)
    assert (cells["n_refused"].isna() == binary).all()


@pytest.mark.long("all interviews are put into cells")
def test_committed_cells_are_made_from_the_real_interviews(real: pd.DataFrame) -> None:
    """Byte for byte: the table of the repository is what make_cells writes."""
    written = io.StringIO()
    make_cells(real).to_csv(written, index=False, lineterminator="\n")
    stored = tables()["cells"].path(DATA).read_text(encoding="utf-8")
    assert written.getvalue() == stored

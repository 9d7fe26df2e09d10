"""A table that people read has names, true minus signs, and no numbers of rows."""

import re

import pandas as pd
import pytest

from analysis.present import show_table


def cells(table):
    return table.texts.to_dict("list")


def test_row_numbers_are_left_out_and_a_named_index_is_the_first_column():
    frame = pd.DataFrame({"points": [1.0, 2.0]})
    assert "<th" in show_table(frame)._repr_html_()
    assert cells(show_table(frame)) == {"points": ["1", "2"]}
    named = frame.set_axis(["A", "B"]).rename_axis("pollster")
    assert cells(show_table(named)) == {"pollster": ["A", "B"], "points": ["1", "2"]}


def test_numbers_of_a_column_have_equally_many_decimals_and_true_minus_signs():
    frame = pd.DataFrame({"points": [-1.5, 2.0, -0.0, float("nan")], "polls": [3, 4, 5, 60]})
    shown = cells(show_table(frame))
    assert shown["points"] == ["−1.5", "2.0", "0.0", ""]
    assert shown["polls"] == ["3", "4", "5", "60"]


def test_differences_have_a_plus_sign_where_it_is_asked_for():
    frame = pd.DataFrame({"points": [-1.5, 2.0, 0.0, float("nan")], "share": [3, 4, 5, 6]})
    shown = cells(show_table(frame, signed=["points"]))
    assert shown["points"] == ["−1.5", "+2.0", "0.0", ""]
    assert shown["share"] == ["3", "4", "5", "6"]
    with pytest.raises(ValueError, match=r"no column 'change' to sign\. It has: "):
        show_table(frame, signed=["change"])


def test_days_have_no_hours_and_truth_is_yes_or_no():
    frame = pd.DataFrame({"day": pd.to_datetime(["2022-04-18"]), "held": [True]})
    assert cells(show_table(frame)) == {"day": ["2022-04-18"], "held": ["yes"]}


def test_long_words_are_not_cut_and_markup_is_words():
    long = "a decision " * 20 + "<b>"
    table = show_table(pd.DataFrame({"what": [long]}))
    assert long in repr(table)
    assert "&lt;b&gt;" in table._repr_html_()
    assert "<b>" not in table._repr_html_()


def test_numbers_stand_at_the_right_and_words_at_the_left():
    frame = pd.DataFrame({"pollster": ["A"], "support, %": [70.0]})
    sides = re.findall("text-align: (left|right)", show_table(frame)._repr_html_())
    assert sides == ["left", "right"] * 2


def test_a_table_is_the_same_on_every_run_and_leaves_the_frame_as_it_is():
    frame = pd.DataFrame({"points": [-1.5]}, index=pd.Index(["A"], name="pollster"))
    before = frame.copy()
    assert show_table(frame)._repr_html_() == show_table(frame)._repr_html_()
    pd.testing.assert_frame_equal(frame, before)

"""The lines in which shares of groups are printed."""

import pandas as pd

from analysis.groups.report import show


def test_shares_have_one_decimal_and_their_errors_two():
    frame = pd.DataFrame(
        {
            "wave": ["01", "02"],
            "date": pd.to_datetime(["2022-03-01", "2022-06-01"]),
            "group": ["male", "female"],
            "is_comparable": [True, False],
            "mean": [61.26, 58.0],
            "sd": [1.237, 2.0],
            "lower": [58.84, 54.07],
            "upper": [63.68, 61.93],
        }
    )
    header, *lines = (line.split() for line in show(frame).splitlines())
    assert header == ["wave", "date", "comparable", "group", "mean", "sd", "lower", "upper"]
    assert lines == [
        ["01", "2022-03-01", "male", "61.3", "1.24", "58.8", "63.7"],
        ["02", "2022-06-01", "no", "female", "58.0", "2.00", "54.1", "61.9"],
    ]

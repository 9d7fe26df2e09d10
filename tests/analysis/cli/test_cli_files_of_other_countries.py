"""Separators, decimals, names of columns, sizes and units of other files are read or told."""

import json

import pandas as pd
import pytest
from helpers.foreign_files import FOREIGN
from reference.simulated_polls import make_polls

from analysis import PollInputError, PollTrend, Priors
from analysis.__main__ import main
from analysis.cli.files import read_csv_in_parts, read_polls_csv

ROWS = [("a", "2022-03-01", 60.5), ("b", "2022-03-09", 61.5), ("a", "2022-04-20", 55.5)]
POLLS = make_polls(ROWS)


@pytest.fixture
def run(tmp_path, capsys):
    def run(frame, *options, name="polls.csv", code=0, **to_csv):
        path = tmp_path / name
        frame.to_csv(path, index=False, **to_csv)
        assert main(["trend", "--input", str(path), "--json", *options]) == code
        printed = capsys.readouterr()
        return (json.loads(printed.out) if code == 0 else None), printed.err

    return run


def expect(record, polls=POLLS, **options):
    level = PollTrend(polls, **options).fit().trend().iloc[-1]
    assert record["level"]["mean"] == pytest.approx(level["mean"], abs=1e-9)


@pytest.mark.long("several fits by the command", quick=1)
@pytest.mark.parametrize("sep", [";", "\t", "|"])
def test_separator_and_decimal_commas_are_guessed_and_said(run, sep):
    record, err = run(POLLS, sep=sep, decimal=",")
    expect(record)
    assert "note: " in err
    assert "cells are separated by" in err
    assert "decimals are written with commas" in err


def test_what_is_named_is_not_guessed(run):
    record, err = run(POLLS, "--sep", ";", "--decimal", ",", sep=";", decimal=",")
    expect(record)
    assert err == ""


def test_columns_are_mapped_and_strangers_told(run):
    foreign = POLLS.rename(columns={"house_id": "firm", "share_pct": "pct", "sample_size": "N"})
    record, _ = run(foreign, "--columns", "house=firm,share=pct,sample_size=N")
    expect(record)
    _, err = run(foreign, "--columns", "house=firm,share=percent", code=1)
    assert "no column 'percent'; columns there: firm" in err
    _, err = run(foreign, "--columns", "house=company,share=percent", code=1)
    assert "no column 'company' or 'percent'; columns there: firm" in err


def test_wrong_names_are_told_all_at_once(run):
    _, err = run(POLLS.rename(columns={"house_id": "firm", "share_pct": "pct"}), code=1)
    assert "columns house_id, share_pct are missing" in err
    assert "--columns house_id=firm,share_pct=pct" in err


@pytest.mark.long("several fits by the command")
def test_polls_without_size_get_the_usual_one_of_their_house_and_are_counted(run):
    bare = POLLS.assign(sample_size=[1000, None, None])
    _, err = run(bare, code=1)
    assert "sampling_var" in err
    record, err = run(bare, "--default-size", "800,b=1600")
    expect(record, POLLS.assign(sample_size=[1000, 1600, 800]))
    assert "2 of 3 polls have no sample_size and get a usual one: b 1, a 1" in err
    record, _ = run(POLLS.drop(columns="sample_size"), "--default-size", "1000")
    expect(record)


def test_fractions_are_refused_until_told(run):
    fractions = POLLS.assign(share_pct=POLLS["share_pct"] / 100)
    _, err = run(fractions, code=1)
    assert "--unit fraction" in err
    record, _ = run(fractions, "--unit", "fraction")
    assert record["level"]["mean"] == pytest.approx(56, abs=4)
    small = POLLS.assign(share_pct=[0.5, 0.6, 0.4])
    assert run(small, "--unit", "percent")[0]["level"]["mean"] < 2


@pytest.mark.long("several fits by the command")
def test_scales_and_priors_come_from_the_command_line(run):
    record, _ = run(POLLS, "--tau", "0.2", "--omega", "1", "--sigma-h", "3")
    level = PollTrend(POLLS).smooth((0.2, 1, 3)).trend().iloc[-1]
    assert record["level"]["mean"] == pytest.approx(level["mean"])
    expect(run(POLLS, "--prior-tau", "2")[0], priors=Priors(tau=2))
    _, err = run(POLLS, "--tau", "0.2", "--kappa", "1", code=1)
    assert "needs --omega, --sigma-h and has no kappa" in err


def test_changes_between_windows_are_those_of_the_results(run):
    record, _ = run(POLLS, "--change", "2022-03", "2022-04-20", "--reference", "a=3,b=1")
    window = ("2022-03-01", "2022-03-31")
    reference = {"a": 0.75, "b": 0.25}
    expected = PollTrend(POLLS).fit().change(window, "2022-04-20", reference=reference)
    (change,) = record["changes"]
    assert change["from"] == list(window)
    assert change["mean"] == pytest.approx(expected["mean"])
    assert record["estimand"] == "the weighted mean of a (75%), b (25%)"


@pytest.mark.parametrize(
    "option",
    [("--change", "2022-13", "2022-04"), ("--change", "2022-04-09:2022-04-01", "2022-05"),
     ("--default-size", "many"), ("--columns", "share"), ("--tau", "-1")],
)  # fmt: skip
def test_bad_options_are_bad_usage(option, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["trend", "--input", "x.csv", *option])
    assert stop.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("python -m analysis trend: error")


def test_weights_are_a_mean_of_trends():
    results = PollTrend(POLLS).fit("map")
    by_house = [results.trend(house)["mean"] for house in "ab"]
    expected = 0.75 * by_house[0] + 0.25 * by_house[1]
    for reference in ({"a": 3, "b": 1}, "a=3,b=1"):
        found = results.trend(reference)["mean"]
        pd.testing.assert_series_equal(found, expected)
    for reference, message in [
        ({"z": 1}, "house 'z' has no polls"), ({"a": -1}, "the weight of a is -1"),
        ({"a": 0}, "no house has a weight above 0"), ("a=x", "the weight of a is 'x'"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=message):
            results.trend(reference)


def test_columns_can_be_exchanged(run):
    foreign = POLLS.assign(end_date=POLLS["start_date"], start_date="2022-12-31")
    record, err = run(foreign, "--columns", "start=end_date,end=start_date")
    expect(record, POLLS.assign(end_date="2022-12-31"))
    assert "gives way" not in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--drift-days", "100"), "--drift-days is about --drift; give both, or neither"),
        (("--calm-days", "30"), "--calm-days is about --walk calming; give both, or neither"),
        (("--calm-from", "2022-03-01"), "--calm-from is about --walk calming"),
        (("--reference", "a=1,b=2,a=3"), "house 'a' is named twice; name each house once"),
        (("--prior-level-mean", "nan"), "the prior level_mean is nan"),
        (("--drift", "--drift-days", "inf"), "drift_days is inf"),
        (("--prior-tau", "1e300"), "the prior tau is 1e+300; give a number above 0, up to 1e+06"),
        (("--common-error", "51"), "common_error is 51.0 points, of shares from 0 to 100"),
    ],
)
def test_options_that_mean_nothing_are_refused(run, words, message):
    _, err = run(POLLS, *words, code=1)
    assert message in err


@pytest.mark.parametrize(("sizes", "named"), [("a=1,a=2", "house 'a'"), ("1,2", "the size of all")])
def test_two_sizes_of_one_house_are_bad_usage(sizes, named, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["trend", "--input", "x.csv", "--default-size", sizes])
    assert f"'{sizes}' names {named}" in capsys.readouterr().err


@pytest.mark.long("several fits by the command")
def test_a_change_of_windows_without_polls_is_told(run):
    record, err = run(POLLS, "--change", "2012-01", "2022-03", "--change", "2022-03", "2030-01")
    assert [note.rpartition(" ")[2] for note in record["warnings"]] == ["back", "forward"]
    assert record["warnings"][0].startswith("the change names 2012-01-01 to 2012-01-31, and the")
    assert err.count("warning: the change names") == 2
    record, _ = run(POLLS, "--change", "2022-02-01:2022-03-01", "2022-04-20:2022-12-01")
    assert "warnings" not in record


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('[{"house_id": "fom"}]', "JSON"),
        ('\n{"house_id": ["fom"]}', "JSON"),
        ("[ [1, 2]]", "JSON"),
        ("<!DOCTYPE html><p>Sign in</p>", "a page of the web"),
        ("<HTML>", "a page of the web"),
    ],
)
def test_what_is_no_csv_at_all_is_told_as_what_it_is(tmp_path, text, kind):
    path = tmp_path / "polls.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PollInputError, match=f"this is {kind}; save it as CSV in UTF-8"):
        read_polls_csv(path)


@pytest.mark.parametrize(("content", "kind", "cure"), FOREIGN, ids=[f[1] for f in FOREIGN])
def test_a_file_of_another_program_is_told_as_what_it_is(tmp_path, content, kind, cure):
    path = tmp_path / "polls.csv"
    path.write_bytes(content)
    for read in (read_polls_csv, lambda file: list(read_csv_in_parts(file, 5))):
        with pytest.raises(PollInputError) as told:
            read(path)
        assert kind in told.value.found
        assert told.value.cure.startswith(cure)


@pytest.mark.parametrize("name", ["[house_id]", "<house>", "[x"])
def test_a_header_may_begin_as_other_files_do(tmp_path, name):
    path = tmp_path / "polls.csv"
    path.write_text(f"{name},share_pct\nfom,60\n", encoding="utf-8")
    assert list(read_polls_csv(path)) == [name, "share_pct"]


def test_a_usual_size_of_a_house_without_polls_is_told(run):
    _, err = run(POLLS, "--default-size", "b=1600,zz=1000")
    assert "warning: --default-size names zz, of which the file has no poll; houses there: " in err

"""Verbs that give tables of many fits tell of slips in the polls, as those of one fit do."""

import json

import pytest
from reference.simulated_polls import make_polls

from analysis.__main__ import main

POLLS = make_polls(
    [
        (house, f"2022-{month:02d}-{day:02d}", share + month % 3)
        for month in range(3, 8)
        for house, day, share in (("a", 3, 62), ("b", 17, 66))
    ]
)
VERBS = {
    "leave-house-out": [],
    "dispersion": [],
    "priors": [],
    "backtest": ["--models", "last_of_house"],
    "simulate": ["--sets", "4"],
}
SLIP = "percent, where house a has"
TWICE = "rows repeat another row and count twice"


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A share with a slipped point, and two rows that stand there twice."""
    polls = POLLS.copy()
    polls.loc[4, "share_pct"] /= 10
    path = tmp_path_factory.mktemp("slips") / "polls.csv"
    polls.iloc[[*range(10), 8, 9]].to_csv(path, index=False)
    return path


@pytest.mark.long("tables of many fits")
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_tells_of_slips_beside_its_table_and_in_its_record(verb, file, capsys):
    assert main([verb, "--input", str(file), *VERBS[verb], "--json"]) in (0, None)
    printed = capsys.readouterr()
    warnings = json.loads(printed.out)["warnings"]
    assert [sum(words in text for text in warnings) for words in (SLIP, TWICE)] == [1, 1]
    assert printed.err.count("warning: ") == len(warnings)
    assert all(f"warning: {text}" in printed.err for text in warnings)


def test_good_polls_are_met_with_silence(tmp_path, capsys):
    path = tmp_path / "good.csv"
    POLLS.to_csv(path, index=False)
    main(["leave-house-out", "--input", str(path), "--json"])
    printed = capsys.readouterr()
    assert json.loads(printed.out)["warnings"] == []
    assert printed.err == ""


def test_two_series_are_told_apart(capsys, file, tmp_path):
    many = tmp_path / "many.csv"
    text = file.read_text(encoding="utf-8").splitlines()
    rows = [f"{name},{line}" for name in ("north", "south") for line in text[1:]]
    many.write_text("\n".join([f"series_id,{text[0]}", *rows, ""]), encoding="utf-8")
    main(["series", "--input", str(many), "--method", "map", "--json"])
    notes = [row["note"] for row in json.loads(capsys.readouterr().out)["series"]]
    assert all(f"2 {TWICE}" in note for note in notes)
    main(["series", "--input", str(many), "--method", "map"])
    assert "north: 2 rows repeat" in capsys.readouterr().out

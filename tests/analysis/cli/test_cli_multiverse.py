"""`python -m analysis multiverse` prints and writes what the functions of the library give."""

import json

import pandas as pd
import pytest
from reference.simulated_polls import make_polls

from analysis.__main__ import main
from analysis.evaluate import CHOICES, OUTCOMES, explain_variance, multiverse, summarise_multiverse
from analysis.evaluate.multiverse import published_levels

CROSSED = ("share", "instruments")
DAYS = ["2022-04-10", "2022-05-02", "2022-10-20", "2024-01-10", "2024-05-20"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Three houses with polls in both windows."""
    polls = make_polls(
        [
            (house, day, share - 2 * (k > 3) + k % 2)
            for house, share in (("a", 68), ("b", 62), ("c", 70))
            for k, day in enumerate(DAYS)
        ]
    ).assign(against_pct=20.0, design_effect=1.4)
    sectors = {"a": "state", "b": "independent", "c": "independent"}
    late = (polls["house_id"] == "b") & (polls["start_date"] > "2023-01-01")
    polls = polls.assign(
        for_pct=polls["share_pct"],
        sector=polls["house_id"].map(sectors),
        instrument=polls["house_id"] + late.map({True: ".new", False: ".old"}),
    )
    path = tmp_path_factory.mktemp("multiverse") / "polls.csv"
    polls.to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def few_choices(monkeypatch):
    """Of all choices but two the published level alone."""
    published = published_levels()
    for name, levels in list(CHOICES.items()):
        monkeypatch.setitem(CHOICES, name, levels if name in CROSSED else (published[name],))


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_text_record_and_file_are_those_of_one_table(file, tmp_path, capsys):
    out = tmp_path / "table.csv"
    assert main(["multiverse", "--input", str(file), "--out", str(out)]) == 0
    text = capsys.readouterr().out
    table = multiverse(pd.read_csv(file))
    summary = summarise_multiverse(table)
    _, shown = text.split("sure %   driven by  to %\n")
    for number, row in enumerate(summary.itertuples(), 1):
        assert f"({number}) {row.question}" in text
        numbers = [row.lowest, row.median, row.highest, row.published, row.likely_pct, row.sure_pct]
        cells = [f"({number})", str(row.n), *(f"{value:.1f}" for value in numbers), row.driver]
        assert shown.splitlines()[number - 1].split()[:-1] == cells
    shares = explain_variance(table, "level").iloc[0]
    assert f"of the level: {shares['choice']} {shares['share_pct']:.0f}%" in text
    stored = pd.read_csv(out)
    assert stored["level"].tolist() == pytest.approx(table["level"].tolist(), abs=0.005)
    assert stored["prob_fall"].tolist() == pytest.approx(table["prob_fall"].tolist(), abs=0.0005)
    assert stored["data_to"].unique().tolist() == [DAYS[-1]]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"for_pct": "many"}, "column for_pct: 'many' is not a number"),
        ({"against_pct": 140.0}, "column against_pct: '140.0' is"),
        ({"for_pct": 100.5, "against_pct": 0.0}, "column for_pct: '100.5' is"),
        ({"against_pct": 60.0}, "column for_pct: 129 percent are for or against"),
        ({"for_pct": 0.0, "against_pct": 0.0}, "column for_pct: 0 percent are for or against"),
    ],
)
def test_sides_that_are_none_are_one_clear_error(changed, told, file, tmp_path, capsys):
    path = tmp_path / "polls.csv"
    polls = pd.read_csv(file).astype(dict.fromkeys(changed, object))
    polls.loc[1, list(changed)] = list(changed.values())
    polls.to_csv(path, index=False)
    assert main(["multiverse", "--input", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {path}, line 3, ")
    assert told in error
    assert error.count("\n") == 1


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_with_one_side_alone_shares_are_of_all_respondents(file, tmp_path, capsys):
    path = tmp_path / "polls.csv"
    pd.read_csv(file).drop(columns="for_pct").to_csv(path, index=False)
    assert main(["multiverse", "--input", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_specifications"] == 2


@pytest.mark.long("each analysis of a multiverse is a fit")
def test_the_record_has_questions_and_variance(file, capsys):
    assert main(["multiverse", "--input", str(file), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    table = multiverse(pd.read_csv(file))
    assert record["n_specifications"] == len(table)
    asked = [row["question"] for row in record["questions"]]
    assert asked == summarise_multiverse(table)["question"].tolist()
    assert list(record["variance"]) == list(OUTCOMES)

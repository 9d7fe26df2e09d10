"""What each verb prints and writes on small made-up files is held whole: every word and number.

The answers in tests/data/answers were read when they were stored, and change with a model or its
words only: tests/helpers/whole_answers.py says how they are renewed.
"""

import json
import shlex
import shutil

import pandas as pd
import pytest
from helpers.paths import REFERENCE
from helpers.whole_answers import STORED, compare_with_stored, find_differences, thin

from analysis.__main__ import main

# Options are seldom at their defaults: those of the project's own polls are tried elsewhere.
COMMANDS = {
    "trend_text": "trend --input polls.csv --change 2022-03 2022-07 --change 2022-03-10 2022-08-01 "
    "--reference sector:state --out trend.csv --houses-out houses.csv",
    "trend_drift": "trend --input polls.csv --drift --drift-days 90 --method map --json "
    "--common-error 3 --houses-out houses.csv",
    "trend_by_house": "trend --input polls.csv --house-variance by_house --drift --walk calming "
    "--calm-days estimated --calm-from 2022-03-01 --prior-tau 1 --prior-omega 2 --prior-sigma-h 5 "
    "--prior-kappa 0.3 --prior-omega-spread 0.7 --prior-shock 1 --prior-calm 40 "
    "--prior-calm-spread 0.5 --prior-sector-sd 7 --prior-level-mean 60 --prior-level-sd 20",
    "trend_anchor": "trend --input polls.csv --anchors anchors.csv --scale logit --method map "
    "--change 2022-03 2022-07 --json",
    "trend_events": "trend --input polls.csv --events events.csv --covariates mode --method map "
    "--prior-event-sd 3 --prior-covariate-sd 4 --json",
    "trend_events_text": "trend --input polls.csv --events events.csv --covariates mode "
    "--method map --as-of 2022-07-20 --reference ash=2,fir=1",
    "trend_formula": "trend --input polls.csv --method map --json "
    "--covariates '~ C(mode) + C(decimals):C(mode)'",
    "effect_text": "effect --before tables --after later",
    "trend_calming": "trend --input polls.csv --walk calming --calm-from 2022-03-20 "
    "--calm-days 30 --tracking thin --method map --reference houses:ash,oak --json",
    "trend_estimated": "trend --input polls.csv --walk calming --calm-days estimated --method map",
    "trend_student": "trend --input polls.csv --errors student --reference sectors",
    "trend_foreign": "trend --input foreign.csv --sep ; --decimal , --method map --columns "
    "share=Anteil,house=Institut,start=von,end=bis,n=Befragte --default-size oak=700,yew=650",
    "trend_fractions": "trend --input fractions.csv --unit fraction --method map --json",
    "one_sector_trend": "trend --input one_sector.csv --method map --houses-out houses.csv",
    "one_sector_claim": "claim --input one_sector.csv --above 66 --method map",
    "one_sector_tipping": "tipping --input one_sector.csv --method map",
    "one_sector_parts": "composition --input one_sector_parts.csv",
    "one_sector_left_out": "leave-house-out --input one_sector.csv",
    "one_house_trend": "trend --input one_house.csv --drift --method map",
    "one_house_claim": "claim --input one_house.csv --above 60 --as-of 2022-06-01 --json",
    "one_poll_trend": "trend --input one_poll.csv --tau 0.3 --omega 1 --sigma-h 3 --json",
    "one_poll_predict": "predict --input one_poll.csv --new coming.csv --method map",
    "trend_troubled": "trend --input troubled.csv --covariates mode --method map "
    "--anchors fractions_of_anchors.csv",
    "parts_troubled": "composition --input troubled_parts.csv",
    "bias_troubled": "bias --polls troubled_past.csv --results troubled_elections.csv",
    "series_troubled": "series --input troubled_series.csv --method map --json",
    "trend_taken": "trend --input polls.csv --columns share=against_pct --method map --json",
    "trend_given": "trend --input polls.csv --tau 0.4 --omega 1.5 --sigma-h 4 --json",
    "claim_text": "claim --input polls.csv --above 62 --as-of 2022-07-01 --out claim.csv",
    "claim_json": "claim --input polls.csv --above 61 --as-of 2022-06-20 --date 2022-06-15 "
    "--anchors anchors.csv --common-error 1.5 --method map --json",
    "claim_sector": "claim --input polls.csv --above 64.5 --reference sector:independent "
    "--drift --events events.csv --method map",
    "predict_json": "predict --input polls.csv --new coming.csv --covariates mode --json",
    "predict_text": "predict --input polls.csv --new coming.csv --drift "
    "--house-variance by_house --out predicted.csv",
    "tipping_text": "tipping --input polls.csv --threshold 55 --date 2022-05-01 --silent 20 "
    "--silent-support 40 --method map --out tipping.csv",
    "tipping_json": "tipping --input polls.csv --reference elm --method map --json",
    "tipping_before": "tipping --input polls.csv --method map --date 2021-01-01",
    "tipping_after": "tipping --input polls.csv --method map --date 2029-01-01 --json",
    "parts_text": "composition --input parts.csv --out trend.csv --houses-out houses.csv",
    "parts_json": "composition --input parts.csv --drift --json --reference sectors",
    "parties_text": "composition --input parties.csv --parts red,blue,green,small "
    "--election 2026-09-13 --threshold 5 --coalition left=red+green --houses-out houses.csv",
    "parties_json": "composition --input parties.csv --parts red,blue,green,small "
    "--reference fir --election 2026-08-01 --coalition both=red+blue --coalition left=red+green "
    "--common-error 1 --json",
    "list_text": "list --input list.csv --items 4 --direct direct --weights weight "
    "--truthful-answer no --out estimates.csv",
    "list_nls": "list --input list.csv --items 4 --covariates age sex --method nls --json",
    "list_ml": "list --input list_plain.csv --items 3 --covariates age",
    "list_betabinomial": "list --input list_plain.csv --items 3 --control betabinomial "
    "--covariates age --json",
    "list_bootstrap": "list --input list.csv --items 4 --direct direct --covariates sex "
    "--method linear --bootstrap 40 --seed 5 --json",
    "bias_text": "bias --polls past.csv --results elections.csv --out errors.csv",
    "bias_json": "bias --polls past.csv --results elections.csv --days 10 --json",
    "backtest_text": "backtest --input polls.csv --models last_of_house mean_of_house last_60_days "
    "lowess exponential_smoothing --summary summary.csv",
    "backtest_json": "backtest --input few.csv --models static plug_in last_of_house --json",
    "leave_out_text": "leave-house-out --input few.csv --out table.csv",
    "dispersion_json": "dispersion --input few.csv --sets 2 --json",
    "priors_text": "priors --input few.csv",
    "series_text": "series --input series.csv --method map --out fits.csv",
    "simulate_text": "simulate --input few.csv --sets 3 --seed 4 --out coverage.csv",
    "who_text": "who --cells cells.csv --population population.csv --by age_group --standardised "
    "--out shares.csv",
    "who_json": "who --cells cells.csv --population population.csv --by age_group "
    "--outcome opinion_holders --json",
}
# What is asked for wrongly, and the last line of what is told.
REFUSED = [
    "bias --polls past.csv --results elections.csv --days -1",
    "composition --construct support --parts red,blue,green",
    "composition --input parties.csv --parts red",
    "composition --input parties.csv --parts red,red",
    *(
        f"composition --input parties.csv --parts red,blue,green,small {more}"
        for more in (
            "--drift",
            "--coalition left=red+pink --election 2026-09-13",
            "--coalition left",
            "--coalition a=red --coalition a=blue",
            "--threshold 5",
        )
    ),
    *(
        f"trend --input polls.csv {more}"
        for more in (
            "--columns share=a,end=a",
            "--columns share=a,share=b",
            "--columns share",
            "--columns share=there",
            "--default-size 0",
            "--default-size ash=many",
            "--default-size inf",
            "--change 2022-13 2022-03",
            "--reference elm=2,ash",
            "--reference sector:army",
            "--reference nobody",
            "--covariates mode mode",
            "--covariates weather",
            "--covariates '~ C(mode)' mode",
            "--prior-tau 0",
            "--prior-tau inf",
            "--walk calming --calm-days 0",
            "--as-of 2021-01-01",
            "--as-of tomorrow",
            "--tau 0.4",
            "--tau 0.4 --omega 1 --sigma-h 4 --drift",
            "--common-error -1",
            "--drift-days 0 --drift",
            "--events anchors.csv",
            "--anchors events.csv",
            "--out polls.csv",
        )
    ),
    *(f"claim --input polls.csv {more}" for more in ("--above 0", "--above 100")),
    *(
        f"tipping --input polls.csv --method map {more}"
        for more in (
            "--threshold 0",
            "--threshold 100",
            "--silent 101",
            "--silent -1",
            "--silent 50 --silent-support 101",
            "--silent 60",
        )
    ),
    *(
        f"list --input list.csv {more}"
        for more in (
            "--items 0",
            "--items 2",
            "--items 4 --bootstrap 40",
            "--items 4 --bootstrap 40 --seed -1",
            "--items 4 --bootstrap 1 --seed 1",
            "--items 4 --covariates age age",
            "--items 4 --covariates weather",
            "--items 4 --direct treated",
            "--items 3 --control betabinomial --method linear",
        )
    ),
    *(f"simulate --input few.csv {more}" for more in ("--sets 0", "--sets 1.5", "--seed 0")),
    *(f"backtest --input few.csv --parts {more}" for more in ("few.csv", "parts.csv/parts")),
    "who --cells cells.csv --population population.csv --as-of 2022-05-01",
    "predict --construct support --register nowhere/forecasts.csv",
    "who --cells cells.csv",
    "who --cells cells.csv --population elections.csv",
    "who --cells polls.csv --population population.csv",
    "predict --input polls.csv --new elections.csv --method map",
    "predict --input polls.csv --new coming.csv --method map --covariates decimals",
    "predict --score polls.csv",
    "effect --before tables --after nowhere",
    "series --input polls.csv",
    "priors --input nothing.csv",
    "trend --input list.csv",
]
# The stretches of single polls are drawn one after the other; of eight scales of few polls the
# points are few and uneven.
LOOSE = {"trend_student": 0.15, "priors_text": 0.05}


# Of parts, groups or single stretches, or many fits.
MANY_FITS = (
    *("parts_text", "parts_json", "parts_troubled", "one_sector_parts", "parties_text"),
    *("parties_json", "who_text", "who_json", "trend_student", "priors_text", "bias_text"),
    *("bias_json", "bias_troubled", "dispersion_json", "backtest_text", "backtest_json"),
    *("effect_text", "leave_out_text", "one_sector_left_out", "trend_by_house", "simulate_text"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The made-up files, and one with the first polls of three houses."""
    path = tmp_path_factory.mktemp("answers")
    for file in [*STORED.glob("*.csv"), REFERENCE / "list_plain.csv"]:
        shutil.copy(file, path)
    head, *rows = (STORED / "polls.csv").read_text(encoding="utf-8").splitlines()
    few = [row for row in rows if row.split(",")[1] in ("ash", "fir", "yew")][:14]
    (path / "few.csv").write_text("\n".join([head, *few]) + "\n", encoding="utf-8")
    polls = pd.read_csv(STORED / "polls.csv")
    polls.rename(columns={"share_pct": "for_pct"}).to_csv(path / "parts.csv", index=False)
    write_troubled(path, polls)
    state = polls[polls["sector"] == "state"]
    state.to_csv(path / "one_sector.csv", index=False)
    state.rename(columns={"share_pct": "for_pct"}).to_csv(
        path / "one_sector_parts.csv", index=False
    )
    polls[polls["house_id"] == "elm"].to_csv(path / "one_house.csv", index=False)
    polls.head(1).to_csv(path / "one_poll.csv", index=False)
    for name in ("tables", "later"):
        shutil.copytree(STORED.parent / "excerpt", path / name)
    text = (path / "later" / "polls.csv").read_text(encoding="utf-8")
    (path / "later" / "polls.csv").write_text(text.replace("f2f,1634,", "f2f,163,"))
    fractions = polls.assign(share_pct=(polls["share_pct"] / 100).round(3)).drop(columns="decimals")
    fractions.to_csv(path / "fractions.csv", index=False)
    sizes = polls["sample_size"].astype(object).where(~polls["house_id"].isin(["oak", "yew"]), "")
    foreign = {
        "Institut": polls["house_id"],
        "von": pd.to_datetime(polls["start_date"]).dt.strftime("%Y-%m-%d"),
        "bis": pd.to_datetime(polls["end_date"]).dt.strftime("%Y-%m-%d"),
        "Befragte": sizes,
        "Anteil": polls["share_pct"].map("{:.1f}".format).str.replace(".", ","),
    }
    pd.DataFrame(foreign).to_csv(path / "foreign.csv", sep=";", index=False)
    return path


def write_troubled(path, polls):
    """Files with one slip of each kind that is told and not refused."""
    slips = {
        ("ash_02", "house_id"): "Ash",
        ("oak_03", "house_id"): "o\u0430k",
        ("yew_02", "house_id"): "yeww",
        ("fir_02", "mode"): "f\u0430ce",
        ("ash_04", "share_pct"): 0.66,
        ("elm_05", "share_pct"): 46.0,
        ("ash_05", "sample_size"): 12,
        ("elm_06", "sample_size"): 2_000_000,
        ("fir_04", "sample_size"): 9030,
        ("oak_05", "sample_size"): 80,
        ("elm_08", "start_date"): "2022-04-20",
        ("fir_06", "published"): "2022-05-01",
        ("oak_06", "start_date"): "2002-07-01",
        ("oak_06", "end_date"): "2002-07-02",
    }
    troubled = polls.set_index("poll_id", drop=False).astype({"share_pct": float})
    for (poll, column), value in slips.items():
        troubled.loc[poll, column] = value
    troubled.loc[troubled["house_id"] == "elm", "sector"] = "State"
    again = troubled.loc[["fir_08", "elm_10"]].assign(share_pct=[52.0, 57.0])
    troubled = pd.concat([troubled, troubled.loc[["ash_11"]], again])
    troubled.to_csv(path / "troubled.csv", index=False)
    parts = troubled.rename(columns={"share_pct": "for_pct"})
    parts.loc["ash_06", "against_pct"] = 1.0
    parts.to_csv(path / "troubled_parts.csv", index=False)
    names = {True: "one", False: "One"}
    series = troubled.assign(series_id=(troubled["sector"] == "state").map(names))
    series.sort_values("series_id", kind="stable").to_csv(path / "troubled_series.csv", index=False)
    (path / "fractions_of_anchors.csv").write_text(
        "date,value,sd\n2022-06-12,0.585,1.5\n2022-06-13,58,1.5\n2022-06-13,52,1\n"
    )
    past = pd.read_csv(STORED / "past.csv").astype({"share_pct": float})
    past.loc[[1, 6, 9], "share_pct"] = [0.43, 73.9, 9.5]
    past.loc[[2, 3], "sample_size"] = [9, 20_000]
    past.loc[[5, 12], "house_id"] = ["Elm", "a\u0455h"]
    past.to_csv(path / "troubled_past.csv", index=False)
    elections = pd.read_csv(STORED / "elections.csv")
    elections.loc[3, "result_pct"] = 0.603
    elections.loc[2, "result_pct"] = 25.4
    elections.to_csv(path / "troubled_elections.csv", index=False)


def answer(command, folder, capsys):
    """The command, what it prints, and what it writes."""
    before = set(folder.iterdir())
    assert main(shlex.split(command)) == 0
    printed = capsys.readouterr()
    out = printed.out.rstrip("\n")
    if "--json" in command:
        out = json.dumps(thin(json.loads(out)), indent=1, ensure_ascii=False)
    told = [f"$ python -m analysis {command}", out]
    told += [f"-- stderr\n{printed.err.rstrip()}"] if printed.err else []
    for path in sorted(set(folder.iterdir()) - before):
        told += [f"-- {path.name}", *thin(path.read_text(encoding="utf-8").splitlines())]
        path.unlink()
    return "\n".join(told) + "\n"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long("large models or many fits"))
        if name in MANY_FITS
        else name
        for name in COMMANDS
    ],
)
def test_every_word_and_number_is_as_stored(name, folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    found = answer(COMMANDS[name], folder, capsys)
    assert compare_with_stored(name, found, loose=LOOSE.get(name, 0.0)) == []


@pytest.mark.long("a hundred commands, one after the other")
def test_what_is_asked_for_wrongly_is_refused_in_the_words_stored(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    there, told = set(folder.iterdir()), []
    for command in REFUSED:
        try:
            code = main(shlex.split(command))
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        told += [f"$ python -m analysis {command}", *printed.err.splitlines()[-1:]]
        assert (code in (1, 2), printed.out) == (True, ""), command
        told += [f"-- exit {code}"]
    assert set(folder.iterdir()) == there
    assert compare_with_stored("refused", "\n".join(told) + "\n") == []


def test_every_stored_answer_has_its_command():
    stored = {path.stem for path in STORED.glob("*.txt")} - {"refused"}
    assert {name for name in stored if not name.startswith("table")} == set(COMMANDS)


@pytest.mark.parametrize(
    ("found", "last_place", "same"),
    [
        ("mean 61.2 of 5", False, True),
        ("mean  61.2 of 5", False, True),
        ("mean 61.3 of 5", False, False),
        ("mean 61.3 of 5", True, True),
        ("mean 61.2 of 6", False, False),
        ("mean 61.2 for 5", False, False),
        ("mean -61.2 of 5", False, False),
        ("mean 61.2 of 5\nmore", False, False),
    ],
)
def test_what_differs_is_found(found, last_place, same):
    assert (find_differences(found, "mean 61.2 of 5", last_place=last_place) == []) == same

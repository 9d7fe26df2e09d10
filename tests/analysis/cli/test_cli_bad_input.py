"""Bad input ends in one message and exit 1, bad usage in 2, for every verb; nothing is written."""

import os
import subprocess
import sys

import pytest
from reference.simulated_polls import make_polls

from analysis.__main__ import build_parser, main

POLLS = make_polls([("a", "2022-03-01", 60), ("b", "2022-03-11", 66), ("a", "2022-04-01", 63)])
VERBS = {
    "trend": [],
    "claim": ["--above", "50"],
    "predict": ["--new", "coming.csv"],
}
HEADER = "house_id,start_date,end_date,sample_size,share_pct"
GOOD = "a,2022-03-01,2022-03-02,1000,60"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in a folder with polls and polls to come."""
    monkeypatch.chdir(tmp_path)
    POLLS.to_csv("my_polls.csv", index=False)
    POLLS.assign(start_date="2022-05-01", end_date="2022-05-02").to_csv("coming.csv", index=False)
    return tmp_path


def names(folder):
    """Files of the folder."""
    return sorted(path.name for path in folder.iterdir())


FAULTS = {
    "no file": (None, "polls.csv: cannot be read (No such file or directory); check the path"),
    "three columns": ("house_id,end_date,share_pct\na,2022-03-02,60\n",
                      "polls.csv: columns start_date, sample_size are missing (columns found"),
    "no size": (f"{HEADER}\n{GOOD}\na,2022-03-01,2022-03-02,,60\n",
                "polls.csv, line 3, column sample_size: no value; give the number of interviews"),
    "decimal comma": (f"{HEADER}\na,2022-03-01,2022-03-02,1000,\"60,5\"\n",
                      "polls.csv, line 2, column share_pct: '60,5' is not a number"),
    "local date": (f"{HEADER}\na,01.03.2022,2022-03-02,1000,60\n",
                   "polls.csv, line 2, column start_date: '01.03.2022' is not a date"),
    "open quote": (f"{HEADER}\n{GOOD}\n\"a,{'2022-03-01,' * 20000}\n",
                   "polls.csv, line 3: no CSV that can be read (field larger than field limit"),
    "open quote of many lines": (f"{HEADER}\n{GOOD}\n\"{GOOD}\n" + f"{GOOD}\n" * 6000,
                                 "polls.csv, lines 3 to "),
    "open quote at the end": (f"{HEADER}\n\"{GOOD}\n{GOOD}\n",
                              "polls.csv, lines 2 to 3: 1 cells where the header has 5; quote"),
    "open quote in the header": (f"\"{HEADER}{',x' * 80000}\n{GOOD}\n",
                                 "polls.csv, line 1: no CSV that can be read (field larger"),
    "not UTF-8": ("ФОМ".encode("cp1251"), "polls.csv, line 1: the file is not UTF-8"),
    "published": (f"{HEADER},published\n{GOOD},spring\n",
                  "polls.csv, line 2, column published: 'spring' is not a date"),
    "too late": (f"{HEADER}\na,2023-03-01,2023-03-02,1000,60\n",
                 "polls.csv: no poll was published by 2022-12-31 (the first: 2023-03-02)"),
}  # fmt: skip


@pytest.mark.long("dozens of calls of the command", quick=10)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_message_with_file_line_column_and_cure(folder, capsys, verb, name):
    content, message = FAULTS[name]
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "polls.csv").write_bytes(data)
    before = names(folder)
    argv = [verb, "--input", "polls.csv", *VERBS[verb], "--as-of", "2022-12-31"]
    assert main([*argv, "--out", "out.csv"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert last.startswith(f"error: {message}")
    assert "; " in last  # what was found, and the cure
    assert sum(line.startswith("error:") for line in printed.err.splitlines()) == 1
    assert names(folder) == before


OUTPUTS = {
    "the input": (["--out", "my_polls.csv"], "--input and --out name one file; name two"),
    "a folder": (["--out", "."], "--out . is a folder; name a file"),
    "nowhere": (
        ["--out", "no/out.csv"],
        "--out no/out.csv lies in a folder that is not there; make",
    ),
}


@pytest.mark.long("dozens of calls of the command", quick=3)
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_that_would_destroy_something_is_refused(folder, capsys, verb, name):
    options, message = OUTPUTS[name]
    before = names(folder), (folder / "my_polls.csv").read_bytes()
    assert main([verb, "--input", "my_polls.csv", *VERBS[verb], *options]) == 1
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1].startswith(f"error: {message}")
    assert printed.out == ""
    assert (names(folder), (folder / "my_polls.csv").read_bytes()) == before


def test_two_tables_are_not_written_to_one_file(folder, capsys):
    argv = ["trend", "--input", "my_polls.csv", "--out", "x.csv", "--houses-out", "./x.csv"]
    assert main(argv) == 1
    assert "error: --out and --houses-out name one file; name two" in capsys.readouterr().err
    assert not (folder / "x.csv").exists()


def test_what_comes_is_not_overwritten(folder, capsys):
    argv = ["predict", "--input", "my_polls.csv", "--new", "coming.csv", "--out", "coming.csv"]
    assert main(argv) == 1
    assert "error: --new and --out name one file; name two" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["trend", "claim"])
def test_an_unknown_reference_is_an_error_that_lists_the_known(folder, capsys, verb):
    argv = [verb, "--input", "my_polls.csv", *VERBS[verb], "--reference", "zzz"]
    assert main(argv) == 1
    message = "error: reference 'zzz' is not known; use one of houses, sectors, a, b\n"
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("verb", VERBS)
def test_include_belongs_to_the_projects_own_polls(folder, capsys, verb):
    argv = [verb, "--input", "my_polls.csv", *VERBS[verb], "--include", "questions"]
    assert main(argv) == 1
    assert "--include is about --construct" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--construct", "zzz"], "There is no construct 'zzz'. There are: "),
        (["--construct", "support", "--include", "zzz"], "include='zzz' is not known. Known: "),
    ],
)
def test_what_the_data_package_does_not_know_is_listed(capsys, options, message):
    assert main(["trend", *options]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"error: {message}")
    assert printed.err.count("\n") == 1


def test_a_construct_without_polls_says_so(monkeypatch, capsys):
    monkeypatch.setattr("polls.series", lambda construct: POLLS.head(0))
    assert main(["claim", "--construct", "losses", "--above", "50", "--as-of", "2022-04-18"]) == 1
    message = "error: series losses: there are no polls; name another construct, or bring rows"
    assert capsys.readouterr().err.startswith(message)


USAGE = {
    "no verb": [],
    "another verb": ["guess"],
    "no polls": ["claim", "--above", "50"],
    "two sources": ["trend", "--input", "a.csv", "--construct", "support"],
    "no threshold": ["claim", "--input", "my_polls.csv"],
    "threshold in words": ["claim", "--input", "my_polls.csv", "--above", "half"],
    "threshold of 100": ["claim", "--input", "my_polls.csv", "--above", "100"],
    "threshold nan": ["claim", "--input", "my_polls.csv", "--above", "nan"],
    "negative error": ["claim", "--input", "my_polls.csv", "--above", "50", "--common-error=-1"],
    "local date": ["trend", "--input", "my_polls.csv", "--as-of", "18.04.2022"],
    "no such day": ["claim", "--input", "my_polls.csv", "--above", "50", "--date", "2022-02-30"],
    "another method": ["trend", "--input", "my_polls.csv", "--method", "mcmc"],
    "nothing to predict": ["predict", "--input", "my_polls.csv"],
}


@pytest.mark.long("dozens of calls of the command", quick=5)
@pytest.mark.parametrize("name", USAGE)
def test_bad_usage_exits_with_2_and_says_how(folder, capsys, name):
    with pytest.raises(SystemExit) as caught:
        main(USAGE[name])
    assert caught.value.code == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("usage: python -m analysis")
    assert ": error: " in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("verb", VERBS)
def test_help_ends_with_an_example_that_parses(folder, capsys, verb):
    with pytest.raises(SystemExit):
        main([verb, "--help"])
    start = f"  python -m analysis {verb} "
    lines = capsys.readouterr().out.splitlines()
    examples = [line.removeprefix("  python -m analysis ") for line in lines if start in line]
    assert len(examples) >= 2
    for example in examples:
        assert build_parser().parse_args(example.split()).verb == verb


def run_shell(root, folder, *argv, **environment):
    """Run the command as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "analysis", *argv],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), **environment},
        capture_output=True,
        check=False,
    )


@pytest.mark.long("the command starts in a Python of its own")
def test_names_in_any_script_pass_a_pipe_of_a_narrow_encoding(root, folder):
    POLLS.replace("a", "ФОМ").to_csv("my_polls.csv", index=False)
    argv = ["claim", "--input", "my_polls.csv", "--above", "50", "--json"]
    run = run_shell(root, folder, *argv, PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert '"reference": "ФОМ"' in run.stdout.decode("utf-8")


@pytest.mark.long("the command starts in a Python of its own")
def test_bad_input_shows_no_traceback(root, folder):
    POLLS.assign(share_pct="many").to_csv("my_polls.csv", index=False)
    run = run_shell(root, folder, "claim", "--input", "my_polls.csv", "--above", "50")
    assert run.returncode == 1
    assert b"Traceback" not in run.stderr
    assert run.stderr.startswith(b"error: my_polls.csv, line 2, column share_pct: 'many'")


def test_a_quote_that_is_never_closed_is_named_as_the_likely_cause(folder, capsys):
    (folder / "polls.csv").write_text(f'{HEADER}\n"{GOOD}\n{GOOD}\n', encoding="utf-8")
    assert main(["trend", "--input", "polls.csv"]) == 1
    assert "; look for a quotation mark that is never closed\n" in capsys.readouterr().err

"""python -m figures: what it makes, and how it fails."""

import argparse
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers.figures_made import make_fitted, make_houses

import figures.__main__ as door
from figures import processes
from figures.catalogue import ENTRIES
from figures.fitted_polls import SINCE, FittedPolls
from figures.kit import labels
from figures.kit.edition import Edition
from figures.processes import group_by_model

# These two need polls and houses only, which can be made up.
DRAWN = tuple(e for e in ENTRIES if e.slug in {"trend-support", "coverage-support"})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Made-up polls in the place of the real ones; lists the --as-of of each call."""
    calls: list[Any] = []
    monkeypatch.setattr(door, "ENTRIES", DRAWN)

    def load(as_of: Any) -> FittedPolls:
        calls.append(as_of)
        return make_fitted()

    monkeypatch.setattr(door, "_load_polls", load)
    return calls


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "figures", *words]
    settings = os.environ | {"PYTHONPATH": str(cwd)}
    return subprocess.run(
        command, cwd=cwd, env=settings, capture_output=True, text=True, check=False
    )


@pytest.mark.long("figures are drawn by the command")
def test_without_a_slug_all_figures_are_made(made: list[Any], tmp_path: Path) -> None:
    assert door.main(["--out", str(tmp_path / "new/out"), "--format", "svg"]) == 0
    folders = {path.name for path in (tmp_path / "new/out").iterdir()}
    assert folders == {entry.slug for entry in DRAWN}
    assert made == [None]


def test_a_slug_makes_one_figure_with_all_of_its_files(made: list[Any], tmp_path: Path) -> None:
    assert door.main(["trend-support", "--out", str(tmp_path)]) == 0
    (folder,) = tmp_path.iterdir()
    names = sorted(path.name for path in folder.iterdir())
    pictures = ["figure.pdf", "figure.png", "figure.svg"]
    assert names == ["alt.txt", "caption.txt", "data.csv", *pictures]


@pytest.mark.long("figures are drawn by the command")
def test_sizes_and_formats_can_be_chosen(made: list[Any], tmp_path: Path) -> None:
    words = "coverage-support --size article wide --format png --out"
    assert door.main([*words.split(), str(tmp_path)]) == 0
    pictures = {path.name for path in (tmp_path / "coverage-support").glob("figure*")}
    assert pictures == {"figure.png", "figure-wide.png"}


@pytest.mark.long("figures are drawn by the command", quick=1)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--size", "wide", "square"], "--size"),
        (["--as-of", "2022-04-18"], "--as-of"),
        (["--lang", "en", "ru", "--format", "svg"], "--lang and --format"),
        (["trend-support", "--credit", "The Daily"], "--credit"),
    ],
)
def test_nothing_but_the_published_set_goes_into_its_folder(
    words: list[str],
    named: str,
    made: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert door.main(words) == 2
    said = capsys.readouterr().err
    assert f"With {named} this is not the published set" in said
    assert "with --out, such as --out build/figures." in said
    assert list(tmp_path.iterdir()) == []
    assert door.main([*words, "--format", "svg", "--out", "mine"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.long("figures are drawn by the command")
def test_a_slug_alone_renews_its_published_figure(
    made: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert door.main(["trend-support"]) == 0
    assert (tmp_path / "figures/published/trend-support/figure.svg").is_file()


@pytest.mark.long("figures are drawn by the command")
def test_another_credit_stands_in_the_place_of_ours(made: list[Any], tmp_path: Path) -> None:
    words = ["trend-support", "--format", "svg", "--out", str(tmp_path)]
    door.main(words)
    ours = (tmp_path / "trend-support/caption.txt").read_text(encoding="utf-8")
    assert "Russian war polls" in ours
    door.main([*words, "--credit", "The Daily"])
    for name in ("caption.txt", "figure.svg"):
        theirs = (tmp_path / "trend-support" / name).read_text(encoding="utf-8")
        assert "The Daily" in theirs
        assert "Russian war polls" not in theirs


@pytest.mark.long("figures are drawn by the command")
def test_no_process_starts_without_work_for_it(
    made: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools: list[int] = []

    class Pool(door.ProcessPoolExecutor):
        def __init__(self, processes: int, *others: Any) -> None:
            pools.append(processes)
            raise ValueError("enough is known")

    monkeypatch.setattr(door, "ProcessPoolExecutor", Pool)
    words = ["--jobs", "99", "--format", "svg", "--out", str(tmp_path)]
    assert door.main(["coverage-support", *words]) == 0
    assert pools == []
    # Two models: one is fitted here, the other in the only process of a pool.
    assert door.main(words) == 1
    assert pools == [1]


class Threads(ThreadPoolExecutor):
    """Threads in the place of the processes of a pool."""

    def __init__(self, n: int, context: Any, start: Any, given: tuple[Any, ...]) -> None:
        super().__init__(n)
        assert start is door._start_process
        self.given = given


def test_a_pool_draws_what_this_process_does_not(
    made: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And Ctrl-C ends it as it did before."""
    taken: list[list[str]] = []
    monkeypatch.setattr(door, "ProcessPoolExecutor", Threads)
    monkeypatch.setattr(door, "_work_off", lambda todo, options: None)
    monkeypatch.setattr(door, "_render_slugs", taken.append)
    before = signal.getsignal(signal.SIGINT)
    assert door.main(["--jobs", "2", "--out", str(tmp_path)]) == 0
    assert sorted(taken) == [["coverage-support"], ["trend-support"]]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("no such house."), "figures: no such house.\n"),
        (
            BrokenProcessPool(),
            "figures: a process was ended from outside. Try again with --jobs 1.\n",
        ),
    ],
    ids=["fault", "ended"],
)
def test_what_fails_in_a_pool_ends_the_run(
    error: Exception,
    told: str,
    made: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken: list[list[str]] = []

    def fail(slugs: list[str]) -> None:
        taken.append(slugs)
        raise error

    monkeypatch.setattr(door, "ProcessPoolExecutor", Threads)
    monkeypatch.setattr(door, "_work_off", lambda todo, options: None)
    monkeypatch.setattr(door, "_render_slugs", fail)
    assert door.main(["--jobs", "2", "--out", str(tmp_path)]) == 1
    assert len(taken) == 1
    assert capsys.readouterr().err == told


def test_a_process_of_several_ends_by_ctrl_c_without_a_word(made: list[Any]) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        door._start_process(argparse.Namespace(as_of=None))
        stop = signal.getsignal(signal.SIGINT)
        assert callable(stop)
        with pytest.raises(SystemExit) as end:
            stop(signal.SIGINT, None)
    finally:
        signal.signal(signal.SIGINT, before)
    assert end.value.code == 130
    assert made == [None]


@pytest.mark.parametrize(("threads", "way"), [(0, "spawn"), (1, "fork"), (2, "spawn")])
def test_processes_are_copies_of_one_that_does_nothing_else(
    threads: int, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can tell what else it does, they begin anew."""
    for number in range(threads):
        (tmp_path / "task" / str(number)).mkdir(parents=True)
    monkeypatch.setattr(processes, "Path", lambda name: tmp_path / "task")
    assert processes.choose_start().get_start_method() == way


@pytest.mark.long("figures are drawn by the command")
def test_polls_may_precede_the_first_experiment() -> None:
    arms = door._load_polls(pd.Timestamp("2022-02-26")).tables["arms"]
    assert len(arms) == 0
    assert len(door._load_polls(None).tables["arms"]) > 0


def test_progress_goes_to_stderr_only(
    made: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    door.main(["trend-support", "--format", "svg", "--out", str(tmp_path)])
    said = capsys.readouterr()
    assert said.out == ""
    assert "trend-support" in said.err


def test_list_names_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [entry.slug for entry in ENTRIES]
    assert all(len(line.split()) > 3 for line in lines)


def test_an_unknown_slug_names_the_nearest_and_exits_with_2(
    made: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert door.main(["trend-suport", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "no figure 'trend-suport'. The nearest is 'trend-support'" in said
    assert made == []
    assert not (tmp_path / "out").exists()


def test_a_language_without_labels_is_told_and_exits_with_2(
    made: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("key,en,ru,uk\na,A,А,\nb,B,,Б\n", encoding="utf-8")
    monkeypatch.setattr(labels, "LABELS", labels.LabelTable(table))
    assert door.main(["--lang", "ru", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert (
        "Labels without words in 'ru': 1, the first is 'b'. Fill column ru of labels.csv." in said
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--lang", "de"], "invalid choice: 'de'"),
        (["--size", "poster"], "invalid choice: 'poster'"),
        (["--format", "gif"], "invalid choice: 'gif'"),
        (["--as-of", "18.04.2022"], "'18.04.2022' is no day. Write it as 2022-04-18."),
        (["--as-of", "2022-04-31"], "'2022-04-31' is no day."),
        (["--jobs", "0"], "'0' is no number of processes. Write 1 or more."),
        (["--jobs", "two"], "'two' is no number of processes. Write 1 or more."),
        (["--credit", "a\x01b"], "the font of the figures has no '\\x01'. Leave it out."),
        (["--credit", "a\nb"], "the font of the figures has no '\\n'. Leave it out."),
        (["--credit", "日本"], "the font of the figures has no '日', '本'. Leave it out."),
    ],
)
def test_a_wrong_option_exits_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        door.main(words)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_exits_with_1_and_no_traceback(
    made: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert door.main(["--out", str(tmp_path / "file/out")]) == 1
    said = capsys.readouterr().err
    assert "cannot write" in said
    assert said.endswith(". Choose another folder with --out.\n")
    assert said.count("\n") == 1
    # Told before polls are fetched and models fitted.
    assert made == []


def test_data_at_fault_exit_with_1_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(as_of: Any) -> FittedPolls:
        raise ValueError("polls.csv:7 [house_id] error: no such house.")

    monkeypatch.setattr(door, "_load_polls", load)
    assert door.main(["trend-support", "--out", str(tmp_path)]) == 1
    assert "polls.csv:7 [house_id]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        door.main(["--help"])
    assert stop.value.code == 0
    assert "python -m figures --as-of 2022-04-18 --out vintage" in capsys.readouterr().out


@pytest.mark.long("figures are drawn by the command")
def test_the_day_of_as_of_stands_at_the_foot_and_in_the_caption() -> None:
    fitted = make_fitted()
    fitted.as_of = pd.Timestamp("2025-11-01")
    for entry in DRAWN:
        drawn = entry.draw(fitted, Edition(as_of=fitted.as_of))
        texts = [" ".join(text.get_text().split()) for text in drawn.fig.texts]
        assert any("published by 1 Nov 2025" in text for text in texts)
        words = "of the polls published by 1 November 2025."
        assert words in " ".join(drawn.caption.split())


def make_days(*days: str) -> FittedPolls:
    """FittedPolls of one house on some days."""
    obs = pd.DataFrame({"house_id": "levada", "mid_date": pd.to_datetime(list(days))})
    return FittedPolls({}, lambda construct: obs)


def test_change_counts_between_windows_once_a_house_spans_them() -> None:
    long = make_days("2022-02-25", "2022-05-10", "2025-10-08")
    start, end = long.windows() or (None, None)
    assert start == (pd.Timestamp("2022-04-01"), pd.Timestamp("2022-05-31"))
    assert end == (pd.Timestamp("2024-11-01"), pd.Timestamp("2025-10-31"))
    assert long.since() == pd.Timestamp("2022-04-01")
    assert long.panel() == ["levada"]


def test_change_counts_from_spring_2022_or_from_the_first_day_of_a_shorter_series() -> None:
    assert make_days("2022-03-01", "2022-04-20").since() == pd.Timestamp("2022-03-01")
    assert make_days("2022-03-01", "2022-09-20").since() == SINCE
    assert make_days("2022-03-01", "2022-09-20").windows() is None
    # On the first day and the last one of spring themselves, and beside them.
    assert make_days("2022-04-01", "2022-06-01").since() == SINCE
    assert make_days("2022-03-01", "2022-06-01").since() == SINCE
    assert make_days("2022-03-01", "2022-05-31").since() == pd.Timestamp("2022-03-01")
    assert make_days("2022-04-02", "2022-09-20").since() == pd.Timestamp("2022-04-02")


def test_polls_of_one_day_have_no_change_to_show() -> None:
    with pytest.raises(ValueError, match="All polls are of one day, 2022-02-25"):
        make_days("2022-02-25").change()


@pytest.mark.long("figures are drawn by the command")
def test_each_model_is_fitted_once_for_all_figures_languages_and_sizes() -> None:
    fitted = make_fitted()
    for entry in DRAWN:
        for size in ("article", "wide"):
            entry.draw(fitted, Edition(size=size))
        entry.make_data(fitted)
    assert sorted(fitted.fits) == [False, True]


class NothingYet(FittedPolls):
    """FittedPolls of a day before the first poll."""

    def __init__(self) -> None:
        super().__init__({"houses": make_houses()}, self.refuse, pd.Timestamp("2022-02-01"))

    def refuse(self, construct: str) -> pd.DataFrame:
        raise ValueError(f"no poll on {construct} was published by 2022-02-01")


def test_a_figure_without_polls_by_then_is_left_out_unless_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(door, "ENTRIES", DRAWN)
    monkeypatch.setattr(door, "_load_polls", lambda as_of: NothingYet())
    words = ["--as-of", "2022-02-01", "--out", str(tmp_path)]
    assert door.main(words) == 0
    assert "trend-support: left out: no poll on support" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert door.main(["trend-support", *words]) == 1


@pytest.mark.long("the command starts in a Python of its own")
def test_several_processes_draw_what_one_draws(root: Path, tmp_path: Path) -> None:
    slugs = ["coverage-support", "indirect-support"]
    words = [*slugs, "--format", "svg", "--out"]
    assert door.main([*words, str(tmp_path / "1"), "--jobs", "1"]) == 0
    done = run(*words, str(tmp_path / "2"), "--jobs", "2", cwd=root)
    assert done.returncode == 0, done.stderr
    for slug in slugs:
        names = sorted(path.name for path in (tmp_path / "1" / slug).iterdir())
        for name in names:
            one, two = (tmp_path / jobs / slug / name for jobs in ("1", "2"))
            assert one.read_bytes() == two.read_bytes()


@pytest.mark.long("the command starts in a Python of its own")
def test_a_fault_in_another_process_is_told_without_a_traceback(root: Path, tmp_path: Path) -> None:
    words = ["claim-april-2022", "--as-of", "2022-04-01", "--jobs", "2", "--out", str(tmp_path)]
    done = run(*words, cwd=root)
    assert done.returncode == 1
    assert "The claim is of 2022-04-18. Take a later --as-of." in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_figures_of_one_model_go_together_and_the_longest_work_first() -> None:
    groups = group_by_model(ENTRIES)
    assert sorted(entry.slug for group in groups for entry in group) == sorted(
        entry.slug for entry in ENTRIES
    )
    models = [entry.model for group in groups for entry in group if entry.model]
    assert len(set(models)) < len(models)
    for group in groups:
        assert len({entry.model for entry in group}) == 1
        assert group[0].model or len(group) == 1
    seconds = [sum(entry.seconds for entry in group) for group in groups]
    assert seconds == sorted(seconds, reverse=True)


@pytest.mark.long("the command starts in a Python of its own")
def test_the_list_waits_for_no_model(root: Path) -> None:
    code = (
        "import sys; from figures.__main__ import main; code = main(['list'])\n"
        "assert 'statsmodels' not in sys.modules and 'analysis' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "trend-support" in done.stdout


@pytest.mark.long("the command starts in a Python of its own")
def test_the_command_is_alone_in_its_process_and_may_be_copied(root: Path) -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("only Linux says how many threads a process has")
    code = (
        "import threading, figures.__main__ as door, analysis, polls\n"
        "print(door.choose_start().get_start_method())\n"
        "end = threading.Event(); other = threading.Thread(target=end.wait); other.start()\n"
        "print(door.choose_start().get_start_method()); end.set()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["fork", "spawn"], done.stderr


@pytest.mark.long("the command starts in a Python of its own")
def test_no_backend_that_a_user_names_stops_a_figure(root: Path) -> None:
    """Matplotlib refuses a name that it does not know while it is imported."""
    done = subprocess.run(
        [sys.executable, "-m", "figures", "list"],
        cwd=root,
        env=os.environ | {"MPLBACKEND": "nope"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.long("the command starts in a Python of its own")
def test_no_settings_of_a_user_stop_a_figure(root: Path, tmp_path: Path) -> None:
    """Matplotlib stops at a comment that is no UTF-8, and tells of each line it does not know."""
    settings = tmp_path / "matplotlibrc"
    settings.write_bytes(b"# \xec\xee\xb8\nno line\n")
    done = subprocess.run(
        [sys.executable, "-m", "figures", "list"],
        cwd=root,
        env=os.environ | {"MATPLOTLIBRC": str(settings)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("figures", "processes"), [(3, 1), (4, 2), (5, 2)])
def test_more_than_three_figures_are_shared_by_the_processors(
    figures: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(jobs: int, *_: object) -> None:
        raise LookupError(f"{jobs} more asked for")

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(door, "_work_off", lambda todo, options: None)
    monkeypatch.setattr(door, "ProcessPoolExecutor", start)
    entries = [entry for entry in ENTRIES if not entry.model][:figures]
    options = argparse.Namespace(jobs=None)
    if processes == 1:
        door._render(entries, options)
    else:
        with pytest.raises(LookupError, match="1 more asked for"):
            door._render(entries, options)

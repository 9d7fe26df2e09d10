"""Plant faults of one line in the code, one at a time, and see whether the tests notice.

A comparison, an operator, a number, a condition, an index, a returned value or a whole statement
is changed in a copy of the repository, and the tests of the module run there until one fails.
Noticed is what fails; noticed by an assert is what a test compares and not what crashes. Tests that
do not end are told apart: they count as noticed only where the same tests end well within the
limits without the fault. Kinds are drawn evenly, then a module by its number of places of that
kind.

`--record FILE` runs all quick tests once and keeps which of them ran which line (what a function
keeps of an earlier call counts as run by all who ask for it), how long they took, which start
processes, and which fail without a fault. With `--contexts FILE ...` a fault is then given to the
tests that ran its line: first to those of the folder that mirrors its own, quickest first, and if
they pass to all others, those that start processes last. Without it, and where no test ran the
line, it is given to the doctests of the module, the tests of the folder in `tests/` that mirrors
its own and beside the folders above that, and those that import it.
`--out FILE` keeps each fault as it is done, and goes on from there when it is called again.

Look at each that was not noticed before a test is written. Those that change nothing are counted as
not noticed; each that was found out stands with its reason in changes_nothing.csv, by the line of
code it is in, and the table says how many these were.
"""

import _posixsubprocess
import argparse
import ast
import contextlib
import functools
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

TITLE = "Faults of one line that the tests notice"
# Faults that were seen to change nothing: path, kind, now, the line of code, and the reason.
CHANGES_NOTHING = Path(__file__).with_name("changes_nothing.csv")
FAULTS = 200
SEED = 20220224
PACKAGES = ("polls", "analysis", "figures")
ROOT = Path(__file__).parents[1]
# Of the tests that ran a line those are tried that together take up to this many seconds of CPU
# without a fault, first near ones and then all: what only a further one would notice counts as
# not noticed.
QUICK_TESTS_S = 20
LONGEST_TESTS_S = 120
# A test that takes more seconds, of CPU or of the clock, is ended and left out of what is recorded.
LONGEST_TEST_S = 20
LONGEST_TEST_WAIT_S = 120
# What is recorded is kept after so many tests: a run that is stopped has that much.
KEPT_TESTS = 50
# Seconds of CPU that tests may take, and of the clock beside other work: far more than they need,
# and where it is known what they need, so many times as much and a minute.
LONGEST_S = 300
LONGEST_WAIT_S = 900
TIMES_THE_USUAL, MINUTE_S = 5, 60
# A fault may ask for arrays without end.
LARGEST_BYTES = 8 << 30
# The site, the notebooks and the rules of the house are left out of what is recorded.
RECORDED = ("tests/polls", "tests/analysis", "tests/figures", "tests/doors", *PACKAGES)
# Loaded once; each run of tests begins as a copy of a process that has them.
SHARED = (
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "scipy.optimize",
    "statsmodels.tsa.api",
    "jsonschema",
    "PIL.Image",
    "fontTools.ttLib",
    "babel.dates",
    "threadpoolctl",
    "tqdm",
    "sqlite3",
)
# Whole answers of all verbs in a moment: tried with the near tests of each module.
WHOLE = "tests/doors/test_whole_answers.py"
# Passes without a fault, or nothing that follows says anything.
SOUND = "tests/figures/kit/test_labels.py"
OPTIONS = ("-q", "-x", "-p", "no:xdist", "-p", "no:randomly", "-p", "no:cacheprovider")
OTHER: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
# How tests of a fault may end, and whether they noticed it.
OUTCOMES = {"assert": True, "crash": True, "endless": True, "timeout": False, "passed": False}
# What a test says that compared something, and not one that met a crash.
COMPARED = ("AssertionError", "E       assert", "DID NOT RAISE", "Expected:", "Not equal")


@dataclass(frozen=True)
class Place:
    """A node of a module that a fault can change."""

    path: str
    line: int
    kind: str
    number: int  # of the node, as ast.walk counts
    statement: int  # line where its statement begins


@dataclass(frozen=True)
class Outcome:
    """How tests ended: a key of OUTCOMES, and the test that said so."""

    kind: str
    by: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one fault."""

    package: str
    kind: str
    path: str
    line: int
    now: str
    outcome: str
    by: str
    tests: str


def find_places(root: Path, packages: tuple[str, ...]) -> list[Place]:
    """All places in functions of the packages where a fault can be planted."""
    found = []
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inside = _list_inside(tree)
            name = str(path.relative_to(root))
            for number, node in enumerate(ast.walk(tree)):
                for kind in _kinds(node) if id(node) in inside else ():
                    line = getattr(node, "lineno", 0)
                    found.append(Place(name, line, kind, number, inside[id(node)]))
    return found


def _list_inside(tree: ast.Module) -> dict[int, int]:
    """Nodes of bodies of functions, and where their statement begins.

    Neither annotations nor docstrings nor imports.
    """
    inside: dict[int, int] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            # From the outside in, so that a statement within another has the last word.
            within = (node for statement in body for node in ast.walk(statement))
            for statement in within:
                if isinstance(statement, ast.stmt):
                    inside |= {id(node): statement.lineno for node in ast.walk(statement)}
    return inside


def _kinds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield "comparison"
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER:
        yield "arithmetic"
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        yield "constant"
    if isinstance(node, ast.If | ast.IfExp):
        yield "condition"
    if isinstance(node, ast.Subscript) and _is_number(node.slice):
        yield "index"
    if isinstance(node, ast.Return) and not _is_nothing(node.value):
        yield "returned value"
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign):
        yield "deletion"


def _is_nothing(value: ast.expr | None) -> bool:
    """Whether None is returned already: a fault there would change nothing at all."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def plant(source: str, place: Place) -> tuple[str, str]:
    """Source with the fault, and the changed line in words.

    Parameters
    ----------
    source : str
        Source of the module.
    place : Place
        Where, and what kind.

    Returns
    -------
    tuple of str
        All of the module, without its comments, and the statement or expression as it is now.
    """
    tree = ast.parse(source)
    node = next(node for number, node in enumerate(ast.walk(tree)) if number == place.number)
    match node:
        case ast.Compare():
            node.ops[0] = OTHER[type(node.ops[0])]()
        case ast.BinOp():
            node.op = OTHER[type(node.op)]()
        case ast.Constant():
            node.value = _change(node.value)
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Subscript(slice=ast.Constant() as index):
            index.value = _change(index.value)
        case ast.Return():
            node.value = ast.Constant(None)
        case _:
            return ast.unparse(_Without(node).visit(tree)), f"deleted: {ast.unparse(node)[:80]}"
    return ast.unparse(tree), ast.unparse(node).splitlines()[0][:80]


def _change(value: object) -> bool | int | float:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    assert isinstance(value, float)
    return value * 1.1 if value else 0.1


class _Without(ast.NodeTransformer):
    """The tree without one statement."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node

    def visit(self, node: ast.AST) -> ast.AST:
        """Put `pass` in its place."""
        return ast.Pass() if node is self.node else self.generic_visit(node)


class _Recorder:
    """Tells coverage which test runs; keeps how long it took, what it uses, and how it ended."""

    def __init__(self, coverage: object, path: Path) -> None:
        self.coverage = coverage
        self.path = path
        self.seconds: Counter[str] = Counter()
        self.fixtures: dict[str, list[str]] = {}
        self.starting: set[str] = set()  # tests and fixtures that start processes
        self.failing: set[str] = set()
        self.now: list[str] = []
        # What was asked, by a test or for what is kept, of functions that keep what they gave.
        self.asked: dict[str, set[str]] = {}
        self._watch_processes()

    def _watch_processes(self) -> None:
        """Note which test starts a process, by whatever way."""
        fork = _posixsubprocess.fork_exec

        def note_and_fork(*arguments: object) -> int:
            self._note_process()
            return fork(*arguments)

        # joblib and the trackers of multiprocessing come this way, without a word to the audit.
        _posixsubprocess.fork_exec = note_and_fork
        begins = ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system")
        sys.addaudithook(lambda event, _: self._note_process() if event in begins else None)

    def _note_process(self) -> None:
        self.starting.update(self.now)

    def watch_caches(self, folder: Path) -> None:
        """Let what a function of a folder keeps belong to all who ask for it.

        To be called before its modules are loaded.
        """
        begin = str(folder)

        def keep(maxsize: int | None, typed: bool) -> Callable[[Any], Any]:
            def wrap(function: Any) -> Any:
                kept = lru_cache(maxsize, typed)(function)
                if not getattr(function, "__code__", wrap.__code__).co_filename.startswith(begin):
                    return kept
                return self._note_calls(function, kept)

            return wrap

        lru_cache = functools.lru_cache

        def watched(maxsize: Any = 128, typed: bool = False) -> Any:
            return keep(128, typed)(maxsize) if callable(maxsize) else keep(maxsize, typed)

        functools.lru_cache = watched
        functools.cache = keep(None, False)

    def _note_calls(self, function: Any, kept: Any) -> Any:
        """The same function, whose lines belong to each test that calls it."""
        name = f"{function.__module__}.{function.__qualname__}"
        is_ours = name.partition(".")[0] in PACKAGES

        @functools.wraps(function)
        def call(*given: object, **named: object) -> object:
            # Of helpers of tests each answer is kept apart: each figure, each model.
            context = f"fixture {name}" + ("" if is_ours else f" {given!r} {named!r}")
            self.asked.setdefault(self.now[-1] if self.now else "", set()).add(context)
            self._enter(context)
            try:
                return kept(*given, **named)
            finally:
                self._leave()

        call.cache_clear, call.cache_info = kept.cache_clear, kept.cache_info
        return call

    def _find_asked(self, context: str) -> set[str]:
        """What was asked for in a context, and for that in turn."""
        found: set[str] = set()
        todo = [context]
        while todo:
            more = self.asked.get(todo.pop(), set()) - found
            found |= more
            todo += more
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """All of a test, with its own fixtures; each of its cases counts for itself."""
        test = item.nodeid
        begin = _measure_cpu()
        self._enter(test)
        done = yield
        self._end_workers()
        self._leave()
        self.seconds[test] += _measure_cpu() - begin
        fixtures = set(getattr(item, "fixturenames", ()))
        asked = [self._find_asked(name) for name in (test, *(f"fixture {f}" for f in fixtures))]
        kept = {name.removeprefix("fixture ") for names in asked for name in names}
        self.fixtures[test] = sorted(fixtures | kept)
        if len(self.seconds) % KEPT_TESTS == 0:
            self.keep()
        return done

    def keep(self) -> None:
        """Write what was recorded so far."""
        self.coverage.save()
        told = {
            "seconds": self.seconds,
            "fixtures": self.fixtures,
            "starting": sorted(self.starting),
            "failing": sorted(self.failing),
        }
        self.path.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        """What several tests share belongs to each of them, and not to the first."""
        shared = fixturedef.scope != "function"
        if shared:
            self._enter(f"fixture {fixturedef.argname}")
        done = yield
        if shared:
            self._leave()
        return done

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """End a test that takes too long."""
        limits = {signal.ITIMER_PROF: LONGEST_TEST_S, signal.ITIMER_REAL: LONGEST_TEST_WAIT_S}
        for name in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(name, lambda *_: pytest.skip("takes too long"))
        for timer, seconds in limits.items():
            signal.setitimer(timer, seconds)
        try:
            return (yield)
        finally:
            for timer in limits:
                signal.setitimer(timer, 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What fails or is skipped without a fault says nothing about one."""
        if not report.passed:
            self.failing.add(report.nodeid)

    def _end_workers(self) -> None:
        """End the processes that joblib keeps, that the next test has to start its own."""
        kept = sys.modules.get("joblib.externals.loky.reusable_executor")
        if kept is not None and kept._executor is not None:
            self._note_process()
            kept._executor.shutdown(wait=True, kill_workers=True)
            kept._executor = None

    def _enter(self, context: str) -> None:
        self.now.append(context)
        self.coverage.switch_context(context)

    def _leave(self) -> None:
        self.now.pop()
        self.coverage.switch_context(self.now[-1] if self.now else "")


def _measure_cpu() -> float:
    """Seconds of this process and of those that it started and waited for."""
    return time.process_time() + sum(os.times()[2:4])


def record_contexts(path: Path, tests: Sequence[str] = RECORDED) -> None:
    """Run tests once, and keep which ran which line: a coverage file, and a JSON beside it."""
    from coverage import Coverage

    with tempfile.TemporaryDirectory(prefix="polls-faults-") as name:
        folder = copy_repository(Path(name))
        _move_to(folder)
        sources = [str(folder / package) for package in PACKAGES]
        measured = Coverage(data_file=str(path), source=sources, config_file=False)
        measured.set_option("run:relative_files", True)
        measured.start()
        recorder = _Recorder(measured, path)
        recorder.watch_caches(folder)
        quietly = [option for option in OPTIONS if option != "-x"]
        pytest.main([*quietly, *tests], plugins=[recorder])
        measured.stop()
        recorder.keep()
        os.chdir(ROOT)


def _move_to(folder: Path) -> None:
    """Let this process, and those that it starts, import from a folder and not from ours."""
    os.chdir(folder)
    os.environ["PYTHONPATH"] = str(folder)
    elsewhere = [path for path in sys.path if Path(path or ".").resolve() != ROOT]
    sys.path[:] = [str(folder), *elsewhere]


class Contexts:
    """Which tests ran a line.

    Parameters
    ----------
    *paths : Path
        What `record_contexts` wrote.
    """

    def __init__(self, *paths: Path) -> None:
        from coverage import CoverageData

        self.seconds: dict[str, float] = {}
        self.starting: set[str] = set()
        self.records: list[tuple[CoverageData, dict[str, set[str]]]] = []
        for path in paths:
            told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            failing = set(told["failing"])
            seconds = {test: s for test, s in told["seconds"].items() if test not in failing}
            using: dict[str, set[str]] = {}
            for test in seconds:
                for fixture in told["fixtures"][test]:
                    using.setdefault(f"fixture {fixture}", set()).add(test)
            data = CoverageData(str(path))
            data.read()
            self.records.append((data, using))
            self.seconds |= seconds
            self.starting |= set(told["starting"])

    def find_tests(self, place: Place) -> list[list[str]]:
        """Tests that ran the line, themselves or by a fixture: near and quick ones, all others."""
        found: set[str] = set()
        for data, using in self.records:
            lines = data.contexts_by_lineno(place.path)
            # Of a statement of many lines not each is one that runs.
            ran = lines.get(place.line) or lines.get(place.statement, [])
            found |= {test for name in ran for test in using.get(name, {name})}
        known = sorted(found & set(self.seconds), key=lambda test: (self.seconds[test], test))
        home = str(Path("tests", Path(place.path).parent))
        near = [
            test
            for test in known
            if test.startswith((home, f"{place.path}::", WHOLE)) and test not in self.starting
        ]
        first = self._choose(near, QUICK_TESTS_S)
        further = sorted(set(known) - set(first), key=self._order)
        return [first, self._choose(further, LONGEST_TESTS_S)]

    def _order(self, test: str) -> tuple[bool, float, str]:
        return test in self.starting, self.seconds[test], test

    def _choose(self, tests: list[str], longest: float) -> list[str]:
        """As many of the first as do not take too long together."""
        chosen, total = [], 0.0
        for test in tests:
            total += self.seconds[test]
            if total > longest:
                break
            chosen.append(test)
        return chosen


def find_near_tests(place: Place, root: Path) -> list[str]:
    """Tests of the folder that mirrors the module's, and those that import it."""
    module = Path(place.path).with_suffix("")
    folder = Path("tests", module.parent)
    while not (root / folder).is_dir():
        folder = folder.parent
    # What stands beside the folders above, and what imports the module from elsewhere.
    above = [path for up in folder.parents[:-1] for path in (root / up).glob("test_*.py")]
    name = ".".join(module.parts)
    users = [
        path
        for path in (root / "tests").rglob("test_*.py")
        if name in path.read_text(encoding="utf-8")
    ]
    others = {str(path.relative_to(root)) for path in (*above, *users)}
    apart = sorted(path for path in others if not Path(path).is_relative_to(folder))
    return [place.path, str(folder), *apart]


def run_tests(folder: Path, tests: list[str], longest: float = LONGEST_S) -> Outcome:
    """How tests end in a copy of the repository.

    They run in a process group of their own, which is ended with all that they have started.

    Parameters
    ----------
    folder : Path
        The copy.
    tests : list of str
        Names for pytest.
    longest : float
        Seconds of CPU, of which the tests themselves may take this many; three times as many of
        the clock.

    Returns
    -------
    Outcome
        "assert", "crash", "timeout" or "passed".
    """
    told = folder / "build" / "told.json"
    told.parent.mkdir(exist_ok=True)
    told.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _run_here(folder, tests, told, longest)
    status = _wait(child, longest * LONGEST_WAIT_S / LONGEST_S)
    if status is None or os.waitstatus_to_exitcode(status) == -signal.SIGXCPU:
        return Outcome("timeout")
    if os.waitstatus_to_exitcode(status) in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return Outcome("passed")
    if not told.exists():  # what dies without a word has crashed
        return Outcome("crash")
    failures = json.loads(told.read_text(encoding="utf-8"))
    compared = any(words in text for _, text in failures for words in COMPARED)
    return Outcome("assert" if compared else "crash", failures[0][0] if failures else "")


def _wait(child: int, longest: float) -> int | None:
    """Status of a child, or None if it did not end; nothing of its group is left."""
    end = time.monotonic() + longest
    status = None
    try:
        while status is None and time.monotonic() < end:
            time.sleep(0.05)
            done, found = os.waitpid(child, os.WNOHANG)
            status = found if done else None
    finally:  # also where this process is told to end
        # Before the child has called setpgid there is no such group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if status is None:
            os.waitpid(child, 0)
    return status


class _Failures:
    """Keeps what failed tests and modules that could not be loaded said."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the words of a failed test."""
        if report.failed:
            self.texts.append((report.nodeid, report.longreprtext))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the words of a module that could not be loaded."""
        if report.failed:
            self.texts.append((report.nodeid, report.longreprtext))


def _run_here(folder: Path, tests: list[str], told: Path, longest: float) -> NoReturn:
    """Run tests in this process, which ends with them, whatever happens."""
    code: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        # Not a session of its own, which Linux would give a priority of its own.
        os.setpgid(0, 0)
        with Path(os.devnull).open("r+") as nowhere:
            for stream in range(3):
                os.dup2(nowhere.fileno(), stream)
        spent = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + int(longest), resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (LARGEST_BYTES, resource.RLIM_INFINITY))
        _move_to(folder)
        failures = _Failures()
        code = pytest.main([*OPTIONS, *tests], plugins=[failures])
        told.write_text(json.dumps(failures.texts), encoding="utf-8")
    finally:
        # Without what waits at the end of a process for others: they are ended from outside.
        os._exit(int(code))


def run(
    n: int,
    seed: int,
    packages: tuple[str, ...] = PACKAGES,
    contexts: Contexts | None = None,
    out: Path | None = None,
) -> pd.DataFrame:
    """Plant `n` faults one at a time.

    Parameters
    ----------
    n : int
        Number of faults.
    seed : int
        Seed of the draws.
    packages : tuple of str
        Packages to plant them in.
    contexts : Contexts or None
        Which tests ran a line.
    out : Path or None
        CSV file that keeps each fault when it is done; those that it holds are not tried again.

    Returns
    -------
    DataFrame
        One row per fault, with the columns of Result.
    """
    for module in SHARED:
        importlib.import_module(module)
    rng = np.random.default_rng(seed)
    places = find_places(ROOT, packages)
    kinds = sorted({place.kind for place in places})
    done = pd.read_csv(out) if out is not None and out.exists() else None
    results = [] if done is None else done.to_dict("records")
    with tempfile.TemporaryDirectory(prefix="polls-faults-") as name:
        folder = copy_repository(Path(name))
        if run_tests(folder, [SOUND]).kind != "passed":
            raise RuntimeError(f"{SOUND} fails without a fault; run the tests first")
        for number in range(n):
            of_kind = [place for place in places if place.kind == kinds[number % len(kinds)]]
            place = of_kind[int(rng.integers(len(of_kind)))]
            if number < len(results):
                continue
            result = _try_fault(folder, place, contexts)
            results.append(asdict(result))
            print(f"{number + 1}: {result}", file=sys.stderr)
            if out is not None:
                pd.DataFrame(results).to_csv(out, index=False, lineterminator="\n")
    return pd.DataFrame(results)


def _try_fault(folder: Path, place: Place, contexts: Contexts | None) -> Result:
    path = folder / place.path
    source = path.read_text(encoding="utf-8")
    spoilt, now = plant(source, place)
    stages = [tests for tests in contexts.find_tests(place) if tests] if contexts else []
    words = f"{sum(map(len, stages))} tests ran the line"
    outcome = Outcome("passed")
    for tests in stages or [find_near_tests(place, folder)]:
        usual = sum(contexts.seconds[test] for test in tests) if stages and contexts else None
        longest = LONGEST_S if usual is None else MINUTE_S + TIMES_THE_USUAL * usual
        path.write_text(spoilt, encoding="utf-8")
        ended = run_tests(folder, tests, longest)
        path.write_text(source, encoding="utf-8")
        if ended.kind == "timeout":
            ended = tell_timeout(folder, tests, longest)
        if ended.kind != "passed":
            outcome = ended
        if OUTCOMES[ended.kind]:
            break
    package = place.path.split("/")[0]
    return Result(package, place.kind, place.path, place.line, now, outcome.kind, outcome.by, words)


def tell_timeout(folder: Path, tests: list[str], longest: float = LONGEST_S) -> Outcome:
    """Whether tests that did not end with a fault end well within the limits without it.

    Parameters
    ----------
    folder : Path
        A copy of the repository, sound again.
    tests : list of str
        Names for pytest.
    longest : float
        The limit that they have exceeded.

    Returns
    -------
    Outcome
        "endless" if they pass in a third of it, "timeout" if not.
    """
    sound = run_tests(folder, tests, longest / 3)
    return Outcome("endless" if sound.kind == "passed" else "timeout")


def copy_repository(folder: Path) -> Path:
    """Copy all files that git tracks into a folder."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def find_reasons(results: pd.DataFrame, root: Path) -> list[str]:
    """Why each fault changes nothing, or an empty string where nobody has said so.

    Parameters
    ----------
    results : DataFrame
        path, line, kind, now.
    root : Path
        Of the code the faults were planted in.

    Returns
    -------
    list of str
    """
    judged = pd.read_csv(CHANGES_NOTHING).set_index(["path", "kind", "now", "code"])["reason"]
    reasons = []
    for row in results.itertuples():
        lines = (root / str(row.path)).read_text(encoding="utf-8").splitlines()
        code = lines[int(row.line) - 1].strip()
        reasons.append(str(judged.get((row.path, row.kind, str(row.now), code), "")))
    return reasons


def summarise(results: pd.DataFrame) -> str:
    """Tables in Markdown: by package, by kind, and what was not noticed.

    Parameters
    ----------
    results : DataFrame
        The columns of `Result`, and reason: why a fault changes nothing, or an empty string.

    Returns
    -------
    str

    Notes
    -----
    The share that tests notice of faults that change something is the mutation score (DeMillo,
    Lipton and Sayward 1978, "Hints on test data selection", Computer 11(4)); what changes nothing
    no test could notice.
    """
    noticed = results["outcome"].map(OUTCOMES)
    told = results.assign(
        noticed=noticed, **{kind: results["outcome"] == kind for kind in OUTCOMES}
    )
    lines = []
    for by in ("package", "kind"):
        names = (by, "faults", "noticed", "of those that change something", "by an assert")
        names += ("by a crash", "endless", "timeouts")
        lines += [f"| {' | '.join(names)} |", f"|---{'|---:' * (len(names) - 1)}|"]
        for key, group in [*told.groupby(by), ("all", told)]:
            real = group["noticed"] | (group["reason"] == "")
            each = (group["noticed"], group.loc[real, "noticed"], group["assert"], group["crash"])
            shares = [f"{share.mean():.0%}" for share in each]
            counts = [str(group[name].sum()) for name in ("endless", "timeout")]
            lines.append(f"| {key} | {len(group)} | {' | '.join([*shares, *counts])} |")
        lines.append("")
    lines += ["Not noticed:", ""]
    missed = told[~told["noticed"]]
    lines += [
        f"- {row.path}:{row.line} ({row.kind}{', timeout' if row.timeout else ''}): `{row.now}`"
        f"{f' changes nothing: {row.reason}' if row.reason else ''}"
        for row in missed.itertuples()
    ]
    return "\n".join(lines)


def report() -> str:
    """What 200 faults come to, in Markdown."""
    return describe(run(FAULTS, SEED), SEED)


def describe(results: pd.DataFrame, seed: int) -> str:
    """What faults come to, in Markdown, and how they were drawn."""
    told = results.assign(reason=find_reasons(results, ROOT))
    noticed = told["outcome"].map(OUTCOMES)
    idle = int((~noticed & (told["reason"] != "")).sum())
    how = (
        f"{len(told)} faults, seed {seed}: {noticed.sum()} noticed, {noticed.mean():.1%}. "
        f"Of the others {idle} change nothing, each with its reason below; of the faults without "
        f"these {noticed.sum() / (len(told) - idle):.1%} were noticed."
    )
    return f"{how}\n\n{summarise(told)}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=FAULTS, help="number of faults")
    parser.add_argument("--seed", type=int, default=SEED, help="seed of the draws")
    parser.add_argument("--packages", nargs="+", default=PACKAGES, choices=PACKAGES)
    parser.add_argument("--record", type=Path, help="run the tests and keep which ran what")
    parser.add_argument("--tests", nargs="+", default=RECORDED, help="those that --record runs")
    parser.add_argument("--contexts", type=Path, nargs="+", help="what --record kept")
    parser.add_argument("--out", type=Path, help="CSV file for one row per fault, to go on from")
    parser.add_argument("--publish", action="store_true", help="keep the table in RESULTS.md")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if arguments.record:
        record_contexts(arguments.record.resolve(), arguments.tests)
        return 0
    contexts = Contexts(*arguments.contexts) if arguments.contexts else None
    packages = tuple(arguments.packages)
    results = run(arguments.n, arguments.seed, packages, contexts, arguments.out)
    body = describe(results, arguments.seed)
    print(body)
    if arguments.publish:
        bench = importlib.import_module("run")  # of this folder; `run` is ours here
        text = bench.put_section(bench.RESULTS.read_text(encoding="utf-8"), TITLE, body)
        bench.RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What a package does before it loads another: Ctrl-C ends in one line, foreign files are named."""

import importlib
import os
import runpy
import signal
import sys
from types import ModuleType

import pytest

PACKAGES = ["polls", "analysis", "figures"]


@pytest.fixture(params=PACKAGES)
def start(request, monkeypatch):
    """The module that begins a package, with the handlers of Python itself."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    yield importlib.import_module(f"{request.param}._start")
    signal.signal(signal.SIGINT, usual)


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A function that puts a file in the way of babel, as if it had been loaded in its stead."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def put(name="babel.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        module = ModuleType("babel")
        module.__file__ = str(path)
        monkeypatch.setitem(sys.modules, "babel", module)
        return path

    return put


def test_ctrl_c_ends_in_one_line(start, monkeypatch):
    start.begin("made")
    told = []
    monkeypatch.setattr(os, "write", lambda *what: told.append(what) or len(what[1]))
    monkeypatch.setattr(os, "_exit", told.append)
    signal.getsignal(signal.SIGINT)(signal.SIGINT, None)
    assert told == [(2, b"made: stopped by Ctrl-C\n"), 130]


def test_a_handler_and_a_hook_of_the_users_stay(start, monkeypatch):
    def mine(*_):
        pass

    signal.signal(signal.SIGINT, mine)
    monkeypatch.setattr(sys, "excepthook", mine)
    start.begin("made")
    assert signal.getsignal(signal.SIGINT) is mine
    assert sys.excepthook is mine


@pytest.mark.parametrize("name", ["babel.py", "babel/__init__.py"])
def test_what_is_in_the_way_is_named_in_place_of_a_traceback(start, foreign, name, capsys):
    path = foreign(name)
    start.begin("made")
    sys.excepthook(ValueError, ValueError("deep inside"), None)
    assert capsys.readouterr().err == (
        f"made: {path} is in the way of the module babel that is installed; rename it, or work in "
        "another folder\n"
    )


@pytest.mark.long("each case is a Python of its own", quick=1)
def test_what_failed_while_it_was_loaded_is_known_from_its_traceback(start, foreign, monkeypatch):
    path = foreign()
    path.write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.delitem(sys.modules, "babel")
    assert start.find_in_the_way(None) is None
    with pytest.raises(ZeroDivisionError) as caught:
        runpy.run_path(str(path))
    assert start.find_in_the_way(caught.value.__traceback__) == ("babel", path)


@pytest.mark.long("each case is a Python of its own", quick=1)
def test_any_other_error_keeps_its_traceback(start, capsys):
    start.begin("made")
    error = ValueError("deep inside")
    sys.excepthook(ValueError, error, error.__traceback__)
    assert capsys.readouterr().err == "ValueError: deep inside\n"


@pytest.mark.long("each case is a Python of its own", quick=1)
def test_a_package_that_is_installed_twice_is_in_nobodys_way(start, foreign):
    path = foreign("babel/__init__.py")
    assert start.find_in_the_way(None) == ("babel", path)
    (path.parents[1] / "babel-2.dist-info").touch()
    assert start.find_in_the_way(None) is None


def test_a_file_is_in_nobodys_way_where_nothing_else_has_its_name(start, foreign, monkeypatch):
    path = foreign("mine.py")
    monkeypatch.setitem(sys.modules, "mine", sys.modules.pop("babel"))
    assert start.find_in_the_way(None) is None
    assert path.exists()


def test_our_own_packages_lie_beside_the_one_that_begins(start, monkeypatch, tmp_path):
    """As in a clone beside which another version is installed."""
    (tmp_path / start.__package__).mkdir()
    (tmp_path / start.__package__ / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(start.HERE), str(tmp_path)])
    assert start.find_in_the_way(None) is None
    monkeypatch.setattr(start, "HERE", tmp_path)
    assert start.find_in_the_way(None) is not None


@pytest.mark.long("each case is a Python of its own", quick=1)
def test_a_file_that_is_no_python_is_known_from_the_error(start, foreign, monkeypatch):
    path = foreign()
    monkeypatch.delitem(sys.modules, "babel")
    error = SyntaxError("'(' was never closed", (str(path), 1, 5, "x = (", 1, 5))
    assert start.find_in_the_way(None, error) == ("babel", path)
    assert start.find_in_the_way(None, SyntaxError("of no file")) is None


@pytest.mark.parametrize("seconds", ["abc", "", "1e3", "99999999999999999999", "-99999999999999"])
def test_a_day_that_numpy_would_stop_at_is_told_in_one_line(start, monkeypatch, capsys, seconds):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    with pytest.raises(SystemExit) as caught:
        start.begin("made")
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        f"made: SOURCE_DATE_EPOCH is {seconds!r}, which is no number of seconds since 1970; unset "
        "it, or give such a number\n"
    )


@pytest.mark.parametrize("seconds", ["0", "1764000000", "-1"])
def test_a_day_of_a_build_stops_nothing(start, monkeypatch, seconds):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    start.begin("made")


def test_a_command_has_two_names(start, monkeypatch):
    name = start.__package__
    for words, found in (
        (["-m"], True),
        ([f"/bin/war-{name}", "x"], True),
        ([f"war-{name}.exe"], True),
        (["/bin/pytest"], False),
        ([], False),
    ):
        monkeypatch.setattr(sys, "argv", words)
        assert start.is_command(name) is found

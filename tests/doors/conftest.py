"""The doors of the command line, called without a new Python, and what they left behind."""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from helpers.two_houses import make_two_houses

import analysis.__main__
import polls.__main__

CORPUS = Path(__file__).with_name("corpus")
DOORS = {"analysis": analysis.__main__.main, "polls": polls.__main__.main}


class Ending(NamedTuple):
    """What a call came to."""

    code: int | str | None
    out: str
    err: str


Call = Callable[[list[str]], Ending]


def call(words: list[str]) -> Ending:
    """Call a door; what it raises is raised, but for the end of the program."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: int | str | None = DOORS[words[0]](words[1:])
        except SystemExit as end:
            code = end.code
    return Ending(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session", name="call")
def give_call() -> Call:
    """Give the function by which doors are called."""
    return call


@pytest.fixture(scope="session")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files that a command needs beside the one that is tried, all of them right."""
    tables = make_two_houses(tmp_path_factory.mktemp("doors") / "data")
    files = {name: CORPUS / f"{name}.csv" for name in ("polls", "cells", "population")}
    return {name: os.fspath(path) for name, path in (files | {"tables": tables}).items()}

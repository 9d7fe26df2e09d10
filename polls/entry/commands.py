"""The verbs by which data come in, for `python -m polls`."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from polls.entry.add import BY_ROW, Request, add
from polls.tables.load import find_data

Run = Callable[[argparse.Namespace], int]
AddVerb = Callable[[str, Run, str, str], argparse.ArgumentParser]


def add_entry_verbs(add_verb: AddVerb) -> None:
    """Describe the verbs and their options."""
    words = "Add waves, or further answers of waves that are there, from a flat file."
    verb = add_verb("add", _add, words, "add new_wave.csv --dry-run")
    verb.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="flat CSV as `template` prints it"
    )
    for name in BY_ROW:
        verb.add_argument(
            f"--{name}", type=Path, metavar="FILE", help=f"rows of {name}.csv that are new, too"
        )
    verb.add_argument(
        "--subgroup",
        action="append",
        default=[],
        metavar="NAME",
        help="group that is new: age:18-29",
    )
    verb.add_argument(
        "--reviewed",
        type=Path,
        metavar="FILE",
        help="reasons for findings to review: table, key, rule, reason",
    )
    _add_consent(verb)


def _add_consent(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--dry-run", action="store_true", help="show what would change only")
    verb.add_argument("--yes", action="store_true", help="write without a question")


def _add(arguments: argparse.Namespace) -> int:
    rows = {name: getattr(arguments, name) for name in BY_ROW if getattr(arguments, name)}
    if arguments.file is None and not rows:
        raise ValueError("Name a file to add.")
    request = Request(arguments.file, rows, arguments.reviewed, arguments.subgroup)
    done = add(
        request,
        find_data(arguments.data),
        consent=_ask(arguments),
        say=_say,
        dry_run=arguments.dry_run,
    )
    return 0 if done else 1


def _say(text: str) -> None:
    print(text, flush=True)


def _ask(arguments: argparse.Namespace) -> Callable[[str], bool]:
    """Consent by --yes, else by a question, if there is somebody to answer it."""

    def ask(question: str) -> bool:
        if arguments.yes:
            return True
        if not sys.stdin.isatty():
            print("There is no terminal to ask on. Give --yes to write.", file=sys.stderr)
            return False
        try:
            return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False

    return ask

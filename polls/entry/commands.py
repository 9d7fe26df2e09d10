"""The verbs by which data come in, for `python -m polls`."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from polls.entry.add import BY_ROW, Request, add
from polls.entry.confirm import confirm
from polls.entry.correct import Correction, correct
from polls.entry.diff import diff, open_version
from polls.tables import find_data

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
    _add_consent(verb)

    words = "Correct a value; what was wrong, and why, stays in corrections.csv."
    example = (
        "correct levada-2025-06-25 levada.talks continue_total --to 31 "
        "--source https://... --reason '...'"
    )
    verb = add_verb("correct", _correct, words, example)
    verb.add_argument("poll_id", help="the wave; this and the next two as `show` prints them")
    verb.add_argument("question_id", nargs="?", default="", help="none: a column of the wave")
    verb.add_argument("option", nargs="?", default="", help="the answer")
    verb.add_argument("--subgroup", default="all", help="group of respondents (default: all)")
    verb.add_argument(
        "--column",
        default="share_pct",
        help="column of the answer (default: share_pct), or of the wave if no question is named",
    )
    verb.add_argument("--to", required=True, metavar="VALUE", help="the right value")
    verb.add_argument("--source", required=True, metavar="URL", help="where it was read")
    verb.add_argument("--reason", required=True, help="why the old value was wrong")
    verb.add_argument(
        "--reviewed-reason",
        default="",
        metavar="REASON",
        help="why what stands out with the right value is right",
    )
    _add_consent(verb)

    words = "Add second readings of values that are there, agreeing or not."
    verb = add_verb("confirm", _confirm, words, "confirm second_readings.csv")
    verb.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV: poll_id, question_id, option, seen_pct, source_url; optional subgroup, "
        "agrees, source_kind, publisher, notes, reviewed_reason",
    )
    _add_consent(verb)

    words = "Tell how two versions of the tables differ, and what that does to the estimates."
    verb = add_verb("diff", _diff, words, "diff HEAD polls/data")
    verb.add_argument("old", help="folder with tables, or a git revision")
    verb.add_argument("new", help="folder with tables, or a git revision")


def _add_consent(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--reviewed",
        type=Path,
        metavar="FILE",
        help="reasons for findings to review: table, key, rule, reason",
    )
    verb.add_argument("--dry-run", action="store_true", help="show what would change only")
    verb.add_argument("--yes", action="store_true", help="write without a question")


def _add(arguments: argparse.Namespace) -> int:
    rows = {name: getattr(arguments, name) for name in BY_ROW if getattr(arguments, name)}
    if arguments.file is None and not rows:
        raise ValueError("Name a file to add.")
    request = Request(arguments.file, rows, arguments.reviewed, arguments.subgroup)
    return _settle(partial(add, request), arguments)


def _correct(arguments: argparse.Namespace) -> int:
    if bool(arguments.question_id) != bool(arguments.option):
        raise ValueError("Name question and option, or neither to correct the wave itself.")
    correction = Correction(
        arguments.poll_id,
        arguments.to,
        arguments.source,
        arguments.reason,
        question_id=arguments.question_id,
        option=arguments.option,
        subgroup=arguments.subgroup,
        column=arguments.column,
        reviewed_reason=arguments.reviewed_reason,
    )
    return _settle(partial(correct, correction, reviewed=arguments.reviewed), arguments)


def _confirm(arguments: argparse.Namespace) -> int:
    return _settle(partial(confirm, arguments.file, reviewed=arguments.reviewed), arguments)


def _diff(arguments: argparse.Namespace) -> int:
    with open_version(arguments.old) as old, open_version(arguments.new) as new:
        print(diff(old, new))
    return 0


def _settle(enter: Callable[..., bool], arguments: argparse.Namespace) -> int:
    """Enter something into the tables that the call names; 1 where it was not wanted."""
    if arguments.data is not None and not Path(arguments.data).is_dir():
        raise ValueError(f"{arguments.data} is no folder, and only tables in a folder change.")
    folder, consent = find_data(arguments.data), _ask(arguments)
    return 0 if enter(folder, consent=consent, say=_say, dry_run=arguments.dry_run) else 1


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

"""The command line of the data package: python -m polls check | show | codebook | ..."""

import argparse
import hashlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

from polls.entry import EntryError, add_entry_verbs, recover, template
from polls.rules import check
from polls.tables import (
    WRITERS,
    DataError,
    codebook,
    export,
    find_data,
    release,
    run_to_end,
    show,
    version,
)
from polls.tidy import describe_readings, series

# What Python reads bytes of a call as that are no UTF-8.
LOST = re.compile("[\udc80-\udcff]")


def main(argv: list[str] | None = None) -> int:
    """Run one verb; 0 done, 1 the tables are at fault, 2 the call is."""
    return run_to_end("polls", lambda: _run(argv))


def _run(argv: list[str] | None) -> int:
    arguments = _make_parser().parse_args(argv)
    try:
        _refuse_bytes(arguments)
        recover(find_data(arguments.data))
        run: Callable[[argparse.Namespace], int] = arguments.run
        return run(arguments)
    except (DataError, EntryError) as error:
        print(error, file=sys.stderr)
        return 1
    except (ValueError, ImportError) as error:
        print(f"polls: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.errno is None:  # told by our own words
            print(f"polls: {error}", file=sys.stderr)
            return 2
        if error.filename is None:
            raise  # the output of this process, not a file
        print(f"polls: {error.strerror}: {error.filename}. Nothing was written.", file=sys.stderr)
        return 1


def _refuse_bytes(arguments: argparse.Namespace) -> None:
    """Refuse words of the call that are no text: only names of files may be any bytes."""
    files = {"data", "old", "new"}
    for name, value in vars(arguments).items():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and name not in files and LOST.search(word):
                code = ", ".join(f"0x{ord(c) - 0xDC00:02x}" for c in LOST.findall(word)[:4])
                found = f"{name.replace('_', '-')} holds bytes that are not UTF-8 ({code})"
                cure = "give it in UTF-8, or set the terminal to it. Nothing was written"
                raise ValueError(f"{found}; {cure}.")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m polls", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], words: str, example: str
    ) -> argparse.ArgumentParser:
        verb = verbs.add_parser(
            name,
            help=words,
            description=words,
            epilog=f"Example: python -m polls {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_argument(
            "--data", metavar="DIR", help="folder of another copy of the tables, or an archive"
        )
        verb.set_defaults(run=run)
        return verb

    verb = add("check", _check, "Run every rule on every row.", "check --data my_copy")
    verb.add_argument("--all", action="store_true", help="list reviewed findings too")
    verb.add_argument(
        "--second-source", action="store_true", help="list values that were read in one source only"
    )
    verb = add("show", _show, "One wave with its answers and sources.", "show levada-2022-04-27")
    verb.add_argument("poll_id", help="a wave, as `series` and polls.csv name it")
    verb.description = "One wave with its answers, sources and second readings."
    verb = add(
        "series", _series, "One row per poll for one construct.", "series support --out polls.csv"
    )
    verb.add_argument(
        "construct", help="a thing measured: support, talks or another one of constructs.csv"
    )
    verb.add_argument(
        "--include",
        nargs="+",
        default=[],
        metavar="WHAT",
        help="rows left out by default: questions, context, exclude, opinion_holders, overlap",
    )
    verb.add_argument("--out", metavar="CSV", type=Path, help="a new file; without it, printed")
    verb = add("codebook", _codebook, "Tables and columns in words.", "codebook answers")
    verb.add_argument("table", nargs="?", help="one of the tables; all if none")
    verb = add("template", _template, "A flat CSV for a new wave.", "template levada > new.csv")
    verb.add_argument("house_id", help="a pollster, as houses.csv names it")
    verb.add_argument("question_id", nargs="*", help="further questions of the release")
    verb = add(
        "export", _export, "The tables in other formats.", "export --format sqlite --out out"
    )
    verb.add_argument("--format", choices=list(WRITERS), default="parquet", help="default: parquet")
    verb.add_argument("--out", metavar="DIR", type=Path, required=True, help="a folder of yours")
    verb.add_argument(
        "--excel", action="store_true", help="with csv: a mark by which Excel knows UTF-8"
    )
    verb = add(
        "release", _release, "This version of the tables as one archive.", "release --out releases"
    )
    verb.add_argument("--out", metavar="DIR", type=Path, required=True, help="a folder of yours")
    add_entry_verbs(add)
    return parser


def _check(arguments: argparse.Namespace) -> int:
    findings = check(arguments.data, reviewed=arguments.all)
    for finding in findings:
        print(finding)
    errors = sum(finding.level == "error" for finding in findings)
    reviews = len(findings) - errors
    print(f"{errors} errors, {reviews} to review.")
    if not errors:
        print(f"Version of the tables: {version(arguments.data)}")
        if arguments.second_source:
            print(describe_readings(data=arguments.data))
    return 1 if errors else 0


def _show(arguments: argparse.Namespace) -> int:
    print(show(arguments.poll_id, data=arguments.data), end="")
    return 0


def _series(arguments: argparse.Namespace) -> int:
    rows = series(arguments.construct, data=arguments.data, include=arguments.include)
    text = rows.to_csv(index=False, lineterminator="\n")
    if arguments.out is None:
        print(text, end="")
    else:
        with arguments.out.open("x", encoding="utf-8", newline="") as file:  # destroys nothing
            try:
                file.write(text)
                file.flush()
            except OSError as error:  # a full disk does not say which file it was
                arguments.out.unlink()
                raise OSError(error.errno, error.strerror, str(arguments.out)) from None
        print(f"{len(rows)} polls in {arguments.out}")
    return 0


def _codebook(arguments: argparse.Namespace) -> int:
    print(codebook(arguments.table), end="")
    return 0


def _template(arguments: argparse.Namespace) -> int:
    print(template(arguments.house_id, arguments.question_id, data=arguments.data), end="")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    written = export(arguments.out, arguments.format, data=arguments.data, excel=arguments.excel)
    for path in written:
        print(path)
    return 0


def _release(arguments: argparse.Namespace) -> int:
    """Write an archive of tables that no rule calls wrong."""
    errors = [finding for finding in check(arguments.data) if finding.level == "error"]
    if errors:
        raise DataError(errors)
    archive = release(arguments.out, data=arguments.data)
    print(archive)
    print(f"Version of the tables: {version(arguments.data)}")
    print(f"SHA-256 of the file: {hashlib.sha256(archive.read_bytes()).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

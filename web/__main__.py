"""Build the reading site: python -m web [--out DIR]."""

import argparse
import os
import re
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from polls.tables import run_to_end
from web.build import build_site

# A scheme, a host, and a path without marks that end an address in a page or a feed.
ADDRESS = re.compile(r"https?://[^\s/?#\"'<>\\]+(/[^\s?#\"'<>\\]*)?")
EXAMPLE = """\
Examples:
  python -m web                                        into build/site
  python -m web --address https://example.org/polls/   where it will stand, for cards and feeds

Open index.html of the folder, or put the folder on any static host.
"""


def main(argv: list[str] | None = None) -> int:
    """Build the site; 0 done, 1 data or disk are at fault, 2 the call is."""
    return run_to_end("web", lambda: _run(argv))


def _run(argv: list[str] | None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m web",
        description="Build the reading site as static pages.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", type=Path, default=Path("build/site"), metavar="DIR", help="default: build/site"
    )
    parser.add_argument(
        "--address", type=_read_address, metavar="URL", help="where the site will stand"
    )
    parser.add_argument(
        "--jobs",
        type=_read_jobs,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes; default: all cores",
    )
    options = parser.parse_args(argv)
    start = time.monotonic()
    try:
        out = build_site(options.out, address=options.address or "", jobs=options.jobs)
    except OSError as error:
        reason = error.strerror or str(error)
        print(f"web: cannot write {error.filename}: {reason}.", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"web: {error}", file=sys.stderr)
        return 1
    except BrokenProcessPool:
        print("web: a process was ended from outside. Try again with --jobs 1.", file=sys.stderr)
        return 1
    print(f"{out}/index.html ({time.monotonic() - start:.0f} s)", file=sys.stderr)
    return 0


def _read_jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes. Write 1 or more.")
    return int(text)


def _read_address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address. Write it as https://host/path/.")
    return text if text.endswith("/") else text + "/"


if __name__ == "__main__":
    sys.exit(main())

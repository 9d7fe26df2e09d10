"""Run the benchmarks, print what they find and keep it in RESULTS.md.

`python benchmarks/run.py` runs all, `python benchmarks/run.py timings` one of them; the
sections of the others stay as they are.
"""

import importlib
import re
import sys
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
# Each module has a TITLE and a report() that returns Markdown.
MODULES = ["mutate", "user_slips", "fuzz", "kills", "timings", "scale"]
MODULES += ["calibration", "calibration_of_options", "backtest", "trust", "peers"]
# Only where they are named: the first needs a table of others, the second runs the tests two
# hundred times over, the third refreshes and tests whole copies.
NAMED_ONLY = ["past_elections", "code_faults", "made_waves"]
HEAD = "# Results of the benchmarks\n\nWritten by `make bench`.\n"


def main(names: list[str]) -> int:
    """Run some benchmarks, all if none is named."""
    known = [*MODULES, *NAMED_ONLY]
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else HEAD
    for name in names or MODULES:
        module = importlib.import_module(name)
        body = module.report()
        print(f"## {module.TITLE}\n\n{body}\n", flush=True)
        text = put_section(text, module.TITLE, body)
        RESULTS.write_text(text, encoding="utf-8", newline="\n")
    return 0


def put_section(text: str, title: str, body: str) -> str:
    """Replace the section with a title, or add it at the end."""
    section = f"## {title}\n\n{body}\n"
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if old.search(text):
        # A blank line before the next section, none at the end of the file.
        return old.sub(lambda _: section + "\n", text).rstrip("\n") + "\n"
    return text.rstrip("\n") + "\n\n" + section


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Give every door ten thousand made files, and see whether each ends well.

The test that runs with 500 examples in the tests, with more of them, and other ones each time.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

TITLE = "Ten thousand made files at every door"
ROOT = Path(__file__).parents[1]
TEST = "tests/doors/test_fuzz.py"


def report() -> str:
    """How many commands ended well with all files that they were given, in Markdown."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory(prefix="polls-fuzz-") as folder:
        told_in = Path(folder) / "told.xml"
        command += ["--hypothesis-profile=long", f"--junitxml={told_in}", TEST]
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        cases = list(ET.parse(told_in).iter("testcase"))
    seconds = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    counts = [case.find("properties/property[@name='tried']") for case in cases]
    tried = sum(int(count.attrib["value"]) for count in counts if count is not None)
    failed = [case.attrib["name"] for case in cases if case.find("failure") is not None]
    told = (
        f"{tried:,} files, each a right one with one to three slips, another delimiter or "
        f"encoding, or a few bytes of something else; {seconds / 60:.0f} minutes, at most "
        f"{memory:.0f} MB. "
        f"{len(failed)} of the commands met a file with which they did not end as they should: "
        "with 0, 1 or 2, a message, no traceback, nothing written."
    )
    return "\n".join([told, *(f"\n- {name}" for name in failed)])


if __name__ == "__main__":
    print(report())

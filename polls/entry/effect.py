"""What a change of the tables does to the estimates, as `python -m analysis effect` says it.

The data package knows no model: it asks the models' own command line, in another process,
and goes on without an answer where that is not installed.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Effect:
    """A running comparison of two folders of tables.

    Parameters
    ----------
    before, after : Path
        Folders of the tables.
    constructs : sequence of str
        Series to compare; none are compared where there are none.
    """

    def __init__(self, before: Path, after: Path, constructs: Sequence[str]) -> None:
        self._process: subprocess.Popen[str] | None = None
        if constructs:
            command = [sys.executable, "-m", "analysis", "effect"]
            command += ["--before", str(before), "--after", str(after)]
            command += ["--construct", *constructs]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                env=os.environ | {"PYTHONIOENCODING": "utf-8"},
            )

    def tell(self) -> str:
        """What the comparison says; a line that says why where it came to nothing."""
        if self._process is None:
            return "no answer to a series question changes, so no estimate does."
        out, err = self._process.communicate()
        if self._process.returncode == 0:
            return out.rstrip()
        reason = err.strip().splitlines()[-1] if err.strip() else "no message"
        return f"the models could not be asked ({reason}); the tables do not need them."

    def stop(self) -> None:
        """End the comparison, whose answer nobody needs any more."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

"""What work costs: seconds on the clock, and of processors, those of other processes too.

On a machine that others use as well the clock tells little; seconds of processors do.
"""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of all processors together."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.0f} s ({self.processors:.0f} s of CPU)"


def measure(work: Callable[[], Result]) -> tuple[Result, Cost]:
    """A result and what it took."""
    before, begin = _processors(), time.perf_counter()
    found = work()
    clock = time.perf_counter() - begin
    return found, Cost(clock, _processors() - before)


def _processors() -> float:
    """Seconds of CPU so far; what workers used is known once they have ended."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)

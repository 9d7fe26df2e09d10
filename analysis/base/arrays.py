"""Types of the arrays that all models pass on, and the one thread that works on them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeGuard, TypeVar

import numpy as np
import scipy.linalg  # noqa: F401  # brings a BLAS of its own, which must be there to be limited
from threadpoolctl import ThreadpoolController

Array = np.ndarray[Any, np.dtype[np.float64]]
# Whole numbers: days since a first date, or positions.
Days = np.ndarray[Any, np.dtype[np.int64]]


def is_real(value: object) -> TypeGuard[float]:
    """Is a value one finite number, which True is not.

    Examples
    --------
    >>> is_real(np.float32(2)), is_real(True), is_real(float("nan")), is_real("2")
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return False
    return bool(np.isfinite(value))


P = ParamSpec("P")
R = TypeVar("R")


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra in this process; to find them takes milliseconds."""
    return ThreadpoolController()


def on_one_thread(work: Callable[P, R]) -> Callable[P, R]:
    """Let linear algebra use one thread while a function works, whatever was imported before.

    Matrices here are small (states of one model, not of the data): two threads cost up to sixty
    times the run time of one.  Environment variables only count before numpy is first imported.

    Examples
    --------
    >>> @on_one_thread
    ... def count():
    ...     return {library["num_threads"] for library in _libraries().info()}
    >>> count()
    {1}
    """

    @wraps(work)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        # Weights that vanish are nothing to stop at, as numpy has it unless a user says otherwise.
        with _libraries().limit(limits=1, user_api="blas"), np.errstate(under="ignore"):
            return work(*args, **kwargs)

    return limited

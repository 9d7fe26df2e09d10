"""Results as plain text, the same on every run, and as the plain values of JSON."""

from __future__ import annotations

import math
import textwrap
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd

# Columns of a summary: what a terminal shows without wrapping.
WIDTH = 79
# Decimals from which on a number is what arithmetic left over: 28.6 - 1.1 is 27.500000000000004.
NOISE = 9


def field(name: str, text: str, *, break_on_hyphens: bool = False) -> str:
    """Put a name before a text that is wrapped and indented.

    Examples
    --------
    >>> field("Method", "full")
    'Method    full'
    """
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"{name:<10}",
        subsequent_indent=" " * 10,
        break_on_hyphens=break_on_hyphens,
    )


def show_interval(row: pd.Series[Any]) -> str:
    """Mean, sd and interval of a row of results."""
    return f"{row['mean']:7.2f}  sd {row['sd']:.2f}  [{row['lower']:.2f}, {row['upper']:.2f}]"


def show_table(frame: pd.DataFrame, digits: int) -> str:
    """Print a frame with as many decimals everywhere, without its index.

    Examples
    --------
    >>> print(show_table(pd.DataFrame({"mean": [-0.004, -0.006]}), 2))
     mean
     0.00
    -0.01
    """
    return frame.to_string(index=False, float_format=lambda value: f"{value:z.{digits}f}")


def round_half_up(value: float, digits: int = 0) -> float:
    """Round as readers do, halves away from zero: the one rule of all numbers in print.

    Python and NumPy round halves to the even neighbour, which prints 26.5 as 26 and 27.5 as 28.

    Parameters
    ----------
    value : float
    digits : int
        Digits after the decimal mark.

    Examples
    --------
    >>> [round_half_up(value) for value in (26.5, 27.5, -10.5, 47.8 - 20.3)]
    [27.0, 28.0, -11.0, 28.0]
    >>> round_half_up(0.15, 1), round_half_up(-0.04, 1)
    (0.2, 0.0)
    """
    if not math.isfinite(value):
        return value
    exact = Decimal(repr(round(float(value), NOISE)))
    # Adding zero turns -0.0 into 0.0.
    return float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) + 0.0


def plain(value: Any) -> Any:
    """Turn a value into what JSON knows; NaN and missing dates become null.

    Examples
    --------
    >>> plain({"n": np.int64(3), "date": pd.Timestamp("2022-04-18"), "error": float("nan")})
    {'n': 3, 'date': '2022-04-18', 'error': None}
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value

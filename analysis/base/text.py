"""Results as plain text, the same on every run, and as the plain values of JSON."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd

# Columns of a summary: what a terminal shows without wrapping.
WIDTH = 79


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
    """Print a frame with as many decimals everywhere, without its index."""
    return frame.to_string(index=False, float_format=lambda value: f"{value:.{digits}f}")


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

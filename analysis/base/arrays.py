"""Types of the arrays that all models pass on."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
# Whole numbers: days since a first date, or positions.
Days = np.ndarray[Any, np.dtype[np.int64]]

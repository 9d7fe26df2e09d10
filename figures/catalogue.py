"""Every published figure in one place, in the order in which a reader would ask.

To add a figure, write its module with `ENTRIES` (see `figures.material.Entry`) and name the
module here.
"""

from figures import coverage_entry, trend_entry

ENTRIES = (
    *trend_entry.ENTRIES,
    *coverage_entry.ENTRIES,
)

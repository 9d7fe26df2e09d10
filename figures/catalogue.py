"""Every published figure in one place, in the order in which a reader would ask.

To add a figure, write its module with `ENTRIES` (see `figures.material.Entry`) and name the
module here.
"""

from figures import claim, coverage_entry, gap, houses, sectors, trend_entry, vintages

ENTRIES = (
    *trend_entry.ENTRIES,
    *sectors.ENTRIES,
    *houses.ENTRIES,
    *gap.ENTRIES,
    *claim.ENTRIES,
    *vintages.ENTRIES,
    *coverage_entry.ENTRIES,
)

"""The open interviews of the Chronicles: fetched, harmonised, weighted, counted in cells.

The interviews are no part of the package, which holds only the counts (the table `cells`);
what is here made them, and makes them again.

interviews
    The original files: download, checksums, one harmonised table.
readers
    Survey files of three kinds.
code_lists, derive, harmonise
    From the codes of each wave to common columns, by the table microdata_codebook.
raking
    Weights that meet margins of the population.
cells
    Whole interviews, counted in groups of at least three.
"""

from polls.microdata.cells import make_cells
from polls.microdata.interviews import load_microdata
from polls.microdata.raking import rake

__all__ = ["load_microdata", "make_cells", "rake"]

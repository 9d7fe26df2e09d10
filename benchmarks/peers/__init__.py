"""The trend model beside its peers: time, memory and error on the same polls and priors.

`python benchmarks/run.py peers`; benchmarks/README.md tells what the peers need.
"""

TITLE = "The trend model beside its peers"


def report() -> str:
    """Measure everything; a table, the targets and a figure, in Markdown."""
    # The scripts that run in the peers' environment import this package, too, and have no
    # matplotlib there.
    from peers.side_by_side import compare

    return compare()

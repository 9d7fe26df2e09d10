"""The error of a run that could not go on; what it finished is kept."""

from __future__ import annotations

# What to do about work that ended before its end.
GO_ON = "run the same command again; with --parts DIR it goes on from what is finished"


class RunError(Exception):
    """A run that could not begin or go on: says what was found, and the cure.

    Parameters
    ----------
    found : str
    cure : str

    Examples
    --------
    >>> print(RunError("the cluster has no worker", "start one"))
    the cluster has no worker; start one
    """

    def __init__(self, found: str, cure: str) -> None:
        self.found, self.cure = found, cure
        super().__init__(f"{found}; {cure}")

    def __reduce__(self) -> tuple[type[RunError], tuple[str, str]]:
        """Let the error travel between processes."""
        return type(self), (self.found, self.cure)

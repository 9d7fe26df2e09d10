"""One way to run many tasks: here, on several processes, or on the workers of a Dask cluster.

``tasks`` holds the :class:`~analysis.evaluate.runner.tasks.Runner`, which looks up what an earlier
run finished and hands the rest to ``processes`` (joblib) or to ``cluster`` (Dask).  Results do not
depend on where a task ran: it holds its own seed.
"""

from analysis.evaluate.runner.errors import RunError
from analysis.evaluate.runner.tasks import Parts, Runner

__all__ = ["Parts", "RunError", "Runner"]

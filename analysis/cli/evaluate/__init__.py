"""The verbs that ask how far the models can be trusted; each runs many fits.

``parts`` holds what they share: the options that say where tasks run, and the finished parts of a
run on disk.
"""

from analysis.cli.evaluate.backtest import add_backtest
from analysis.cli.evaluate.multiverse import add_multiverse
from analysis.cli.evaluate.series import add_series
from analysis.cli.evaluate.simulate import add_simulate
from analysis.cli.evaluate.tables import add_tables

__all__ = ["add_backtest", "add_multiverse", "add_series", "add_simulate", "add_tables"]

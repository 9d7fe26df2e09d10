"""The doors through which data come in: add, correct, confirm; and diff, what has changed since.

flat
    Reading a file that somebody wants to enter, with all that is wrong in it.
sources, waves, enter
    Its rows become rows of the tables: the source, the wave, the answer, the second reading.
draft
    The tables as text, with the rows that are to be added, changed or removed.
judge, decide
    What `check` says of the whole; showing it, asking, writing.
store
    Writing several tables as one: all or none, one process at a time.
add, correct, confirm, diff, commands
    The doors, and their verbs for `python -m polls`.
"""

from polls.entry._template import template
from polls.entry.commands import add_entry_verbs
from polls.entry.flat import EntryError
from polls.entry.store import recover

__all__ = ["EntryError", "add_entry_verbs", "recover", "template"]

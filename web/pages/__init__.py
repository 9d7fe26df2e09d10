"""The pages, a module for each kind: what they show, from tables, models and figures.

Each has a function that gives its pages: :data:`KINDS` lists those that are made of tables, models
and figures; the notebooks and the reference of names are made of files and docstrings.
"""

from web.pages import claim, data, front, gallery, pollsters, questions, table, trust
from web.pages.data import write_data
from web.pages.feed import write_feeds
from web.pages.kind import FURTHER, ROOMS, Kind
from web.pages.notebooks import list_pages as list_notebooks
from web.pages.reference import list_pages as list_reference

# Those that wait for no picture, or for few, come first: meanwhile others draw.
KINDS: tuple[Kind, ...] = (
    pollsters.list_pages,
    table.list_pages,
    trust.list_pages,
    data.list_pages,
    front.list_pages,
    questions.list_pages,
    claim.list_pages,
    gallery.list_pages,
)

__all__ = [
    "FURTHER",
    "KINDS",
    "ROOMS",
    "Kind",
    "list_notebooks",
    "list_reference",
    "write_data",
    "write_feeds",
]

"""The pages, a module for each kind: what they show, from tables, models and figures.

Each has a function that gives its pages; :data:`KINDS` lists them in the order of the navigation.
"""

from web.pages import claim, front, gallery, pollsters, questions, table
from web.pages.feed import write_feeds
from web.pages.kind import FURTHER, ROOMS, Kind

KINDS: tuple[Kind, ...] = (
    front.list_pages,
    questions.list_pages,
    pollsters.list_pages,
    table.list_pages,
    gallery.list_pages,
    claim.list_pages,
)

__all__ = ["FURTHER", "KINDS", "ROOMS", "Kind", "write_feeds"]

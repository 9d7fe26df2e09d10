"""What a kind of page is, and where the navigation leads."""

from collections.abc import Callable, Iterable, Mapping

from web.kit import Page
from web.material import Material
from web.pictures import Picture

Kind = Callable[[Material, Mapping[str, Picture]], Iterable[Page]]

# Parts of the navigation, each with its first page.
ROOMS = (
    ("front", "index.html"),
    ("questions", "questions.html"),
    ("pollsters", "pollsters.html"),
    ("polls", "polls.html"),
    ("figures", "figures.html"),
    ("trust", "trust.html"),
    ("data", "data.html"),
)
# Pages that the foot names.
FURTHER = (
    ("claim", "claim.html"),
    ("notebooks", "notebooks.html"),
    ("codebook", "codebook.html"),
    ("changes", "changes.html"),
    ("cite", "cite.html"),
    ("r", "r.html"),
    ("api", "api/index.html"),
)

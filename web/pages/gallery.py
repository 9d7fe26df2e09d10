"""The gallery: every figure with its words, and all of its files to take away."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from web.kit import Page, View
from web.material import Material
from web.pictures import Picture


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the gallery and the page of each figure."""
    del material
    yield Page("figures.html", "figures", partial(_list, pictures), room="figures")
    for picture in pictures.values():
        yield Page(
            f"figures/{picture.slug}.html", "figure", partial(_show, picture), room="figures"
        )


def _list(pictures: Mapping[str, Picture], view: View) -> dict[str, Any]:
    return {
        "title": view.t("figures.page"),
        "description": view.t("figures.page.intro", n=len(pictures)),
        "pictures": list(pictures.values()),
    }


def _show(picture: Picture, view: View) -> dict[str, Any]:
    return {
        "title": picture.titles[view.lang],
        "description": picture.alts[view.lang],
        "picture": picture,
        "card": picture,
    }

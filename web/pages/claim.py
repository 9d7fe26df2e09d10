"""The claim of April 2022: was support "well above fifty percent", level by level."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.findings import CLAIMED_ON
from analysis.trend import COMMON_ERROR
from figures import ENTRIES
from figures.support.claim import CREDIBLE, WELL, chances_of_well, show_probability
from web.kit import Page, View
from web.material import Material, rows_by
from web.pictures import Picture
from web.waves import name_pollster

CLAIM = "claim-april-2022"
# The state's and the independent pollsters: whose agreement the press spoke of.
CLAIMED_OF = ("sector:state", "sector:independent")


def list_pages(material: Material, pictures: Mapping[str, Picture]) -> Iterator[Page]:
    """Give the page of the claim."""

    def show(view: View) -> dict[str, Any]:
        claims = claim_levels(material)
        rows = [
            {
                "name": _name(material, view, row),
                "polls": view.number(row["n_polls"]),
                "mean": view.t("percent", n=view.number(row["mean"])),
                "interval": view.interval(row["lower"], row["upper"], 0, sign=False),
                "above": show_probability(row["prob_above"], view.edition),
            }
            for row in claims.values()
        ]
        return {
            "title": view.t("front.claim"),
            "description": tell_verdict(material, view, claims),
            "verdict": tell_verdict(material, view, claims),
            "picture": pictures.get(CLAIM),
            "card": pictures.get(CLAIM),
            "known": view.t(
                "claim.known",
                polls=view.n("count.polls", int(claims["houses"]["n_polls"])),
                day=view.day(CLAIMED_ON),
            ),
            "rows": rows,
            "shared": view.t("claim.shared", n=view.number(COMMON_ERROR, 1)),
        }

    yield Page("claim.html", "claim", show, room="front")


def claim_levels(material: Material) -> dict[str, dict[str, Any]]:
    """Levels of the day of the claim, as the figure of the claim shows them, by reference."""
    (entry,) = (entry for entry in ENTRIES if entry.slug == CLAIM)
    return rows_by(entry.make_data(material.fitted), "reference")


def tell_verdict(material: Material, view: View, claims: Mapping[str, Mapping[str, Any]]) -> str:
    """Was the claim right of what polls measured, sector by sector: above one half, or well."""
    known = {name: claims[name] for name in CLAIMED_OF if name in claims}
    levels = "; ".join(
        view.t(
            "claim.level",
            # Within a sentence, and not where it stands alone.
            sector=(words := view.t(name.replace(":", ".")))[:1].lower() + words[1:],
            mean=view.number(row["mean"]),
            ends=view.interval(row["lower"], row["upper"], 0, sign=False),
        )
        for name, row in known.items()
    )
    told = {"day": view.day(CLAIMED_ON), "levels": levels}
    if min(row["prob_above"] for row in known.values()) < CREDIBLE:
        return view.t("claim.verdict.no", **told)
    far = chances_of_well(material.fitted)
    key = "well" if min(far[name] for name in known) >= CREDIBLE else "above"
    return view.t(f"claim.verdict.{key}", **told, well=view.number(WELL))


def _name(material: Material, view: View, row: Mapping[str, Any]) -> str:
    reference = str(row["reference"])
    if row["estimand"] == "house":
        return name_pollster(material, view, reference)
    if row["estimand"] == "sector":
        return view.t("claim.sector_mean", sector=view.t(reference.replace(":", ".")))
    if row["estimand"] == "new_house" and (sector := reference.partition(":")[2]):
        return view.t("level.new_house_of", sector=view.t(f"sector.{sector}"))
    return view.t(f"level.{row['estimand']}")

"""How a poll is told, on a page or in a chart: its days, shares, source, the line of its house."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from web.kit import View, Words, draw_bar, draw_sparkline
from web.material import Material

# Less than this is no share that was left over, but rounding.
ROUNDING = 0.6
# Questions where yes is the answer against the war: it has the colour of opposition, as in the
# figures.
TOWARDS_PEACE = ("talks", "peace_deal", "peace_deal_territory", "withdraw", "undo")


def name_pollster(material: Material, view: Words, house_id: str) -> str:
    """Name of a pollster in the language of a reader."""
    short = view.find(f"house.{house_id}")
    row = material.houses[house_id]
    return short or str((view.lang == "ru" and row["name_ru"]) or row["name"])


def name_question(material: Material, view: View, construct_id: str) -> str:
    """Name of what a question measures; its English title where the labels have none."""
    titles = material.tables["constructs"].set_index("construct_id")["title"]
    return view.find(f"construct.{construct_id}") or str(titles[construct_id])


def colour_answer(construct_id: str, side: str) -> str:
    """Class of the colour of yes ("for") or no ("against"): that of war, or of its end.

    Examples
    --------
    >>> colour_answer("support", "for"), colour_answer("talks", "for")
    ('for', 'against')
    """
    if construct_id not in TOWARDS_PEACE:
        return side
    return "against" if side == "for" else "for"


def split_shares(row: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Shares of a poll as parts of 100: for, no answer, against, as far as printed.

    No answer is what is left where both sides were printed.

    Examples
    --------
    >>> split_shares({"for_pct": 70.0, "against_pct": 20.0})
    [('for', 70.0), ('none', 10.0), ('against', 20.0)]
    >>> split_shares({"for_pct": 70.0, "against_pct": float("nan")})
    [('for', 70.0)]
    """
    agree, oppose = row["for_pct"], row["against_pct"]
    if pd.isna(oppose):
        return [("for", float(agree))]
    rest = max(100 - float(agree) - float(oppose), 0.0)
    middle = [("none", rest)] if rest >= ROUNDING else []
    return [("for", float(agree)), *middle, ("against", float(oppose))]


def show_shares(view: View, row: Mapping[str, Any]) -> tuple[Markup, str]:
    """Bar and numbers of a poll; what was not printed is not there."""
    parts = split_shares(row)
    digits = 1 if row["decimals"] and row["decimals"] > 0 else 0
    numbers = " / ".join(view.number(share, digits) for _, share in parts)
    words = ", ".join(
        view.t("shares.part", answer=view.t(f"answer.{name}"), n=view.number(share, digits))
        for name, share in parts
    )
    return draw_bar(parts, words), numbers


def show_mode(view: Words, mode: str) -> str:
    """How people were asked."""
    return view.t(f"mode.{mode}")


def draw_line_of(material: Material, view: View, house_id: str, construct_id: str) -> Markup | str:
    """Draw the sparkline of a house on a question, of the polls that enter the estimate."""
    obs = material.fitted.obs(construct_id)
    mine = obs[obs["house_id"] == house_id]
    if len(mine) < 2:
        return ""
    ends = [day.timestamp() / 86400 for day in material.limits]
    words = view.t(
        "spark.words",
        name=name_pollster(material, view, house_id),
        start=view.number(mine["share_pct"].iloc[0]),
        end=view.number(mine["share_pct"].iloc[-1]),
    )
    return draw_sparkline(
        list(mine["mid_date"]), list(mine["share_pct"]), words, (ends[0], ends[1])
    )


def name_source(material: Material, url: str) -> str:
    """Publisher of a source, else the host of its address."""
    publishers = material.publishers
    return publishers.get(url) or url.split("/")[2]

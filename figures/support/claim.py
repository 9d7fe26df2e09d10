"""A claim that support was above a threshold, held against the polls of its day."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import Row, draw_rows
from figures.kit.frames import (
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import SECTOR_COLOURS, house_style, new_figure

# What was said in the middle of April 2022, and of what.
CLAIMED_ON, CLAIMED = pd.Timestamp("2022-04-18"), 50.0
# A claim is called credible from this probability on.
CREDIBLE = 0.95
# A probability beyond this is not shown with more digits: the model is not that good.
NEAR_ONE = 0.99


def plot_claim(
    obs: pd.DataFrame,
    claims: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the level by house, by sector and of all houses against a threshold.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, end_date of the polls published by the day of the claim.
    claims : DataFrame
        As from ``analysis.claim``: estimand, reference, mean, lower, upper (percent),
        prob_above, above, as_of, n_polls.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.

    Returns
    -------
    Figure
        Finished.
    """
    columns = ["estimand", "reference", "mean", "lower", "upper", "prob_above", "above", "as_of"]
    require_columns(claims, "claims", columns)
    ranked = rank_houses(houses, obs)
    above, as_of = float(claims["above"].iloc[0]), pd.Timestamp(claims["as_of"].iloc[0])
    with house_style():
        fig, ax = new_figure(edition)
        heading = label("claim.aside", edition, above=show_number(above, edition))
        draw_rows(
            ax,
            claim_rows(obs, claims, houses, edition),
            edition,
            line=above,
            unit="percent",
            heading=heading,
        )
        finish(
            fig,
            claim_title(claims, edition),
            label("claim.support.subtitle", edition, date=show_date(as_of, edition)),
            name_sources(ranked, edition),
            last_day(obs),
            note=label("claim.note", edition),
            key=sector_key(ranked, edition),
            edition=replace(edition, as_of=as_of),
        )
    return fig


def claim_rows(
    obs: pd.DataFrame, claims: pd.DataFrame, houses: pd.DataFrame, edition: Edition = DEFAULT
) -> list[Row]:
    """Rows of the figure: the houses, highest first; then sectors; then all houses."""
    ranked = {house.house_id: house for house in rank_houses(houses, obs)}
    by_house = claims[claims["estimand"] == "house"].sort_values("mean", ascending=False)
    rows = []
    for one in by_house.to_dict("records"):
        house = ranked[one["reference"]]
        name = name_counted(house, edition)
        rows.append(_row(one, name, edition, house.colour, house.marker))
    for one in claims[claims["estimand"] == "sector"].to_dict("records"):
        sector = str(one["reference"]).removeprefix("sector:")
        name = label("claim.sector", edition, sector=label(f"sector.{sector}", edition))
        rows.append(_row(one, name, edition, SECTOR_COLOURS[sector], "o", "bold"))
    (whole,) = claims[claims["estimand"] == "these_houses"].to_dict("records")
    rows.append(_row(whole, label("trend.mean", edition), edition, weight="bold"))
    (opinion,) = claims[claims["estimand"] == "opinion"].to_dict("records")
    rows.append(_row(opinion, label("claim.opinion", edition), edition, weight="bold"))
    return rows


def _row(
    one: Mapping[Hashable, Any],
    name: str,
    edition: Edition,
    colour: str = "#000000",
    marker: str = "o",
    weight: str = "normal",
) -> Row:
    aside = show_probability(one["prob_above"], edition)
    return Row(name, one["mean"], one["lower"], one["upper"], colour, marker, aside, weight)


def show_probability(probability: float, edition: Edition = DEFAULT) -> str:
    """Write a probability in percent, and nothing surer than 99.

    Examples
    --------
    >>> show_probability(0.9999), show_probability(0.92), show_probability(0.003)
    ('>99%', '92%', '<1%')
    """
    if probability > NEAR_ONE:
        return label("probability.above", edition, n=show_number(100 * NEAR_ONE, edition))
    if probability < 1 - NEAR_ONE:
        return label("probability.below", edition, n=show_number(100 * (1 - NEAR_ONE), edition))
    return label("probability", edition, n=show_number(100 * probability, edition))


def claim_title(claims: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say in how many houses the claim is credible.

    Examples
    --------
    >>> claims = pd.DataFrame({"estimand": "house", "prob_above": [0.99, 0.9], "above": 50.0,
    ...                        "as_of": "2022-04-18"})
    >>> claim_title(claims).replace(chr(160), " ").split(" with")[0]
    'By 18 April 2022 1 of 2 houses put declared support above 50%'
    """
    by_house = claims[claims["estimand"] == "house"]
    n, n_houses = int((by_house["prob_above"] >= CREDIBLE).sum()), len(by_house)
    verdict = "all" if n == n_houses else "some" if n else "none"
    day = show_date(pd.Timestamp(claims["as_of"].iloc[0]), edition).replace(
        " ", "\N{NO-BREAK SPACE}"
    )
    return label(
        f"claim.support.{verdict}",
        edition,
        date=day,
        above=show_number(float(claims["above"].iloc[0]), edition),
        n=n,
        houses=plural("count.of_houses", n_houses, edition),
    )


def _known(fitted: FittedPolls) -> pd.DataFrame:
    """Polls published by the day of the claim."""
    from analysis import published_by

    if fitted.as_of is not None and pd.Timestamp(fitted.as_of) < CLAIMED_ON:
        raise ValueError(f"The claim is of {CLAIMED_ON:%Y-%m-%d}. Take a later --as-of.")
    return fitted.keep("claim.obs", lambda: published_by(fitted.obs(), CLAIMED_ON)[0])


def _claims(fitted: FittedPolls) -> pd.DataFrame:
    from analysis import PUBLISHED
    from analysis.claims.threshold import claim

    obs = _known(fitted)
    return fitted.keep("claim", lambda: claim(obs, CLAIMED, CLAIMED_ON, options=PUBLISHED))


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, claims, houses = _known(fitted), _claims(fitted), fitted.houses(edition)
    fig = plot_claim(obs, claims, houses, edition)
    ranked = rank_houses(houses, obs)
    by_house = claims[claims["estimand"] == "house"]
    (whole,) = claims[claims["estimand"] == "these_houses"].to_dict("records")
    alt = label(
        "claim.alt",
        edition,
        houses=plural("count.houses", len(ranked), edition),
        low=show_number(by_house["mean"].min(), edition),
        high=show_number(by_house["mean"].max(), edition),
        mean=show_number(whole["mean"], edition),
        above=show_number(CLAIMED, edition),
    )
    polls = plural("count.polls", len(obs), edition)
    caption = "\n".join(
        [
            label("claim.method", edition, polls=polls),
            label("trend.support.question", edition),
            source_line(
                name_sources(ranked, edition), last_day(obs), replace(edition, as_of=CLAIMED_ON)
            ),
        ]
    )
    return Rendering(fig, alt, caption, edition)


def claim_data(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims as drawn; percent with two, probabilities with four decimals."""
    columns = ["as_of", "above", "estimand", "reference", "n_polls", "n_houses", "mean", "sd"]
    columns += ["lower", "upper", "prob_above", "common_error", "prob_with_common_error"]
    two = dict.fromkeys(["mean", "sd", "lower", "upper"], 2)
    four = dict.fromkeys(["prob_above", "prob_with_common_error"], 4)
    return claims[columns].round(two | four)


ENTRIES = (
    Entry(
        "claim-april-2022",
        "Was declared support above fifty percent, from the polls published by 18 April 2022?",
        _draw,
        lambda fitted: claim_data(_claims(fitted)),
    ),
)

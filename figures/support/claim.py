"""A claim that support was above a threshold, held against the polls of its day."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import Row, draw_rows
from figures.kit.frames import House, last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import capital, label, plural, show_date, show_number
from figures.kit.save import Rendering
from figures.kit.style import INK, SECTOR_COLOURS, SECTOR_MARKERS, house_style, new_figure

# A claim is called credible from this probability on.
CREDIBLE = 0.95
# A probability beyond this is not shown with more digits: the model is not that good.
NEAR_ONE = 0.99
# What "well above" is taken to say at least: points above the threshold.
WELL = 5.0
# The two of which the claim spoke, then all others.
SPOKEN_OF = ("state", "independent")


def plot_claim(
    obs: pd.DataFrame,
    claims: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    well: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the level of each sector and of its houses, with the polls that had been published.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date, end_date, share_pct of the polls published by the day of the claim.
    claims : DataFrame
        As from ``analysis.claim``: estimand, reference, mean, lower, upper (percent),
        prob_above, above, as_of, n_polls.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    well : mapping of str to float, optional
        Probability of each sector to lie 5 points above the threshold; the title says "well"
        where both sectors of the claim do.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column is missing.
    """
    columns = ["estimand", "reference", "mean", "lower", "upper", "prob_above", "above", "as_of"]
    require_columns(claims, "claims", columns)
    require_columns(obs, "obs", ["house_id", "mid_date", "share_pct"])
    ranked = rank_houses(houses, obs)
    above, as_of = float(claims["above"].iloc[0]), pd.Timestamp(claims["as_of"].iloc[0])
    rows, order = claim_rows(claims, ranked, edition)
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = draw_rows(ax, rows, edition, line=above, unit="percent")
        # On a phone names stand above the rows, and ticks end below them.
        deep = 6.5 if edition.size == "phone" else 9
        for place, house in enumerate(order):
            if house is None:
                continue
            printed = obs.loc[obs["house_id"] == house, "share_pct"]
            ax.plot(printed, [place] * len(printed), linestyle="none", marker="|", markersize=deep,
                    markeredgewidth=1.2, color=INK["main"], gid=f"polls-{house}")  # fmt: skip
        low, high = ax.get_xlim()
        shares = obs["share_pct"].to_numpy(dtype=float)
        ax.set_xlim(min(low, shares.min() - 1), max(high, shares.max() + 1))
        finish(
            fig,
            claim_title(claims, edition, well=well),
            label("claim.support.subtitle", edition, date=show_date(as_of, edition)),
            name_sources(ranked, edition),
            last_day(obs),
            note=label("claim.note", edition),
            rows=n_rows,
            edition=replace(edition, as_of=as_of),
        )
    return fig


def claim_rows(
    claims: pd.DataFrame, ranked: list[House], edition: Edition = DEFAULT
) -> tuple[list[Row], list[str | None]]:
    """Rows of the figure: each sector's mean, then its houses, highest first.

    Returns
    -------
    rows : list of Row
    order : list of str or None
        House of each row; None for the mean of a sector.
    """
    by_reference = {str(row["reference"]): row for row in claims.to_dict("records")}
    present = {house.sector for house in ranked}
    sectors = [*SPOKEN_OF, *(sector for sector in SECTOR_COLOURS if sector not in SPOKEN_OF)]
    rows: list[Row] = []
    order: list[str | None] = []
    for sector in (name for name in sectors if name in present):
        if mean := by_reference.get(f"sector:{sector}"):
            name = label("claim.sector", edition, sector=label(f"sector.{sector}", edition))
            shape = SECTOR_MARKERS[sector]
            rows.append(_row(mean, name, edition, SECTOR_COLOURS[sector], shape, "bold"))
            order.append(None)
        mine = [house for house in ranked if house.sector == sector]
        for house in sorted(mine, key=lambda h: -by_reference[h.house_id]["mean"]):
            row = by_reference[house.house_id]
            rows.append(_row(row, house.name, edition, house.colour, house.shape))
            order.append(house.house_id)
    return rows, order


def _row(
    one: Mapping[Hashable, Any],
    name: str,
    edition: Edition,
    colour: str,
    marker: str,
    weight: str = "normal",
) -> Row:
    aside = show_number(one["mean"], edition)
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
    if 1 - probability > NEAR_ONE:
        return label("probability.below", edition, n=show_number(100 * (1 - NEAR_ONE), edition))
    return label("probability", edition, n=show_number(100 * probability, edition))


def claim_title(
    claims: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    well: Mapping[str, float] | None = None,
) -> str:
    """Say whether state-run and independent pollsters found what was claimed.

    Examples
    --------
    >>> claims = pd.DataFrame({"reference": ["sector:state", "sector:independent"],
    ...                        "prob_above": [0.99, 0.9], "mean": [75.0, 70.2],
    ...                        "above": 50.0, "as_of": "2022-04-18"})
    >>> claim_title(claims).replace(chr(160), " ").split(": ")[1]
    'on average 75% and 70%'
    """
    at = claims.set_index("reference")["prob_above"].astype(float).to_dict()
    both = [at.get(f"sector:{sector}", np.nan) for sector in SPOKEN_OF]
    far = [(well or {}).get(f"sector:{sector}", 0.0) for sector in SPOKEN_OF]
    verdict = "not_both"
    if min(both) >= CREDIBLE:
        verdict = "well" if min(far) >= CREDIBLE else "above"
    as_of = pd.Timestamp(claims["as_of"].iloc[0])
    return label(
        f"claim.support.{verdict}",
        edition,
        month=capital(show_date(as_of, edition, "LLLL y")),
        above=show_number(float(claims["above"].iloc[0]), edition),
        **_say_means(claims, edition),
    )


def _say_means(claims: pd.DataFrame, edition: Edition) -> dict[str, str]:
    """Mean of each sector that the claim speaks of."""
    at = claims.set_index("reference")["mean"].astype(float).to_dict()
    means = {sector: at.get(f"sector:{sector}", np.nan) for sector in SPOKEN_OF}
    return {sector: show_number(mean, edition) for sector, mean in means.items()}


def _known(fitted: FittedPolls) -> pd.DataFrame:
    """Polls published by the day of the claim."""
    from analysis.findings import known_polls

    return known_polls(fitted)


def _claims(fitted: FittedPolls) -> pd.DataFrame:
    from analysis.findings import CLAIMED, claims_at

    return claims_at(fitted, CLAIMED)


def chances_of_well(fitted: FittedPolls) -> dict[str, float]:
    """Probability of each level, by reference, to lie well above: `WELL` points or more."""
    from analysis.findings import CLAIMED, claims_at

    far = claims_at(fitted, CLAIMED + WELL).set_index("reference")["prob_above"]
    return {str(name): float(value) for name, value in far.items()}


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, claims, houses = _known(fitted), _claims(fitted), fitted.houses(edition)
    fig = plot_claim(obs, claims, houses, edition, well=chances_of_well(fitted))
    ranked = rank_houses(houses, obs)
    as_of = pd.Timestamp(claims["as_of"].iloc[0])
    by_house = claims[claims["estimand"] == "house"]
    alt = label(
        "claim.alt",
        edition,
        date=show_date(as_of, edition),
        **_say_means(claims, edition),
        low=show_number(by_house["mean"].min(), edition),
        high=show_number(by_house["mean"].max(), edition),
        printed_low=show_number(obs["share_pct"].min(), edition),
        printed_high=show_number(obs["share_pct"].max(), edition),
    )
    polls = plural("count.polls", len(obs), edition)
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("claim.limits", edition),
            label("claim.method", edition, polls=polls),
            source_line(
                name_sources(ranked, edition), last_day(obs), replace(edition, as_of=as_of)
            ),
        ]
    )
    number = label("claim.card", edition, **_say_means(claims, edition))
    return Rendering(fig, alt, caption, edition, number)


def claim_data(claims: pd.DataFrame) -> pd.DataFrame:
    """The claims as drawn; percent with two, probabilities with four decimals."""
    columns = ["as_of", "above", "estimand", "reference", "n_polls", "n_houses", "mean", "sd"]
    columns += ["lower", "upper", "prob_above", "common_error", "prob_with_common_error"]
    columns += ["prob_one_sided"]
    two = dict.fromkeys(["mean", "sd", "lower", "upper"], 2)
    four = dict.fromkeys([name for name in columns if name.startswith("prob")], 4)
    return claims[columns].round(two | four)


ENTRIES = (
    Entry(
        "claim-april-2022",
        "Was declared support above fifty percent, from the polls published by 18 April 2022?",
        _draw,
        lambda fitted: claim_data(_claims(fitted)),
    ),
)

"""House effects: how far each house lies from the mean of these houses."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from figures.fitted_polls import FIT_DIGITS, Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import (
    last_day,
    name_counted,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural, round_shown, show_number
from figures.kit.save import Rendering
from figures.kit.style import house_style, new_figure
from figures.support._asking import describe_asking


def plot_houses(
    obs: pd.DataFrame,
    effects: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    contrast: Mapping[str, float],
) -> Figure:
    """Draw the effect of each house with its 95% interval, the highest at the top.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    effects : DataFrame
        house_id, mean, lower, upper (points), as from ``results.house_effects()``.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    contrast : mapping
        mean, lower, upper (points) of the highest less the lowest house with several polls
        (see :func:`analysis.findings.houses.find_extremes`), as from ``results.contrast()``.

    Returns
    -------
    Figure
        Finished.

    Examples
    --------
    >>> obs = pd.DataFrame({"house_id": list("aaaabbbb"), "mid_date": pd.Timestamp("2022-04-18")})
    >>> effects = pd.DataFrame(
    ...     {"house_id": ["a", "b"], "mean": [6, -6], "lower": [4, -8], "upper": [8, -4]})
    >>> houses = pd.DataFrame({"house_id": ["a", "b"], "sector": ["state", "independent"]})
    >>> fig = plot_houses(obs, effects, houses, contrast={"mean": 12, "lower": 9, "upper": 15})
    >>> fig.get_suptitle().replace(chr(160), " ").replace(chr(10), " ").split(" support")[0]
    'On average a finds 12 points more'
    """
    from analysis.findings import find_extremes

    require_columns(effects, "effects", ["house_id", "mean", "lower", "upper"])
    ranked = rank_houses(houses, obs)
    by_id = {house.house_id: house for house in ranked}
    told, rows = find_extremes(obs, effects), []
    for effect in effects.sort_values("mean", ascending=False).to_dict("records"):
        house = by_id[effect["house_id"]]
        numbers = (effect["mean"], effect["lower"], effect["upper"])
        aside = show_interval(*numbers, edition)
        how = describe_asking(obs[obs["house_id"] == house.house_id], edition)
        words = name_counted(house, edition) + (f": {how}" if how else "")
        weight = "bold" if house.house_id in told else "normal"
        rows.append(Row(words, *numbers, house.colour, house.shape, aside, weight))
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = draw_rows(ax, rows, edition, line=0, heading=label("houses.aside", edition))
        finish(
            fig,
            houses_title(obs, effects, houses, contrast, edition),
            label("houses.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(effects, told, contrast, edition),
            key=sector_key(ranked, edition),
            rows=n_rows,
            edition=edition,
        )
    return fig


def houses_title(
    obs: pd.DataFrame,
    effects: pd.DataFrame,
    houses: pd.DataFrame,
    contrast: Mapping[str, float],
    edition: Edition = DEFAULT,
) -> str:
    """Say how far the highest and the lowest house with several polls lie apart."""
    from analysis.findings import find_extremes

    names = {house.house_id: house.name for house in rank_houses(houses, obs)}
    high, low = find_extremes(obs, effects)
    verdict = "apart" if contrast["lower"] > 0 else "unclear"
    points = int(round_shown(contrast["mean"]))
    return label(
        f"houses.support.{verdict}",
        edition,
        high=names[high],
        low=names[low],
        points=plural("count.points", points, edition),
        lower=show_number(contrast["lower"], edition),
        upper=show_number(contrast["upper"], edition),
    )


def _note(
    effects: pd.DataFrame,
    told: Collection[str],
    contrast: Mapping[str, float],
    edition: Edition,
) -> str:
    """Say what a difference does not mean, and why that of the title may not be that of rows."""
    rounded = effects.loc[effects["house_id"].isin(told), "mean"].map(round_shown)
    is_seen = rounded.max() - rounded.min() != round_shown(contrast["mean"])
    rule = [label("houses.rounding", edition)] if is_seen else []
    return " ".join([label("houses.limits", edition), *rule])


def houses_data(obs: pd.DataFrame, effects: pd.DataFrame, houses: pd.DataFrame) -> pd.DataFrame:
    """The effects as drawn: house_id, house, sector, n_polls, mean, sd, lower, upper (points)."""
    names = {house.house_id: house.name for house in rank_houses(houses, obs)}
    data = effects.sort_values("mean", ascending=False, ignore_index=True)
    data.insert(1, "house", data["house_id"].map(names))
    return data.round(2)


def _effects(fitted: FittedPolls) -> pd.DataFrame:
    return fitted.keep("houses.effects", lambda: fitted.results().house_effects().round(FIT_DIGITS))


def _contrast(fitted: FittedPolls) -> dict[str, Any]:
    """The finding.

    Raises
    ------
    ValueError
        All polls are of one house.
    """
    from analysis.findings import findings

    def tell() -> dict[str, Any]:
        rows = findings(fitted, ["houses"]).set_index("finding")
        if "houses.apart" not in rows.index:
            raise ValueError("All polls are of one house, so there is no difference to show.")
        return {str(name): value for name, value in rows.loc["houses.apart"].items()}

    return fitted.keep("houses.contrast", tell)


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    from analysis.findings import find_extremes

    obs, effects, houses = fitted.obs(), _effects(fitted), fitted.houses(edition)
    contrast = _contrast(fitted)
    fig = plot_houses(obs, effects, houses, edition, contrast=contrast)
    ranked = rank_houses(houses, obs)
    names = {house.house_id: house.name for house in ranked}
    in_order = effects.sort_values("mean")["house_id"].astype(str)
    high, low = find_extremes(obs, effects)
    count = plural("count.houses", len(ranked), edition)
    alt = label(
        "houses.alt",
        edition,
        houses=count,
        high=names[in_order.iloc[-1]],
        most=show_number(effects["mean"].max(), edition, with_sign=True),
        low=names[in_order.iloc[0]],
        least=show_number(effects["mean"].min(), edition, with_sign=True),
        told=names[high],
        other=names[low],
        points=plural("count.points", int(round_shown(contrast["mean"])), edition),
    )
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("houses.note", edition, houses=count),
            label(
                "houses.method",
                edition,
                polls=plural("count.polls", len(obs), edition),
                houses=count,
            ),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    number = label("card.no_difference", edition)
    if contrast["lower"] > 0:
        number = plural("count.points", int(round_shown(contrast["mean"])), edition)
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "house-effects-support",
        "How far each house lies from the mean of these houses.",
        _draw,
        lambda fitted: houses_data(fitted.obs(), _effects(fitted), fitted.houses()),
    ),
)

"""How far houses lie apart on support: of all respondents, and of those with an opinion."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fitted_polls import Entry, FittedPolls
from figures.hidden.composition import fit_composition
from figures.kit.axes import label_percent
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.frames import (
    House,
    last_day,
    name_sources,
    rank_houses,
    require_columns,
    sector_key,
)
from figures.kit.labels import label, plural, show_number
from figures.kit.margin_labels import Margin, MarginLabel
from figures.kit.save import Rendering
from figures.kit.style import house_style, marker_size, new_figure

SIDES = {"of_all": "for", "of_opinion_holders": "opinion_share"}
# Houses with fewer polls are pale: they say little, and count like the others.
MANY_POLLS = 4
NUMBERS = ["mean", "lower", "upper"]


def plot_opinion_spread(
    obs: pd.DataFrame,
    levels: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
    *,
    differences: Mapping[str, float],
    spread: Mapping[str, Mapping[str, float]],
) -> Figure:
    """Draw the share of each house of all respondents and, joined to it, of those with an opinion.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    levels : DataFrame
        house_id, n_polls, side ("of_all" or "of_opinion_holders"), mean, lower, upper (percent).
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.
    differences : mapping of str to float
        Points between the two houses with most polls, by side.
    spread : mapping of str to mapping
        Ratio of the spreads on logits: mean, lower, upper, of "all" houses and of those with
        "many" polls.

    Returns
    -------
    Figure
        Finished.

    Raises
    ------
    ValueError
        A column or a house is missing.
    """
    require_columns(levels, "levels", ["house_id", "n_polls", "side", *NUMBERS])
    ranked = _rank(houses, levels)
    with house_style():
        fig, ax = new_figure(edition)
        margin = _draw(ax, levels, ranked, edition)
        margin.draw()
        finish(
            fig,
            spread_title(ranked, differences, edition),
            label("spread.support.subtitle", edition),
            name_sources(ranked, edition),
            last_day(obs),
            note=_note(spread, len(ranked), edition),
            key=sector_key(ranked, edition),
            edition=edition,
        )
        margin.draw()  # the axes have their final height only now
    return fig


def spread_title(
    ranked: list[House], differences: Mapping[str, float], edition: Edition = DEFAULT
) -> str:
    """Say how far the two houses with most polls lie apart, before and after.

    Parameters
    ----------
    ranked : list of House
        Most polls first.
    differences : mapping of str to float
        Points between the first two, by side.
    edition : Edition
        Its language is used.

    Examples
    --------
    >>> houses = [House(n, "state", n, 9, "#000000", "o") for n in ("A", "B")]
    >>> title = spread_title(houses, {"of_all": 19.9, "of_opinion_holders": -2.6})
    >>> title.replace(chr(160), " ").split(", but ")[1]
    'only 2.6 points among those who give an opinion'
    """
    apart = {side: abs(value) for side, value in differences.items()}
    said = {side: _say_points(value, edition) for side, value in apart.items()}
    kind = "less" if 2 * apart["of_opinion_holders"] <= apart["of_all"] else "same"
    return label(
        f"spread.support.{kind}",
        edition,
        house=ranked[0].name,
        other=ranked[1].name,
        all=said["of_all"],
        opinion=said["of_opinion_holders"],
    )


def _say_points(value: float, edition: Edition) -> str:
    """Whole points, and below ten a tenth: rounded shares in the margin would not give it."""
    if round(value) >= 10:
        return plural("count.points", round(value), edition)
    return label("count.points.other", edition, n=show_number(value, edition, digits=1))


def _rank(houses: pd.DataFrame, levels: pd.DataFrame) -> list[House]:
    """Houses that print both answers, by the polls in which they do."""
    counts = levels.drop_duplicates("house_id").set_index("house_id")["n_polls"]
    ranked = rank_houses(houses, counts.index.repeat(counts).to_frame(index=False))
    if len(ranked) < 2:
        raise ValueError("A spread needs two houses that print both answers.")
    return ranked


def _draw(ax: Axes, levels: pd.DataFrame, ranked: list[House], edition: Edition) -> Margin:
    at = levels.set_index(["house_id", "side"])[NUMBERS]
    labels = []
    for house in ranked:
        rows = at.loc[[(house.house_id, side) for side in SIDES]]
        strength = 1.0 if house.n_polls >= MANY_POLLS else 0.45
        low, high = rows["mean"] - rows["lower"], rows["upper"] - rows["mean"]
        ax.errorbar(
            [0, 1],
            rows["mean"],
            yerr=[low, high],
            color=house.colour,
            alpha=strength,
            marker=house.marker,
            markersize=marker_size(house.marker, 6),
            linewidth=1.8 if house.n_polls >= MANY_POLLS else 1.0,
            elinewidth=1.0,
            gid=f"house-{house.house_id}",
        )
        of_all, of_holders = (show_number(value, edition) for value in rows["mean"])
        words = label(
            "spread.house",
            edition,
            name=house.name,
            n=house.n_polls,
            all=of_all,
            opinion=of_holders,
        )
        labels.append(MarginLabel(rows["mean"].iloc[1], words, house.colour, house.marker))
    label_percent(ax, levels["lower"].min() - 1, levels["upper"].max() + 1, edition)
    ax.set_xlim(-0.25, 1.12)
    ax.set_xticks([0, 1], [label(f"spread.{side}", edition) for side in SIDES])
    return Margin(ax, labels, label("spread.heading", edition))


def _note(spread: Mapping[str, Mapping[str, float]], houses: int, edition: Edition) -> str:
    numbers = {
        f"{prefix}{name}": show_number(spread[key][column], edition, digits=2)
        for key, prefix in (("all", ""), ("many", "many_"))
        for name, column in (("low", "lower"), ("high", "upper"))
    }
    return label(
        "spread.note",
        edition,
        houses=plural("count.houses", houses, edition),
        ratio=show_number(spread["all"]["mean"], edition, digits=2),
        many=show_number(spread["many"]["mean"], edition, digits=2),
        min_polls=MANY_POLLS,
        **numbers,
    )


def _answers(fitted: FittedPolls) -> dict[str, Any]:
    """What the picture shows of the fit."""

    def ask() -> dict[str, Any]:
        results = fit_composition(fitted)
        tables = [
            results.house_levels(measure).assign(side=side) for side, measure in SIDES.items()
        ]
        levels = pd.concat(tables, ignore_index=True).round(dict.fromkeys((*NUMBERS, "sd"), 2))
        first, second = (house.house_id for house in _rank(fitted.houses(), levels)[:2])
        differences = {
            side: float(results.house_difference(first, second, measure)["mean"])
            for side, measure in SIDES.items()
        }
        spread = {}
        for name, n in (("all", 1), ("many", MANY_POLLS)):
            table = results.house_spread(min_polls=n).set_index("measure")[NUMBERS]
            spread[name] = table.loc[["ratio"]].to_dict("records")[0]
        return {"levels": levels, "differences": differences, "spread": spread}

    return fitted.keep("opinion_spread", ask)


def _draw_published(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, houses = fitted.obs(), fitted.houses(edition)
    found = _answers(fitted)
    fig = plot_opinion_spread(obs, houses=houses, edition=edition, **found)
    ranked = _rank(houses, found["levels"])
    sides = found["levels"].groupby("side")["mean"]
    ends = {"all": "of_all", "opinion": "of_opinion_holders"}
    numbers = {
        f"{name}_{end}": show_number(values[side], edition)
        for name, side in ends.items()
        for end, values in (("low", sides.min()), ("high", sides.max()))
    }
    alt = label(
        "spread.alt", edition, houses=plural("count.houses", len(ranked), edition), **numbers
    )
    caption = "\n".join(
        [
            label("spread.method", edition),
            _note(found["spread"], len(ranked), edition),
            label("trend.support.question", edition),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    return Rendering(fig, alt, caption, edition)


ENTRIES = (
    Entry(
        "opinion-spread-support",
        "How far houses lie apart on support, of all and of those with an opinion.",
        _draw_published,
        lambda fitted: _answers(fitted)["levels"],
        model="composition",
    ),
)

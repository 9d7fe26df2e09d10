"""The gap between state-run and independent houses, under each way to identify it."""

import pandas as pd
from matplotlib.figure import Figure

from figures.fitted_polls import FIT_DIGITS, Entry, FittedPolls
from figures.kit.edition import DEFAULT, Edition
from figures.kit.finish import finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, plural, round_shown, show_number
from figures.kit.save import Rendering
from figures.kit.style import house_style, new_figure

DIGITS = {"mean": 2, "sd": 2, "lower": 2, "upper": 2, "prob_positive": 4}


def plot_gap(
    obs: pd.DataFrame,
    gaps: pd.DataFrame,
    houses: pd.DataFrame,
    edition: Edition = DEFAULT,
) -> Figure:
    """Draw the sector gap with its 95% interval for each identification.

    Parameters
    ----------
    obs : DataFrame
        house_id, mid_date; one row per poll.
    gaps : DataFrame
        choice, mean, lower, upper (points), as from ``results.sector_gaps()``.
    houses : DataFrame
        house_id, sector; name, where there is one.
    edition : Edition
        Language and size, and the day by which all polls were published.

    Returns
    -------
    Figure
        Finished.
    """
    require_columns(gaps, "gaps", ["choice", "mean", "lower", "upper"])
    ranked = rank_houses(houses, obs)
    rows = []
    for gap in gaps.to_dict("records"):
        numbers = (gap["mean"], gap["lower"], gap["upper"])
        name = label(f"gap.choice.{gap['choice']}", edition)
        rows.append(Row(name, *numbers, aside=show_interval(*numbers, edition)))
    counted = [house.sector for house in ranked]
    with house_style():
        fig, ax = new_figure(edition)
        n_rows = draw_rows(ax, rows, edition, line=0, heading=label("houses.aside", edition))
        finish(
            fig,
            gap_title(gaps, edition),
            label("gap.support.subtitle", edition),
            name_sources([h for h in ranked if h.sector in ("state", "independent")], edition),
            last_day(obs),
            note=label(
                "gap.note",
                edition,
                state=plural("count.houses", counted.count("state"), edition),
                independent=plural("count.houses", counted.count("independent"), edition),
            ),
            rows=n_rows,
            edition=edition,
        )
    return fig


def gap_title(gaps: pd.DataFrame, edition: Edition = DEFAULT) -> str:
    """Say whether all identifications agree on the sign of the gap.

    Examples
    --------
    >>> gaps = pd.DataFrame({"mean": [4.0, -0.6], "lower": [2.0, -2.8], "upper": [7.0, 1.6]})
    >>> gap_title(gaps).replace(chr(160), " ").split(": ")[1]
    'from −1 to +4 points'
    """
    if (gaps["lower"] > 0).all():
        verdict = "higher"
    elif (gaps["upper"] < 0).all():
        verdict = "lower"
    else:
        verdict = "depends"
    top = int(round_shown(gaps["mean"].max()))
    return label(
        f"gap.support.{verdict}",
        edition,
        low=show_number(gaps["mean"].min(), edition, with_sign=True),
        high=plural("count.points", top, edition, n=show_number(top, edition, with_sign=True)),
    )


def _gaps(fitted: FittedPolls) -> pd.DataFrame:
    from analysis.findings import state_gaps

    return fitted.keep("gap", lambda: state_gaps(fitted).round(FIT_DIGITS))


def _draw(fitted: FittedPolls, edition: Edition) -> Rendering:
    obs, gaps, houses = fitted.obs(), _gaps(fitted), fitted.houses(edition)
    fig = plot_gap(obs, gaps, houses, edition)
    ranked = [h for h in rank_houses(houses, obs) if h.sector in ("state", "independent")]
    first = gaps.iloc[0]
    low, high = (
        show_number(value, edition, with_sign=True)
        for value in (gaps["mean"].min(), gaps["mean"].max())
    )
    alt = label(
        "gap.alt",
        edition,
        n=len(gaps),
        low=low,
        high=high,
        first=show_interval(first["mean"], first["lower"], first["upper"], edition),
    )
    names = "; ".join(f"{h.name} ({h.n_polls})" for h in ranked)
    caption = "\n".join(
        [
            label("trend.support.question", edition),
            label("gap.method", edition, names=names),
            source_line(name_sources(ranked, edition), last_day(obs), edition),
        ]
    )
    top = plural("count.points", int(round_shown(gaps["mean"].max())), edition, n=high)
    number = label("range.points", edition, low=low, high=top)
    return Rendering(fig, alt, caption, edition, number)


ENTRIES = (
    Entry(
        "sector-gap-support",
        "State-run minus independent pollsters, by each way of counting.",
        _draw,
        lambda fitted: _gaps(fitted).round(DIGITS),
    ),
)

"""The gap between state-run and independent houses, under each way to identify it."""

from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from figures.fitted_polls import FIT_DIGITS, Entry, FittedPolls
from figures.kit.finish import finish, source_line
from figures.kit.forest import Row, draw_rows, show_interval
from figures.kit.frames import last_day, name_sources, rank_houses, require_columns
from figures.kit.labels import label, plural, show_number
from figures.kit.save import Rendering
from figures.kit.style import house_style, new_figure

DIGITS = {"mean": 2, "sd": 2, "lower": 2, "upper": 2, "prob_positive": 4}


def plot_gap(
    obs: pd.DataFrame,
    gaps: pd.DataFrame,
    houses: pd.DataFrame,
    lang: str = "en",
    *,
    size: str = "article",
    as_of: date | pd.Timestamp | None = None,
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
    lang : {"en", "ru", "uk"}
        Language.
    size : {"article", "wide", "square"}
        Size of the figure.
    as_of : date, optional
        Only polls published by this day are in `obs`.

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
        name = label(f"gap.choice.{gap['choice']}", lang)
        rows.append(Row(name, *numbers, aside=show_interval(*numbers, lang)))
    counted = [house.sector for house in ranked]
    with house_style():
        fig, ax = new_figure(size)
        draw_rows(ax, rows, lang, line=0, heading=label("houses.aside", lang))
        finish(
            fig,
            gap_title(gaps, lang),
            label("gap.support.subtitle", lang),
            name_sources([h for h in ranked if h.sector in ("state", "independent")], lang),
            last_day(obs),
            as_of=as_of,
            note=label(
                "gap.note",
                lang,
                state=plural("count.houses", counted.count("state"), lang),
                independent=plural("count.houses", counted.count("independent"), lang),
            ),
            lang=lang,
        )
    return fig


def gap_title(gaps: pd.DataFrame, lang: str = "en") -> str:
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
    top = round(gaps["mean"].max())
    return label(
        f"gap.support.{verdict}",
        lang,
        low=show_number(gaps["mean"].min(), lang, with_sign=True),
        high=plural("count.points", top, lang, n=show_number(top, lang, with_sign=True)),
    )


def _gaps(fitted: FittedPolls) -> pd.DataFrame:
    return fitted.keep("gap", lambda: fitted.results().sector_gaps().round(FIT_DIGITS))


def _draw(fitted: FittedPolls, lang: str, size: str) -> Rendering:
    obs, gaps, houses = fitted.obs(), _gaps(fitted), fitted.houses(lang)
    fig = plot_gap(obs, gaps, houses, lang, size=size, as_of=fitted.as_of)
    ranked = [h for h in rank_houses(houses, obs) if h.sector in ("state", "independent")]
    first = gaps.iloc[0]
    alt = label(
        "gap.alt",
        lang,
        n=len(gaps),
        low=show_number(gaps["mean"].min(), lang, with_sign=True),
        high=show_number(gaps["mean"].max(), lang, with_sign=True),
        first=show_interval(first["mean"], first["lower"], first["upper"], lang),
    )
    names = "; ".join(f"{h.name} ({h.n_polls})" for h in ranked)
    caption = "\n".join(
        [
            label("gap.method", lang, names=names),
            label("trend.support.question", lang),
            source_line(name_sources(ranked, lang), last_day(obs), lang, as_of=fitted.as_of),
        ]
    )
    return Rendering(fig, alt, caption, lang, size)


ENTRIES = (
    Entry(
        "sector-gap-support",
        "State-run less independent houses, under each way to identify the gap.",
        _draw,
        lambda fitted: _gaps(fitted).round(DIGITS),
    ),
)
